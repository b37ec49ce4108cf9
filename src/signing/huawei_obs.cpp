#include "signing/huawei_obs.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

std::string resource(const UnsignedRequest& request, std::string_view bucket) {
  // Of no bucket is the list of all.
  std::string out = (bucket.empty() ? "" : "/" + std::string(bucket)) + request.path;
  for (const auto& [name, value] : request.query) {
    if (name != "customdomain") continue;
    out += "?" + name + (value.empty() ? "" : "=" + value);
  }
  return out;
}

}  // namespace

Result<Signature> sign_obs(const UnsignedRequest& request,
                           std::string_view bucket,
                           const AccessKey& key,
                           Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string date = format_http_date(now);
  Signature out;
  out.headers = {{"Date", Secret(date)}};
  if (!key.session_token.empty()) {
    out.headers.emplace_back("x-obs-security-token", key.session_token);
  }

  std::string md5;
  std::string type;
  RequestHeaders own;
  for (const auto& [header, value] : headers_with(request, out.headers)) {
    const std::string name = to_lower(header);
    if (name == "content-md5") md5 = value.reveal();
    if (name == "content-type") type = value.reveal();
    if (name.starts_with("x-obs-")) own.emplace_back(name, value);
  }
  const Secret head = text_of_lines({request.method, md5, type, date, ""});
  const Secret lines = canonical_headers(own).lines;
  const std::string path = resource(request, bucket);
  out.canonical = joined({head.reveal(), lines.reveal(), path});

  out.headers.emplace_back(
      "Authorization",
      Secret("OBS " + key.id + ":" + base64_encode(hmac_sha1(key.secret, out.canonical.reveal()))));
  return out;
}

}  // namespace certferry
