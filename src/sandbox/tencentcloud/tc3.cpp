#include "sandbox/tencentcloud/tc3.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

constexpr minutes kTolerance(5);

TencentRefusal malformed(const std::string& why) {
  return {.code = "AuthFailure.InvalidAuthorization",
          .message = "The Authorization header is not as the documents say: " + why};
}

/// `Credential=a, SignedHeaders=b, Signature=c` after the scheme; nothing for any other form.
std::optional<std::array<std::string, 3>> parts_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "TC3-HMAC-SHA256 ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  const std::vector<std::string> parts = split(authorization.substr(kScheme.size()), ',');
  const std::array<std::string_view, 3> names{"Credential=", "SignedHeaders=", "Signature="};
  if (parts.size() != names.size()) return std::nullopt;
  std::array<std::string, 3> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string part(trim(parts[i]));
    if (!part.starts_with(names[i])) return std::nullopt;
    values[i] = part.substr(names[i].size());
  }
  return values;
}

std::optional<Time> timestamp_of(const Request& request) {
  const std::string text = request.header("x-tc-timestamp");
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, number);
  if (text.empty() || rest != end || failed != std::errc() || number < 0) return std::nullopt;
  return Time(seconds(number));
}

std::string without_port(const std::string& host) {
  const auto colon = host.rfind(':');
  const bool port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
  return port ? host.substr(0, colon) : host;
}

std::string hex(const std::string& bytes) {
  const auto* first = reinterpret_cast<const unsigned char*>(bytes.data());
  return to_hex(std::span(first, bytes.size()));
}

/// A host of the vendor's own kind says which service it is; at another one it is the action's, or
/// what stands in its place in the address, as the vendor's SDK takes it.
bool is_service(const std::string& scoped, const std::string& host, std::string_view service) {
  const std::string first = host.substr(0, host.find('.'));
  const bool vendor_like = host.contains(".tencentcloudapi.");
  return vendor_like ? scoped == first && scoped == service : scoped == first || scoped == service;
}

std::string canonical_of(const Request& request,
                         const std::vector<std::string>& names,
                         const std::string& signed_names) {
  std::string out = request.method + "\n/\n\n";
  for (const std::string& name : names) {
    std::string value = name == "content-type" ? request.content_type : request.header(name);
    if (name == "host") value = without_port(value);
    out += name + ":" + to_lower(trim(value)) + "\n";
  }
  return out + "\n" + signed_names + "\n" + sha256_hex(request.body);
}

}  // namespace

std::optional<TencentRefusal> refuse_tc3(const TencentCredentials& credentials,
                                         const Request& request,
                                         std::string_view service,
                                         Time now) {
  const auto parts = parts_of(request.authorization);
  if (!parts) return malformed("it is of another form");
  const auto& [credential, signed_names, signature] = *parts;
  const std::vector<std::string> scope = split(credential, '/');
  if (scope.size() != 4 || scope[3] != "tc3_request") return malformed("Credential");
  if (scope[0] != credentials.secret_id) {
    return TencentRefusal{.code = "AuthFailure.SecretIdNotFound",
                          .message =
                              "The SecretId is not found, please ensure that your SecretId "
                              "is correct."};
  }
  const std::optional<Time> at = timestamp_of(request);
  if (!at || *at < now - kTolerance || *at > now + kTolerance) {
    return TencentRefusal{.code = "AuthFailure.SignatureExpire",
                          .message =
                              "The provided credentials are not signed within the time "
                              "allowed."};
  }
  if (scope[1] != format_date(*at)) return malformed("the date is not that of X-TC-Timestamp");
  const std::string host = request.header("host");
  if (!service.empty() && !is_service(scope[2], host, service)) {
    return malformed("the service is another one");
  }
  const std::vector<std::string> names = split(signed_names, ';');
  for (const char* must : {"content-type", "host"}) {
    if (std::ranges::find(names, must) == names.end()) return malformed("SignedHeaders");
  }
  if (!std::ranges::is_sorted(names)) return malformed("SignedHeaders are not in order");
  if (request.header("x-tc-token") != credentials.session_token) {
    return TencentRefusal{.code = "AuthFailure.TokenFailure", .message = "The token is invalid."};
  }
  const std::string day =
      hmac_sha256(Secret("TC3" + std::string(credentials.secret_key.reveal())), scope[1]);
  const std::string key = hmac_sha256(Secret(hmac_sha256(Secret(day), scope[2])), "tc3_request");
  const std::string text = "TC3-HMAC-SHA256\n" + request.header("x-tc-timestamp") + "\n" +
                           scope[1] + "/" + scope[2] + "/tc3_request\n" +
                           sha256_hex(canonical_of(request, names, signed_names));
  const std::string expected = hex(hmac_sha256(Secret(key), text));
  const bool same = expected.size() == signature.size() &&
                    CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return TencentRefusal{.code = "AuthFailure.SignatureFailure",
                        .message =
                            "The provided credentials could not be validated. Please check "
                            "your signature is correct."};
}

}  // namespace certferry::sandbox
