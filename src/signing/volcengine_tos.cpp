#include "signing/volcengine_tos.h"

#include <array>

#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_tos(const UnsignedRequest& request,
                           const AccessKey& key,
                           std::string_view region,
                           Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_basic_time(now);
  Signature out;
  out.headers = {{"X-Tos-Date", Secret(time)},
                 {"X-Tos-Content-Sha256", Secret("UNSIGNED-PAYLOAD")}};
  if (!key.session_token.empty()) {
    out.headers.emplace_back("X-Tos-Security-Token", key.session_token);
  }

  const CanonicalHeaders headers =
      canonical_headers(headers_with(request, out.headers), InnerBlanks::kOneEach);
  out.canonical = canonical_request(request,
                                    percent_encode(percent_decode(request.path), "/"),
                                    canonical_query(request.query),
                                    headers,
                                    "UNSIGNED-PAYLOAD");

  const std::array scope = {
      time.substr(0, 8), std::string(region), std::string("tos"), std::string("request")};
  const ScopedScheme scheme{.algorithm = "TOS4-HMAC-SHA256", .key_prefix = ""};
  out.headers.emplace_back("Authorization",
                           scoped_authorization(scheme, key, time, scope, headers, out.canonical));
  return out;
}

}  // namespace certferry
