#include "sandbox/wangsu/cnc_check.h"

#include <openssl/crypto.h>

#include <charconv>
#include <span>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

constexpr minutes kTolerance(15);

/// `%41` is A; anything else stays.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    const char* first = text.data() + at + 1;
    const bool escape = text[at] == '%' && at + 2 < text.size() &&
                        std::from_chars(first, first + 2, value, 16).ptr == first + 2;
    out += escape ? static_cast<char>(value) : text[at];
    if (escape) at += 2;
  }
  return out;
}

bool is_dated_well(const Request& request, Time now) {
  const std::string text = request.header("x-cnc-timestamp");
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, count);
  if (text.empty() || rest != end || failed != std::errc()) return false;
  const Time time{seconds(count)};
  if (request.header("date") != format_http_date(time)) return false;
  return time > now - kTolerance && time < now + kTolerance;
}

std::string signature_of(const Request& request, const Secret& key) {
  const auto mark = request.target.find('?');
  const std::string query =
      mark == std::string::npos ? "" : decoded(request.target.substr(mark + 1));
  const std::string canonical = request.method + "\n" + request.target.substr(0, mark) + "\n" +
                                query +
                                "\ncontent-type:" + to_lower(trim(request.header("content-type"))) +
                                "\nhost:" + to_lower(request.header("host")) +
                                "\n\ncontent-type;host\n" + sha256_hex(request.body);
  const std::string raw = hmac_sha256(
      key, "CNC-HMAC-SHA256\n" + request.header("x-cnc-timestamp") + "\n" + sha256_hex(canonical));
  const auto* first = reinterpret_cast<const unsigned char*>(raw.data());
  return to_hex(std::span(first, raw.size()));
}

}  // namespace

bool is_signed_for_wangsu(const Request& request, const WangsuCredentials& credentials, Time now) {
  if (request.header("x-cnc-auth-method") != "AKSK") return false;
  if (request.header("x-cnc-accesskey") != credentials.access_key) return false;
  const std::string expected = "CNC-HMAC-SHA256 Credential=" + credentials.access_key +
                               ", SignedHeaders=content-type;host, Signature=" +
                               signature_of(request, credentials.secret_key);
  const std::string& given = request.authorization;
  const bool same = expected.size() == given.size() &&
                    CRYPTO_memcmp(expected.data(), given.data(), expected.size()) == 0;
  return same && is_dated_well(request, now);
}

}  // namespace certferry::sandbox
