#include "signing/baidu_bce.h"

#include <algorithm>

#include "base/text.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

std::string sorted_pairs(const QueryParameters& query) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : query) {
    pairs.push_back(percent_encode(name) + "=" + percent_encode(value));
  }
  std::ranges::sort(pairs);
  return join(pairs, "&");
}

struct EncodedHeaders {
  std::string lines;
  std::string names;
};

EncodedHeaders encoded(const RequestHeaders& headers) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : headers) {
    const std::string text = percent_encode(trim(value.reveal()));
    if (!text.empty()) lines.push_back(percent_encode(to_lower(name)) + ":" + text);
  }
  std::ranges::sort(lines);
  std::vector<std::string> names;
  for (const std::string& line : lines) names.push_back(line.substr(0, line.find(':')));
  return {.lines = join(lines, "\n"), .names = join(names, ";")};
}

}  // namespace

Result<Signature> sign_baidu(const UnsignedRequest& request, const AccessKey& key, Time now) {
  TRY_VOID(check_signable(request, key));
  const std::string time = format_time(now);
  Signature out;
  out.headers = {{"x-bce-date", Secret(time)}};
  if (!key.session_token.empty()) {
    out.headers.emplace_back("x-bce-security-token", key.session_token);
  }

  const EncodedHeaders headers = encoded(headers_with(request, out.headers));
  out.canonical = text_of_lines({request.method,
                                 percent_encode(percent_decode(request.path), "/"),
                                 sorted_pairs(request.query),
                                 headers.lines});

  const std::string prefix = "bce-auth-v1/" + key.id + "/" + time + "/1800";
  const Secret signing_key(hmac_sha256_hex(key.secret, prefix));
  out.headers.emplace_back("Authorization",
                           Secret(prefix + "/" + headers.names + "/" +
                                  hmac_sha256_hex(signing_key, out.canonical.reveal())));
  return out;
}

}  // namespace certferry
