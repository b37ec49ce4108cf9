#include "signing/volcengine.h"

#include <array>

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_volcengine(const UnsignedRequest& request,
                                  const AccessKey& key,
                                  std::string_view region,
                                  std::string_view service,
                                  Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_basic_time(now);
  const std::string body_hash = sha256_hex(request.body);
  Signature out;
  out.headers = {{"X-Date", Secret(time)}};
  if (!request.body.empty()) out.headers.emplace_back("X-Content-Sha256", Secret(body_hash));
  if (!key.session_token.empty()) out.headers.emplace_back("X-Security-Token", key.session_token);

  const CanonicalHeaders headers =
      canonical_headers(headers_with(request, out.headers), InnerBlanks::kOneEach);
  out.canonical = canonical_request(request,
                                    request.path,
                                    canonical_query(request.query, QueryOrder::kAsEncoded),
                                    headers,
                                    body_hash);

  const std::array scope = {
      time.substr(0, 8), std::string(region), std::string(service), std::string("request")};
  const ScopedScheme scheme{.algorithm = "HMAC-SHA256", .key_prefix = ""};
  out.headers.emplace_back("Authorization",
                           scoped_authorization(scheme, key, time, scope, headers, out.canonical));
  return out;
}

}  // namespace certferry
