#include "sandbox/huaweicloud/sdk_hmac.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <span>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/fields.h"

namespace certferry::sandbox {

namespace {

constexpr minutes kTolerance(15);
constexpr std::string_view kScheme = "SDK-HMAC-SHA256 ";

HuaweiCloudRefusal refused(const std::string& why) {
  return {.status = 401,
          .code = "APIGW.0301",
          .message = "Incorrect IAM authentication information: " + why};
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

/// "20260102T030405Z" as a moment.
std::optional<Time> moment_of(std::string text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  for (const std::size_t at : {13U, 11U}) text.insert(at, ":");
  for (const std::size_t at : {6U, 4U}) text.insert(at, "-");
  const Result<Time> moment = parse_time(text);
  return moment ? std::optional(*moment) : std::nullopt;
}

/// Access, SignedHeaders and Signature; nothing for any other form.
std::optional<std::array<std::string, 3>> parts_of(std::string_view authorization) {
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  const std::vector<std::string> parts = split(authorization.substr(kScheme.size()), ',');
  const std::array<std::string_view, 3> names{"Access=", " SignedHeaders=", " Signature="};
  if (parts.size() != names.size()) return std::nullopt;
  std::array<std::string, 3> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!parts[i].starts_with(names[i])) return std::nullopt;
    values[i] = parts[i].substr(names[i].size());
  }
  return values;
}

/// The path with each part encoded anew, and a slash at its end; nothing when it cannot be read.
std::optional<std::string> canonical_path(const std::string& path) {
  std::string out;
  for (const std::string& part : split(path, '/')) {
    // A form's reader takes '+' for a blank, which in a path it is not.
    std::string kept;
    for (const char c : part) kept += c == '+' ? std::string("%2B") : std::string(1, c);
    const Result<Fields> read = parse_form("part=" + kept);
    if (!read) return std::nullopt;
    out += encoded(read->at("part")) + "/";
  }
  return path.ends_with('/') ? out.substr(0, out.size() - 1) : out;
}

std::optional<std::string> canonical_request(const Request& request,
                                             const std::vector<std::string>& names,
                                             const std::string& signed_names) {
  const auto mark = request.target.find('?');
  const auto path = canonical_path(request.target.substr(0, mark));
  const Result<Fields> query =
      parse_form(mark == std::string::npos ? "" : request.target.substr(mark + 1));
  if (!path || !query) return std::nullopt;
  std::string out = request.method + "\n" + *path + "\n";
  bool first = true;
  for (const auto& [name, value] : *query) {
    out += (first ? "" : "&") + encoded(name) + "=" + encoded(value);
    first = false;
  }
  out += "\n";
  for (const std::string& name : names) {
    out += name + ":" + std::string(trim(request.header(name))) + "\n";
  }
  return out + "\n" + signed_names + "\n" + sha256_hex(request.body);
}

}  // namespace

std::optional<HuaweiCloudRefusal> refuse_signature(const Request& request,
                                                   const HuaweiCloudCredentials& credentials,
                                                   Time now) {
  const auto parts = parts_of(request.authorization);
  if (!parts) return refused("the Authorization header is missing or of another form");
  const auto& [id, signed_names, signature] = *parts;
  const auto date = moment_of(request.header("x-sdk-date"));
  if (!date) return refused("x-sdk-date is missing or no date");
  if (*date < now - kTolerance || *date > now + kTolerance) {
    return refused("x-sdk-date expired, signature timestamp is out of range");
  }
  if (id != credentials.access_key_id) return refused("access key is not found");
  if (request.header("x-security-token") != credentials.security_token) {
    return refused("the security token is not that of the access key");
  }
  const std::vector<std::string> names = split(signed_names, ';');
  if (!std::ranges::is_sorted(names)) return refused("signed headers are not in order");
  for (const char* must :
       {"host", "x-sdk-date", "content-type", "x-domain-id", "x-project-id", "x-security-token"}) {
    const bool is_signed = std::ranges::find(names, must) != names.end();
    if (!request.header(must).empty() && !is_signed) {
      return refused(std::string(must) + " is not signed");
    }
  }
  const auto canonical = canonical_request(request, names, signed_names);
  if (!canonical) return refused("path or query cannot be read");
  const std::string mac = hmac_sha256(
      credentials.secret_access_key,
      "SDK-HMAC-SHA256\n" + request.header("x-sdk-date") + "\n" + sha256_hex(*canonical));
  const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
  const std::string expected = to_hex(std::span(bytes, mac.size()));
  const bool same = expected.size() == signature.size() &&
                    CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return refused("verify aksk signature fail, ak: " + id);
}

}  // namespace certferry::sandbox
