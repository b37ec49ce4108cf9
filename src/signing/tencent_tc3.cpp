#include "signing/tencent_tc3.h"

#include <array>

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_tc3(const UnsignedRequest& request,
                           const AccessKey& key,
                           std::string_view service,
                           Time now) {
  TRY_VOID(check_signable(request, key));
  RequestHeaders covered = request.headers;
  covered.emplace_back("host", Secret(std::string(host_without_port(request.host))));
  const CanonicalHeaders headers = canonical_headers(covered);
  Signature out;
  out.canonical = canonical_request(
      request, request.path, canonical_query(request.query), headers, sha256_hex(request.body));

  const std::string time = format_unix_time(now);
  const std::array scope = {format_date(now), std::string(service), std::string("tc3_request")};
  const ScopedScheme scheme{.algorithm = "TC3-HMAC-SHA256", .key_prefix = "TC3"};
  out.headers.emplace_back("X-TC-Timestamp", Secret(time));
  if (!key.session_token.empty()) out.headers.emplace_back("X-TC-Token", key.session_token);
  out.headers.emplace_back("Authorization",
                           scoped_authorization(scheme, key, time, scope, headers, out.canonical));
  return out;
}

}  // namespace certferry
