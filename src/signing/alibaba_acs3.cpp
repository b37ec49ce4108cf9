#include "signing/alibaba_acs3.h"

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_acs3(const UnsignedRequest& request,
                            const AccessKey& key,
                            Time now,
                            std::string_view nonce) {
  TRY_VOID(check_signable(request, key));
  const std::string body_hash = sha256_hex(request.body);
  Signature out;
  out.headers = {{"x-acs-content-sha256", Secret(body_hash)},
                 {"x-acs-date", Secret(format_time(now))},
                 {"x-acs-signature-nonce", Secret(std::string(nonce))}};
  if (!key.session_token.empty()) {
    out.headers.emplace_back("x-acs-accesskey-id", Secret(key.id));
    out.headers.emplace_back("x-acs-security-token", key.session_token);
  }

  const CanonicalHeaders headers = canonical_headers(headers_with(request, out.headers));
  out.canonical =
      canonical_request(request, request.path, canonical_query(request.query), headers, body_hash);

  const std::string text = "ACS3-HMAC-SHA256\n" + sha256_hex(out.canonical.reveal());
  out.headers.emplace_back(
      "Authorization",
      Secret("ACS3-HMAC-SHA256 Credential=" + key.id + ",SignedHeaders=" + headers.names +
             ",Signature=" + hmac_sha256_hex(key.secret, text)));
  return out;
}

}  // namespace certferry
