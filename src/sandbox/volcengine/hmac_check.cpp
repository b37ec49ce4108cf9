#include "sandbox/volcengine/hmac_check.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

constexpr minutes kTolerance(15);

/// The words of the two signatures: that of the services, and that of object storage.
struct Scheme {
  std::string_view name;  ///< begins Authorization
  std::string_view date;
  std::string_view hash;
  std::string_view token;
  std::string_view own_headers;  ///< what begins so has to be signed
  bool signs_body;
};

constexpr Scheme kServices{.name = "HMAC-SHA256",
                           .date = "x-date",
                           .hash = "x-content-sha256",
                           .token = "x-security-token",
                           .own_headers = "x-",
                           .signs_body = true};
constexpr Scheme kStorage{.name = "TOS4-HMAC-SHA256",
                          .date = "x-tos-date",
                          .hash = "x-tos-content-sha256",
                          .token = "x-tos-security-token",
                          .own_headers = "x-tos-",
                          .signs_body = false};

const Scheme& scheme_of(const Request& request) {
  return request.authorization.starts_with(kStorage.name) ? kStorage : kServices;
}

std::optional<std::string> decoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const std::string digits = to_lower(text.substr(at + 1, 2));
    if (digits.size() != 2) return std::nullopt;
    const std::size_t high = kDigits.find(digits[0]);
    const std::size_t low = kDigits.find(digits[1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

std::string encoded(std::string_view text) {
  constexpr std::string_view kKept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  std::string out;
  for (const char c : text) {
    if (kKept.contains(c)) {
      out += c;
    } else {
      std::array<char, 4> escape{};
      std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned char>(c));
      out += escape.data();
    }
  }
  return out;
}

/// `Credential=a, SignedHeaders=b, Signature=c` after the scheme.
struct Authorization {
  std::vector<std::string> credential;  ///< id, day, region, service and "request"
  std::string signed_names;
  std::string signature;
};

std::optional<Authorization> read_authorization(const Request& request) {
  const std::string_view text = request.authorization;
  const std::string scheme = std::string(scheme_of(request).name) + " ";
  if (!text.starts_with(scheme)) return std::nullopt;
  const std::vector<std::string> parts = split(text.substr(scheme.size()), ',');
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
  const bool whole = out.credential.size() == 5 && out.credential.back() == "request";
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

/// Blanks at the ends gone, and several within made one.
std::string one_blank_each(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    if (c != ' ' || !out.ends_with(' ')) out += c;
  }
  return out;
}

std::string canonical_query(const Request& request) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : read_volcengine_query(request).value_or(VolcengineQuery())) {
    pairs.push_back(encoded(name) + "=" + encoded(value));
  }
  // By name first: '=' sorts behind what names are made of, so not by the whole.
  std::ranges::sort(pairs, [](const std::string& a, const std::string& b) {
    const auto name_a = a.substr(0, a.find('='));
    const auto name_b = b.substr(0, b.find('='));
    return std::tie(name_a, a) < std::tie(name_b, b);
  });
  return join(pairs, "&");
}

std::string hmac(const Secret& key, std::string_view text) {
  return hmac_sha256(key, text);
}

/// What stands for the body in what is signed.
std::string body_hash(const Request& request) {
  const Scheme& scheme = scheme_of(request);
  if (scheme.signs_body) return sha256_hex(request.body);
  const std::string said = request.header(std::string(scheme.hash));
  return said.empty() ? sha256_hex("") : said;
}

std::string expected_signature(const Request& request,
                               const Authorization& authorization,
                               const Secret& secret) {
  const Scheme& scheme = scheme_of(request);
  const std::string path =
      scheme.signs_body ? "/" : request.target.substr(0, request.target.find('?'));
  std::string canonical = request.method + "\n" + path + "\n" + canonical_query(request) + "\n";
  for (const std::string& name : split(authorization.signed_names, ';')) {
    canonical += name + ":" + one_blank_each(request.header(name)) + "\n";
  }
  canonical += "\n" + authorization.signed_names + "\n" + body_hash(request);
  const std::vector<std::string> scope(authorization.credential.begin() + 1,
                                       authorization.credential.end());
  const std::string text = std::string(scheme.name) + "\n" +
                           request.header(std::string(scheme.date)) + "\n" + join(scope, "/") +
                           "\n" + sha256_hex(canonical);
  Secret key = secret;
  for (const std::string& link : scope) key = Secret(hmac(key, link));
  const std::string mac = hmac(key, text);
  const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
  return to_hex(std::span(bytes, mac.size()));
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

VolcengineRefusal unauthorized(std::string code, std::string message) {
  return {.status = 401, .code = std::move(code), .message = std::move(message)};
}

std::optional<VolcengineRefusal> refuse_headers(const Request& request,
                                                const Authorization& authorization,
                                                const VolcengineCredentials& credentials,
                                                Time now) {
  const Scheme& scheme = scheme_of(request);
  const std::string date = request.header(std::string(scheme.date));
  const std::optional<Time> signed_at = read_date(date);
  if (!signed_at || *signed_at < now - kTolerance || *signed_at > now + kTolerance ||
      authorization.credential[1] != date.substr(0, 8)) {
    return VolcengineRefusal{.status = 403,
                             .code = "InvalidTimestamp",
                             .message = "The Signature of the request is expired."};
  }
  const std::string hash = request.header(std::string(scheme.hash));
  const bool unsigned_body = !scheme.signs_body && hash == "UNSIGNED-PAYLOAD";
  if (!hash.empty() && !unsigned_body && hash != sha256_hex(request.body)) {
    return VolcengineRefusal{.code = "InvalidAuthorization",
                             .message = std::string(scheme.hash) + " is not that of the body."};
  }
  if (request.header(std::string(scheme.token)) != credentials.session_token) {
    return unauthorized("InvalidSecretToken", "The security token is invalid or expired.");
  }
  const std::vector<std::string> names = split(authorization.signed_names, ';');
  if (!std::ranges::is_sorted(names)) {
    return VolcengineRefusal{.code = "InvalidAuthorization",
                             .message = "SignedHeaders are not in order."};
  }
  // The vendor's own Node client leaves host and content-type out; what it adds itself it signs.
  for (const auto& [name, value] : request.headers) {
    if (name.starts_with(scheme.own_headers) && std::ranges::find(names, name) == names.end()) {
      return VolcengineRefusal{.code = "InvalidAuthorization",
                               .message = "Header " + name + " is not signed."};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<VolcengineQuery> read_volcengine_query(const Request& request) {
  const std::string_view target = request.target;
  const auto mark = target.find('?');
  VolcengineQuery out;
  if (mark == std::string_view::npos || mark + 1 == target.size()) return out;
  for (const std::string& pair : split(target.substr(mark + 1), '&')) {
    const auto equals = pair.find('=');
    auto name = decoded(std::string_view(pair).substr(0, equals));
    auto value =
        equals == std::string::npos ? "" : decoded(std::string_view(pair).substr(equals + 1));
    if (!name || !value) return std::nullopt;
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

std::optional<VolcengineScope> scope_of(const Request& request) {
  const auto authorization = read_authorization(request);
  if (!authorization) return std::nullopt;
  return VolcengineScope{.region = authorization->credential[2],
                         .service = authorization->credential[3]};
}

std::optional<VolcengineRefusal> refuse_signature(const Request& request,
                                                  const VolcengineCredentials& credentials,
                                                  Time now) {
  if (request.authorization.empty()) {
    return unauthorized("MissingAuthenticationToken", "Request is missing Authentication Token.");
  }
  const auto authorization = read_authorization(request);
  if (!authorization) {
    return VolcengineRefusal{.code = "InvalidAuthorization",
                             .message = "Invalid Authorization header."};
  }
  if (authorization->credential[0] != credentials.access_key_id) {
    return unauthorized("InvalidAccessKey",
                        "The accesskey [" + printable(authorization->credential[0], 40) +
                            "] included in the request is invalid.");
  }
  if (auto refusal = refuse_headers(request, *authorization, credentials, now)) return refusal;
  const std::string expected =
      expected_signature(request, *authorization, credentials.secret_access_key);
  const bool same =
      expected.size() == authorization->signature.size() &&
      CRYPTO_memcmp(expected.data(), authorization->signature.data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return unauthorized("SignatureDoesNotMatch",
                      "The request signature we calculated does not match the signature you "
                      "provided.");
}

}  // namespace certferry::sandbox
