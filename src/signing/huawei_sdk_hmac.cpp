#include "signing/huawei_sdk_hmac.h"

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_huawei(const UnsignedRequest& request, const AccessKey& key, Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_basic_time(now);
  Signature out;
  out.headers = {{"X-Sdk-Date", Secret(time)}};
  if (!key.session_token.empty()) out.headers.emplace_back("X-Security-Token", key.session_token);

  const CanonicalHeaders headers = canonical_headers(headers_with(request, out.headers));
  std::string path = percent_encode(percent_decode(request.path), "/");
  if (!path.ends_with('/')) path += '/';
  out.canonical = canonical_request(
      request, path, canonical_query(request.query), headers, sha256_hex(request.body));

  const Secret text = text_of_lines({"SDK-HMAC-SHA256", time, sha256_hex(out.canonical.reveal())});
  out.headers.emplace_back(
      "Authorization",
      Secret("SDK-HMAC-SHA256 Access=" + key.id + ", SignedHeaders=" + headers.names +
             ", Signature=" + hmac_sha256_hex(key.secret, text.reveal())));
  return out;
}

}  // namespace certferry
