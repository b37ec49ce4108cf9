#include "sandbox/jdcloud/jdcloud2.h"

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

constexpr minutes kTolerance(15);
constexpr std::string_view kScheme = "JDCLOUD2-HMAC-SHA256 ";

JdcloudRefusal refused(const std::string& why) {
  return {.code = 401, .status = "UNAUTHENTICATED", .message = why};
}

/// "20260102T030405Z" as a moment.
std::optional<Time> moment_of(std::string text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  for (const std::size_t at : {13U, 11U}) text.insert(at, ":");
  for (const std::size_t at : {6U, 4U}) text.insert(at, "-");
  const Result<Time> moment = parse_time(text);
  return moment ? std::optional(*moment) : std::nullopt;
}

struct Parts {
  std::vector<std::string> credential;  ///< key, date, region, service, the scheme's own word
  std::string names;
  std::string signature;
};

std::optional<Parts> parts_of(std::string_view authorization) {
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  std::array<std::string, 3> values;
  const std::vector<std::string> parts = split(authorization.substr(kScheme.size()), ',');
  const std::array<std::string_view, 3> names{"Credential=", "SignedHeaders=", "Signature="};
  if (parts.size() != names.size()) return std::nullopt;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    if (!part.starts_with(names[i])) return std::nullopt;
    values[i] = part.substr(names[i].size());
  }
  Parts out{.credential = split(values[0], '/'), .names = values[1], .signature = values[2]};
  return out.credential.size() == 5 ? std::optional(out) : std::nullopt;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || std::string_view("-_.~").contains(c)) {
      out += c;
      continue;
    }
    std::array<char, 4> escape{};
    std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned char>(c));
    out += escape.data();
  }
  return out;
}

std::optional<std::string> canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& pair : split(query, '&')) {
    if (pair.empty()) continue;
    const Result<Fields> read = parse_form(pair.contains('=') ? pair : pair + "=");
    if (!read) return std::nullopt;
    for (const auto& [name, value] : *read) pairs.emplace_back(encoded(name), encoded(value));
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) {
    out.append(out.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return out;
}

/// The value with one blank in the place of several.
std::string plain(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    if (c != ' ' || !out.ends_with(' ')) out += c;
  }
  return out;
}

std::optional<std::string> canonical_request(const Request& request, const Parts& parts) {
  const auto mark = request.target.find('?');
  const auto query =
      canonical_query(mark == std::string::npos ? "" : request.target.substr(mark + 1));
  if (!query) return std::nullopt;
  std::string out = request.method + "\n" + request.target.substr(0, mark) + "\n" + *query + "\n";
  for (const std::string& name : split(parts.names, ';')) {
    out += name + ":" + plain(request.header(name)) + "\n";
  }
  return out + "\n" + parts.names + "\n" + sha256_hex(request.body);
}

std::string signature_of(const JdcloudCredentials& credentials,
                         const Parts& parts,
                         const std::string& date,
                         const std::string& canonical) {
  const std::vector<std::string>& all = parts.credential;
  Secret key("JDCLOUD2" + std::string(credentials.access_key_secret.reveal()));
  for (const std::string& link : std::span(all).subspan(1)) key = Secret(hmac_sha256(key, link));
  const std::string scope = join(std::span(all).subspan(1), "/");
  const std::string mac = hmac_sha256(
      key, "JDCLOUD2-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(canonical));
  const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
  return to_hex(std::span(bytes, mac.size()));
}

/// A header that has to be among those that are signed, and is not.
std::optional<std::string> unsigned_header(const Request& request,
                                           const std::vector<std::string>& names) {
  for (const char* must : {"host", "x-jdcloud-date", "x-jdcloud-nonce", "content-type"}) {
    const bool is_signed = std::ranges::find(names, must) != names.end();
    const bool optional = must == std::string_view("content-type") && request.header(must).empty();
    if (!is_signed && !optional) return must;
  }
  return std::nullopt;
}

/// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(const std::string& text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = std::string_view("0123456789abcdefABCDEF").contains(text[i]);
    if (kForm[i] == 'x' ? !digit : text[i] != '-') return false;
  }
  return true;
}

}  // namespace

std::optional<JdcloudRefusal> JdcloudSignatures::refuse(const Request& request,
                                                        const JdcloudCredentials& credentials,
                                                        std::string_view service,
                                                        Time now) {
  const auto parts = parts_of(request.authorization);
  if (!parts) return refused("the Authorization header is missing or of another form");
  const std::string date = request.header("x-jdcloud-date");
  const auto moment = moment_of(date);
  if (!moment) return refused("x-jdcloud-date is missing or no date");
  if (*moment < now - kTolerance || *moment > now + kTolerance) {
    return refused("x-jdcloud-date has expired");
  }
  const std::vector<std::string>& credential = parts->credential;
  if (credential[0] != credentials.access_key_id) return refused("access key does not exist");
  // The vendor's clients name a service that has no region either way.
  const bool no_region = credential[2] == "jdcloud-api" || credential[2] == "jdcloud";
  if (credential[1] != date.substr(0, 8) || !no_region || credential[3] != service ||
      credential[4] != "jdcloud2_request") {
    return refused("the scope of the signature is another one");
  }
  const std::vector<std::string> names = split(parts->names, ';');
  if (!std::ranges::is_sorted(names)) return refused("signed headers are not in order");
  if (const auto name = unsigned_header(request, names)) return refused(*name + " is not signed");
  const std::string nonce = request.header("x-jdcloud-nonce");
  if (!is_uuid(nonce)) return refused("x-jdcloud-nonce is no UUID");
  const auto canonical = canonical_request(request, *parts);
  if (!canonical) return refused("the query cannot be read");
  const std::string expected = signature_of(credentials, *parts, date, *canonical);
  const bool same = expected.size() == parts->signature.size() &&
                    CRYPTO_memcmp(expected.data(), parts->signature.data(), expected.size()) == 0;
  if (!same) return refused("HMAC signature does not match");
  if (!nonces_.insert(nonce).second) return refused("the nonce of the signature was used before");
  return std::nullopt;
}

}  // namespace certferry::sandbox
