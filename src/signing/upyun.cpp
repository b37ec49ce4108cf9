#include "signing/upyun.h"

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry {

Result<Signature> sign_upyun(const UnsignedRequest& request,
                             std::string_view raw_query,
                             const AccessKey& key,
                             Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string date = format_http_date(now);
  std::string text = request.method + "&" + request.path;
  if (!raw_query.empty()) text += "?" + std::string(raw_query);
  text += "&" + date;
  for (const auto& [name, value] : request.headers) {
    if (to_lower(name) == "content-md5") text += "&" + std::string(value.reveal());
  }

  Signature out;
  out.canonical = Secret(text);
  const Secret password_hash(md5_hex(key.secret.reveal()));
  out.headers = {{"X-Date", Secret(date)},
                 {"Authorization",
                  Secret("UPYUN " + key.id + ":" + base64_encode(hmac_sha1(password_hash, text)))}};
  return out;
}

}  // namespace certferry
