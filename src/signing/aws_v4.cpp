#include "signing/aws_v4.h"

#include <array>

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_aws_v4(const UnsignedRequest& request,
                              const AccessKey& key,
                              std::string_view region,
                              std::string_view service,
                              Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_basic_time(now);
  Signature out;
  out.headers = {{"X-Amz-Date", Secret(time)}};
  if (!key.session_token.empty()) {
    out.headers.emplace_back("X-Amz-Security-Token", key.session_token);
  }

  const CanonicalHeaders headers =
      canonical_headers(headers_with(request, out.headers), InnerBlanks::kOneEach);
  out.canonical = canonical_request(request,
                                    percent_encode(request.path, "/"),
                                    canonical_query(request.query, QueryOrder::kAsEncoded),
                                    headers,
                                    sha256_hex(request.body));

  const std::array scope = {
      time.substr(0, 8), std::string(region), std::string(service), std::string("aws4_request")};
  const ScopedScheme scheme{.algorithm = "AWS4-HMAC-SHA256", .key_prefix = "AWS4"};
  out.headers.emplace_back("Authorization",
                           scoped_authorization(scheme, key, time, scope, headers, out.canonical));
  return out;
}

}  // namespace certferry
