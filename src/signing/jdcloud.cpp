#include "signing/jdcloud.h"

#include <array>

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_jdcloud(const UnsignedRequest& request,
                               const AccessKey& key,
                               std::string_view region,
                               std::string_view service,
                               Time now,
                               std::string_view nonce) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_basic_time(now);
  Signature out;
  out.headers = {{"x-jdcloud-date", Secret(time)}, {"x-jdcloud-nonce", Secret(std::string(nonce))}};

  const CanonicalHeaders headers =
      canonical_headers(headers_with(request, out.headers), InnerBlanks::kOneEach);
  out.canonical = canonical_request(request,
                                    request.path,
                                    canonical_query(request.query, QueryOrder::kAsEncoded),
                                    headers,
                                    sha256_hex(request.body));

  const std::array scope = {time.substr(0, 8),
                            std::string(region),
                            std::string(service),
                            std::string("jdcloud2_request")};
  const ScopedScheme scheme{.algorithm = "JDCLOUD2-HMAC-SHA256", .key_prefix = "JDCLOUD2"};
  out.headers.emplace_back("Authorization",
                           scoped_authorization(scheme, key, time, scope, headers, out.canonical));
  return out;
}

}  // namespace certferry
