#include "sandbox/baiducloud/bce_auth.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/fields.h"

namespace certferry::sandbox {

namespace {

constexpr minutes kTolerance(30);

BaiduCloudRefusal bad_header(const std::string& why) {
  return {.status = 400, .code = "InvalidHTTPAuthHeader", .message = why};
}

BaiduCloudRefusal mismatch(const std::string& why) {
  return {.status = 400,
          .code = "SignatureDoesNotMatch",
          .message = "The request signature we calculated does not match: " + why};
}

std::string encoded(std::string_view text, std::string_view kept = "") {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || std::string_view("-_.~").contains(c) || kept.contains(c)) {
      out += c;
      continue;
    }
    std::array<char, 4> escape{};
    std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned char>(c));
    out += escape.data();
  }
  return out;
}

/// A '+' is one, in paths and in queries.
std::optional<std::string> decoded(std::string_view text) {
  std::string kept;
  for (const char c : text) kept += c == '+' ? std::string("%2B") : std::string(1, c);
  const Result<Fields> read = parse_form("part=" + kept);
  return read ? std::optional(read->at("part")) : std::nullopt;
}

std::string hex_mac(const Secret& key, std::string_view text) {
  const std::string mac = hmac_sha256(key, text);
  const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
  return to_hex(std::span(bytes, mac.size()));
}

/// Pairs sorted as whole texts; a name without '=' has an empty value.
std::optional<std::string> canonical_query(std::string_view query) {
  std::vector<std::string> pairs;
  for (const std::string& pair : split(query, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = decoded(pair.substr(0, equals));
    const auto value = decoded(equals == std::string::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    if (*name != "authorization") pairs.push_back(encoded(*name) + "=" + encoded(*value));
  }
  std::ranges::sort(pairs);
  return join(pairs, "&");
}

std::string canonical_headers(const Request& request, const std::vector<std::string>& names) {
  std::vector<std::string> lines;
  for (const std::string& name : names) {
    const std::string value = encoded(trim(request.header(name)));
    if (!value.empty()) lines.push_back(encoded(name) + ":" + value);
  }
  std::ranges::sort(lines);
  return join(lines, "\n");
}

/// A header that has to be among those that are signed, and is not.
std::optional<std::string> unsigned_header(const Request& request,
                                           const std::vector<std::string>& names) {
  const auto is_signed = [&](const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (!is_signed("host")) return "host";
  for (const auto& [name, value] : request.headers) {
    std::string lower = to_lower(name);
    const bool must = lower.starts_with("x-bce-") && lower != "x-bce-request-id";
    if (must && !is_signed(lower)) return lower;
  }
  return std::nullopt;
}

}  // namespace

std::optional<BaiduCloudRefusal> refuse_signature(const Request& request,
                                                  const BaiduCloudCredentials& credentials,
                                                  Time now) {
  const std::vector<std::string> parts = split(request.authorization, '/');
  if (parts.size() != 6 || parts[0] != "bce-auth-v1") {
    return bad_header("The HTTP authorization header is missing or of another form.");
  }
  const Result<Time> made = parse_time(parts[2]);
  const auto holds = integer_field({{"holds", parts[3]}}, "holds");
  if (!made || !holds) return bad_header("The time of the authorization header is none.");
  if (*made > now + kTolerance || *made < now - kTolerance || now > *made + seconds(*holds)) {
    return BaiduCloudRefusal{
        .status = 400, .code = "RequestExpired", .message = "Request has expired."};
  }
  if (parts[1] != credentials.access_key_id) {
    return BaiduCloudRefusal{
        .status = 403,
        .code = "InvalidAccessKeyId",
        .message = "The Access Key ID you provided does not exist in our records."};
  }
  if (request.header("x-bce-security-token") != credentials.session_token) {
    return mismatch("the session token is not that of the access key");
  }
  const std::string date = request.header("x-bce-date");
  if (!date.empty() && date != parts[2]) return mismatch("x-bce-date is another one");
  const std::vector<std::string> names =
      parts[4].empty() ? std::vector<std::string>{"host"} : split(parts[4], ';');
  if (const auto name = unsigned_header(request, names)) return mismatch(*name + " is not signed");

  const auto mark = request.target.find('?');
  const auto path = decoded(request.target.substr(0, mark));
  const auto query =
      canonical_query(mark == std::string::npos ? "" : request.target.substr(mark + 1));
  if (!path || !query) return mismatch("path or query cannot be read");
  const std::string prefix = join(std::span(parts).first(4), "/");
  const Secret key(hex_mac(credentials.secret_access_key, prefix));
  const std::string expected = hex_mac(key,
                                       request.method + "\n" + encoded(*path, "/") + "\n" + *query +
                                           "\n" + canonical_headers(request, names));
  const bool same = expected.size() == parts[5].size() &&
                    CRYPTO_memcmp(expected.data(), parts[5].data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return mismatch("check the access key and the signing method");
}

}  // namespace certferry::sandbox
