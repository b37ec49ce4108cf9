// What the files of UCloud's emulator share: how it says no, and parts of lists.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sandbox/fields.h"
#include "sandbox/ucloud/ucloud_calls.h"

namespace certferry::sandbox::ucloud {

constexpr std::string_view kRegion = "cn-bj2";  ///< where everything of a region is

inline UcloudRefusal missing(std::string_view name) {
  return {.code = 220, .message = "Missing params [" + std::string(name) + "]"};
}

inline UcloudRefusal invalid(std::string_view name) {
  return {.code = 230, .message = "Params [" + std::string(name) + "] not available"};
}

/// Those that are there and not empty, or the first that is missing.
inline std::optional<UcloudRefusal> require(const Fields& parameters,
                                            std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (text_field(parameters, name).empty()) return missing(name);
  }
  return std::nullopt;
}

inline std::optional<UcloudRefusal> refuse_region(const UcloudRequest& call) {
  const std::string_view region = text_field(call.parameters, "Region");
  if (region.empty()) return missing("Region");
  if (region != kRegion) return UcloudRefusal{.code = 230, .message = "Region not available"};
  return std::nullopt;
}

/// Part of a list, by Offset and Limit.
struct Slice {
  std::int64_t offset = 0;
  std::int64_t limit = 20;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const auto from = std::min(count, offset);
    const auto to = std::min(count, from + limit);
    return {all.begin() + from, all.begin() + to};
  }
};

inline std::variant<Slice, UcloudRefusal> slice_of(const UcloudRequest& call) {
  constexpr std::int64_t kLimitMost = 100;
  Slice slice;
  for (const auto& [name, into] : {std::pair(std::string_view("Offset"), &slice.offset),
                                   std::pair(std::string_view("Limit"), &slice.limit)}) {
    if (!call.parameters.contains(name)) continue;
    const auto given = integer_field(call.parameters, name);
    if (!given || *given > 1'000'000) return invalid(name);
    *into = *given;
  }
  if (slice.limit < 1 || slice.limit > kLimitMost) return invalid("Limit");
  return slice;
}

/// Chain and key as PEM, the key in the form of PKCS#1 or SEC1, as the documents show it.
std::variant<UploadedPair, UcloudRefusal> pair_of(const World& world,
                                                  std::string chain,
                                                  std::string key,
                                                  UcloudRefusal otherwise);

/// What is in USSL with that leaf; nothing: it was deleted there.
std::optional<std::int64_t> stored_like(const World& world, const std::string& fingerprint);

}  // namespace certferry::sandbox::ucloud
