#include "model/label.h"

#include <algorithm>

namespace certferry {

namespace {

constexpr std::string_view kPrefix = "certferry-";
constexpr std::size_t kFingerprintLength = 64;
constexpr std::size_t kTagLength = 5;
constexpr std::string_view kTagLetters = "abcdefghijklmnopqrstuvwxyz234567";

bool all_in(std::string_view text, std::string_view letters) {
  return std::ranges::all_of(text, [&](char c) { return letters.contains(c); });
}

}  // namespace

std::string label_for(const std::string& fingerprint, std::uint64_t chance) {
  std::string label(kPrefix);
  label.append(fingerprint).append("-");
  for (std::size_t i = 0; i < kTagLength; ++i) {
    label += kTagLetters[chance % kTagLetters.size()];
    chance /= kTagLetters.size();
  }
  return label;
}

std::optional<std::string> fingerprint_in_label(std::string_view label) {
  if (!label.starts_with(kPrefix)) return std::nullopt;
  label.remove_prefix(kPrefix.size());
  const std::string_view fingerprint = label.substr(0, kFingerprintLength);
  if (fingerprint.size() != kFingerprintLength || !all_in(fingerprint, "0123456789abcdef")) {
    return std::nullopt;
  }
  std::string_view rest = label.substr(kFingerprintLength);
  if (rest.starts_with('-')) {
    rest.remove_prefix(1);
  } else if (!rest.empty()) {
    return std::nullopt;
  }
  if (rest.size() > kTagLength || !all_in(rest, kTagLetters)) return std::nullopt;
  return std::string(fingerprint);
}

bool is_tagged(std::string_view label) {
  constexpr std::size_t kWhole = kPrefix.size() + kFingerprintLength + 1 + kTagLength;
  return label.size() == kWhole && fingerprint_in_label(label).has_value();
}

}  // namespace certferry
