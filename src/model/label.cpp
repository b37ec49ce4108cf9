#include "model/label.h"

#include <algorithm>

namespace certferry {

namespace {
constexpr std::string_view kPrefix = "certferry-";
constexpr std::size_t kFingerprintLength = 64;
}  // namespace

std::string label_for(const std::string& fingerprint) {
  return std::string(kPrefix) + fingerprint;
}

std::optional<std::string> fingerprint_in_label(std::string_view label) {
  if (!label.starts_with(kPrefix)) return std::nullopt;
  label.remove_prefix(kPrefix.size());
  const bool is_hex = std::ranges::all_of(
      label, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (label.size() != kFingerprintLength || !is_hex) return std::nullopt;
  return std::string(label);
}

}  // namespace certferry
