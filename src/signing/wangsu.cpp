#include "signing/wangsu.h"

#include "base/text.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_wangsu(const UnsignedRequest& request, const AccessKey& key, Time now) {
  TRY_VOID(check_signable(request, key));
  RequestHeaders lowered = {{"host", Secret(to_lower(request.host))}};
  for (const auto& [name, value] : request.headers) {
    lowered.emplace_back(name, Secret(to_lower(value.reveal())));
  }
  const CanonicalHeaders headers = canonical_headers(lowered);
  Signature out;
  out.canonical = canonical_request(request,
                                    request.path,
                                    percent_decode(canonical_query(request.query)),
                                    headers,
                                    sha256_hex(request.body));

  const std::string time = format_unix_time(now);
  const Secret text = text_of_lines({"CNC-HMAC-SHA256", time, sha256_hex(out.canonical.reveal())});
  out.headers = {
      {"X-CNC-Auth-Method", Secret("AKSK")},
      {"X-CNC-AccessKey", Secret(key.id)},
      {"X-CNC-Timestamp", Secret(time)},
      {"Date", Secret(format_http_date(now))},
      {"Authorization",
       Secret("CNC-HMAC-SHA256 Credential=" + key.id + ", SignedHeaders=" + headers.names +
              ", Signature=" + hmac_sha256_hex(key.secret, text.reveal()))}};
  return out;
}

std::string encrypt_for_cdn_pro(const Secret& private_key, const Secret& api_key, Time now) {
  const Secret material(hmac_sha256(api_key, format_http_date(now)));
  const Secret key(std::string(material.reveal().substr(16)));
  return base64_encode(aes_128_cbc(key, material.reveal().substr(0, 16), private_key));
}

}  // namespace certferry
