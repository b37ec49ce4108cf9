#include "sandbox/aws4_check.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <span>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

/// `Credential=a, SignedHeaders=b, Signature=c` after the scheme.
struct Authorization {
  std::vector<std::string> credential;  ///< key, day, region, service and "aws4_request"
  std::string signed_names;
  std::string signature;
};

std::optional<Authorization> read_authorization(std::string_view text, const Aws4Rules& rules) {
  constexpr std::string_view kScheme = "AWS4-HMAC-SHA256 ";
  if (!text.starts_with(kScheme)) return std::nullopt;
  const std::vector<std::string> parts = split(text.substr(kScheme.size()), ',');
  constexpr std::array<std::string_view, 3> kNames{"Credential=", "SignedHeaders=", "Signature="};
  if (parts.size() != kNames.size()) return std::nullopt;
  std::array<std::string, 3> values;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    if (!part.starts_with(kNames[i])) return std::nullopt;
    values[i] = part.substr(kNames[i].size());
  }
  Authorization out{
      .credential = split(values[0], '/'), .signed_names = values[1], .signature = values[2]};
  const bool whole = out.credential.size() == 5 && !out.credential[2].empty() &&
                     (rules.region.empty() || out.credential[2] == rules.region) &&
                     out.credential[3] == rules.service && out.credential[4] == "aws4_request";
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

/// The path, which is encoded already, is encoded once more.
std::string encoded_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain || std::string_view("-_.~/").contains(c)) {
      out += c;
    } else {
      std::array<char, 4> escape{};
      std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned char>(c));
      out += escape.data();
    }
  }
  return out;
}

/// The pairs of a query as they came, which is how AWS's clients send what they sign, in order.
std::string sorted_query(const Request& request) {
  const auto mark = request.target.find('?');
  if (mark == std::string::npos) return {};
  std::vector<std::string> pairs = split(std::string_view(request.target).substr(mark + 1), '&');
  std::ranges::sort(pairs);
  return join(pairs, "&");
}

std::string expected_signature(const Request& request,
                               const Authorization& authorization,
                               const Secret& secret) {
  std::string canonical = request.method + "\n" +
                          encoded_path(request.target.substr(0, request.target.find('?'))) + "\n" +
                          sorted_query(request) + "\n";
  for (const std::string& name : split(authorization.signed_names, ';')) {
    canonical += name + ":" + std::string(trim(request.header(name))) + "\n";
  }
  canonical += "\n" + authorization.signed_names + "\n" + sha256_hex(request.body);
  const std::vector<std::string> scope(authorization.credential.begin() + 1,
                                       authorization.credential.end());
  const std::string text = "AWS4-HMAC-SHA256\n" + request.header("x-amz-date") + "\n" +
                           join(scope, "/") + "\n" + sha256_hex(canonical);
  Secret key("AWS4" + std::string(secret.reveal()));
  for (const std::string& link : scope) key = Secret(hmac_sha256(key, link));
  const std::string mac = hmac_sha256(key, text);
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(mac.data()), mac.size()));
}

/// 20260102T030405Z.
std::optional<Time> read_date(const std::string& text) {
  if (text.size() != 16) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) { return text.substr(at, size); };
  const Result<Time> time =
      parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + part(8, 1) + part(9, 2) + ":" +
                 part(11, 2) + ":" + part(13, 2) + part(15, 1));
  return time ? std::optional(*time) : std::nullopt;
}

}  // namespace

std::optional<Aws4Fault> find_aws4_fault(const Request& request,
                                         const Aws4Credentials& credentials,
                                         const Aws4Rules& rules,
                                         Time now) {
  const auto authorization = read_authorization(request.authorization, rules);
  if (!authorization) return Aws4Fault::kIncomplete;
  if (authorization->credential[0] != credentials.access_key) return Aws4Fault::kUnknownKey;
  if (request.header("x-amz-security-token") != credentials.session_token) {
    return Aws4Fault::kWrongToken;
  }
  const std::string date = request.header("x-amz-date");
  const std::optional<Time> signed_at = read_date(date);
  if (!signed_at || *signed_at < now - rules.tolerance || *signed_at > now + rules.tolerance ||
      authorization->credential[1] != date.substr(0, 8)) {
    return Aws4Fault::kWrongTime;
  }
  const std::vector<std::string> names = split(authorization->signed_names, ';');
  const auto is_signed = [&](const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (!std::ranges::all_of(rules.signed_names, is_signed)) return Aws4Fault::kIncomplete;
  const std::string said = request.header("x-amz-content-sha256");
  if (!said.empty() && said != sha256_hex(request.body)) return Aws4Fault::kMismatch;
  const std::string expected = expected_signature(request, *authorization, credentials.secret_key);
  const bool same =
      expected.size() == authorization->signature.size() &&
      CRYPTO_memcmp(expected.data(), authorization->signature.data(), expected.size()) == 0;
  return same ? std::nullopt : std::optional(Aws4Fault::kMismatch);
}

}  // namespace certferry::sandbox
