#include "providers/common/store_name.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/label.h"

namespace certferry {

namespace {

constexpr std::string_view kPrefix = "certferry-";
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kFingerprintLength = 43;
constexpr std::size_t kEndLength = 3;
constexpr std::size_t kTagLength = 6;  // with its dash
constexpr std::size_t kWhole = kPrefix.size() + kFingerprintLength + kEndLength + kTagLength;
constexpr std::int64_t kRound = 1 << 18;

std::int64_t in_seconds(Time time) {
  return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

/// 32 bytes out of 64 hexadecimal digits.
std::string bytes_of(std::string_view hex) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    out += static_cast<char>(kDigits.find(hex[at]) * 16 + kDigits.find(hex[at + 1]));
  }
  return out;
}

std::string end_as_text(Time not_after) {
  const auto end = static_cast<std::size_t>(in_seconds(not_after) & (kRound - 1));
  return {kLetters[end >> 12], kLetters[(end >> 6) & 63], kLetters[end & 63]};
}

}  // namespace

std::string store_name(const std::string& label, Time not_after) {
  const std::optional<std::string> fingerprint = fingerprint_in_label(label);
  if (!fingerprint || !is_tagged(label)) return label;
  std::string text = base64_encode(bytes_of(*fingerprint));
  text.resize(kFingerprintLength);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return std::string(kPrefix) + text + end_as_text(not_after) +
         label.substr(label.size() - kTagLength);
}

Time StoreName::end_since(Time from) const {
  const std::int64_t first = in_seconds(from);
  return Time(seconds(first + ((end - first) & (kRound - 1))));
}

std::optional<StoreName> read_store_name(std::string_view name) {
  if (name.size() != kWhole || !name.starts_with(kPrefix)) return std::nullopt;
  std::string text(name.substr(kPrefix.size(), kFingerprintLength));
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  const Result<std::string> bytes = base64_decode(text + "=");
  if (!bytes || bytes->size() != 32) return std::nullopt;
  const auto* first = reinterpret_cast<const unsigned char*>(bytes->data());
  StoreName out{.label = std::string(kPrefix) + to_hex(std::span(first, bytes->size())) +
                         std::string(name.substr(kWhole - kTagLength))};
  for (const char letter : name.substr(kPrefix.size() + kFingerprintLength, kEndLength)) {
    const std::size_t digit = kLetters.find(letter);
    if (digit == std::string_view::npos) return std::nullopt;
    out.end = out.end * 64 + static_cast<std::int64_t>(digit);
  }
  if (!is_tagged(out.label)) return std::nullopt;
  return out;
}

}  // namespace certferry
