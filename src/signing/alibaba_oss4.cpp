#include "signing/alibaba_oss4.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

std::string query_with_bare_names(QueryParameters query) {
  std::ranges::sort(query);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : query) {
    pairs.push_back(percent_encode(name) + (value.empty() ? "" : "=" + percent_encode(value)));
  }
  return join(pairs, "&");
}

}  // namespace

Result<Signature> sign_oss4(const UnsignedRequest& request,
                            std::string_view bucket,
                            const AccessKey& key,
                            std::string_view region,
                            Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_basic_time(now);
  Signature out;
  out.headers = {{"x-oss-date", Secret(time)},
                 {"x-oss-content-sha256", Secret("UNSIGNED-PAYLOAD")}};
  if (!key.session_token.empty()) {
    out.headers.emplace_back("x-oss-security-token", key.session_token);
  }

  RequestHeaders covered = request.headers;
  covered.insert(covered.end(), out.headers.begin(), out.headers.end());
  const std::string of_bucket = bucket.empty() ? "" : "/" + std::string(bucket);
  const std::string path = of_bucket + percent_encode(percent_decode(request.path), "/");
  // The empty line is for names of further headers, of which there are none.
  out.canonical = text_of_lines({request.method,
                                 path,
                                 query_with_bare_names(request.query),
                                 canonical_headers(covered).lines.reveal(),
                                 "",
                                 "UNSIGNED-PAYLOAD"});

  const std::array scope = {
      time.substr(0, 8), std::string(region), std::string("oss"), std::string("aliyun_v4_request")};
  const std::string signature =
      scoped_signature({.algorithm = "OSS4-HMAC-SHA256", .key_prefix = "aliyun_v4"},
                       key.secret,
                       time,
                       scope,
                       out.canonical);
  out.headers.emplace_back("Authorization",
                           Secret("OSS4-HMAC-SHA256 Credential=" + key.id + "/" + join(scope, "/") +
                                  ",Signature=" + signature));
  return out;
}

}  // namespace certferry
