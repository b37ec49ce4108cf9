#include "sandbox/aliyun/acs3.h"

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

std::string_view query_of(const Request& request) {
  const std::string_view target = request.target;
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

/// `Credential=a,SignedHeaders=b,Signature=c` after the scheme; nothing for any other form.
std::optional<std::array<std::string, 3>> parts_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "ACS3-HMAC-SHA256 ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  const std::vector<std::string> parts = split(authorization.substr(kScheme.size()), ',');
  const std::array<std::string_view, 3> names{"Credential=", "SignedHeaders=", "Signature="};
  if (parts.size() != names.size()) return std::nullopt;
  std::array<std::string, 3> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!parts[i].starts_with(names[i])) return std::nullopt;
    values[i] = parts[i].substr(names[i].size());
  }
  return values;
}

AliyunRefusal incomplete(std::string why) {
  return {
      .code = "IncompleteSignature",
      .message = "The request signature does not conform to Aliyun standards: " + std::move(why)};
}

}  // namespace

std::optional<AliyunParameters> read_parameters(std::string_view text) {
  AliyunParameters out;
  if (text.empty()) return out;
  for (const std::string& pair : split(text, '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) return std::nullopt;
    auto name = decoded(std::string_view(pair).substr(0, equals));
    auto value = decoded(std::string_view(pair).substr(equals + 1));
    if (!name || !value) return std::nullopt;
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

std::optional<AliyunRefusal> Acs3Check::refuse(const Request& request, Time now) {
  if (auto refusal = refuse_headers(request, now)) return refusal;
  if (auto refusal = refuse_signature(request)) return refusal;
  std::erase_if(nonces_, [&](const auto& one) { return one.second + 2 * kTolerance < now; });
  if (!nonces_.emplace(request.header("x-acs-signature-nonce"), now).second) {
    return AliyunRefusal{.code = "SignatureNonceUsed",
                         .message = "Specified signature nonce was used already."};
  }
  return std::nullopt;
}

std::optional<AliyunRefusal> Acs3Check::refuse_headers(const Request& request, Time now) const {
  for (const char* name : {"host",
                           "x-acs-action",
                           "x-acs-version",
                           "x-acs-date",
                           "x-acs-signature-nonce",
                           "x-acs-content-sha256"}) {
    if (request.header(name).empty()) return incomplete(std::string(name) + " is missing");
  }
  const Result<Time> date = parse_time(request.header("x-acs-date"));
  if (!date || *date < now - kTolerance || *date > now + kTolerance) {
    return AliyunRefusal{.code = "InvalidTimeStamp.Expired",
                         .message = "Specified time stamp or date value is expired."};
  }
  if (request.header("x-acs-content-sha256") != sha256_hex(request.body)) {
    return incomplete("x-acs-content-sha256 is not that of the body");
  }
  if (request.header("x-acs-security-token") != credentials_.security_token) {
    return AliyunRefusal{.code = "InvalidSecurityToken.MismatchWithAccessKey",
                         .message = "Specified SecurityToken mismatch with the AccessKey."};
  }
  return std::nullopt;
}

std::optional<AliyunRefusal> Acs3Check::refuse_signature(const Request& request) const {
  const auto parts = parts_of(request.authorization);
  if (!parts) return incomplete("Authorization is of another form");
  const auto& [id, signed_names, signature] = *parts;
  if (id != credentials_.access_key_id) {
    return AliyunRefusal{.status = 404,
                         .code = "InvalidAccessKeyId.NotFound",
                         .message = "Specified access key is not found."};
  }
  const std::vector<std::string> names = split(signed_names, ';');
  if (!std::ranges::is_sorted(names)) return incomplete("SignedHeaders are not in order");
  for (const auto& [name, value] : request.headers) {
    const bool must = name == "host" || name == "content-type" || name.starts_with("x-acs-");
    if (must && std::ranges::find(names, name) == names.end()) {
      return incomplete(name + " is not signed");
    }
  }
  auto query = read_parameters(query_of(request));
  if (!query) return incomplete("the query cannot be read");
  std::ranges::sort(*query);

  std::string canonical = request.method + "\n/\n";
  for (std::size_t i = 0; i < query->size(); ++i) {
    canonical +=
        (i == 0 ? "" : "&") + encoded((*query)[i].first) + "=" + encoded((*query)[i].second);
  }
  canonical += "\n";
  for (const std::string& name : names) {
    canonical += name + ":" + std::string(trim(request.header(name))) + "\n";
  }
  canonical += "\n" + signed_names + "\n" + sha256_hex(request.body);
  const std::string mac =
      hmac_sha256(credentials_.access_key_secret, "ACS3-HMAC-SHA256\n" + sha256_hex(canonical));
  const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
  const std::string expected = to_hex(std::span(bytes, mac.size()));
  const bool same = expected.size() == signature.size() &&
                    CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return AliyunRefusal{.code = "SignatureDoesNotMatch",
                       .message = "The specified signature is not matched with our calculation."};
}

}  // namespace certferry::sandbox
