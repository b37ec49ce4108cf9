// What the pages of calls share: parameters, pages and times as the vendor spells them.
#pragma once

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sandbox/tencentcloud/tencent_calls.h"

namespace certferry::sandbox::tencent {

using Json = nlohmann::json;

inline TencentRefusal missing(std::string_view name) {
  return {.code = "MissingParameter",
          .message = "The request is missing a required parameter `" + std::string(name) + "`."};
}

inline TencentRefusal invalid(std::string_view name) {
  return {.code = "InvalidParameterValue",
          .message = "The value of the parameter `" + std::string(name) + "` is not valid."};
}

/// Empty when it is missing or no text.
inline std::string text_of(const Json& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  return found != parameters.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Which part of a list is asked for.
struct Page {
  std::size_t from = 0;
  std::size_t size = 0;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const std::size_t first = std::min(from, all.size());
    const std::size_t last = std::min(first + size, all.size());
    return {all.begin() + static_cast<std::ptrdiff_t>(first),
            all.begin() + static_cast<std::ptrdiff_t>(last)};
  }
};

struct PageWords {
  std::string_view offset = "Offset";
  std::string_view page = {};  ///< counted from 1, in the place of an offset
  std::string_view size = "Limit";
  std::int64_t size_default = 20;
  std::int64_t size_least = 1;
  std::int64_t size_most = 100;
};

inline std::variant<Page, TencentRefusal> page_of(const Json& parameters, const PageWords& words) {
  const std::string_view where = words.page.empty() ? words.offset : words.page;
  std::int64_t at = words.page.empty() ? 0 : 1;
  std::int64_t size = words.size_default;
  for (const auto& [name, value] : {std::pair(where, &at), std::pair(words.size, &size)}) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) continue;
    // A number as text is refused, as the vendor's gateway does.
    if (!found->is_number_integer()) return invalid(name);
    *value = found->get<std::int64_t>();
  }
  if (at < (words.page.empty() ? 0 : 1)) return invalid(where);
  if (size < words.size_least || size > words.size_most) return invalid(words.size);
  const auto first = words.page.empty() ? at : (at - 1) * size;
  return Page{.from = static_cast<std::size_t>(first), .size = static_cast<std::size_t>(size)};
}

/// "2026-01-02 11:04:05" of China.
inline std::string china_time(Time time) {
  std::string text = format_time(time + hours(8));
  text.pop_back();
  std::ranges::replace(text, 'T', ' ');
  return text;
}

inline std::optional<std::int64_t> id_of(std::string_view text) {
  std::int64_t number = 0;
  if (!text.starts_with('c')) return std::nullopt;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data() + 1, end, number);
  if (text.size() < 2 || rest != end || failed != std::errc()) return std::nullopt;
  return number;
}

inline std::string algorithm_of(const Certificate& leaf) {
  const bool rsa = leaf.key.algorithm == KeyType::Algorithm::kRsa;
  return (rsa ? "RSA " : "ECC ") + std::to_string(leaf.key.bits);
}

inline std::vector<const Domain*> domains_of(const World& world, std::string_view product) {
  std::vector<const Domain*> out;
  for (const Domain& domain : world.domains()) {
    if (domain.product == product) out.push_back(&domain);
  }
  return out;
}

/// The domain of that product; null when there is none.
inline const Domain* find_domain(const World& world,
                                 const std::string& name,
                                 std::string_view product) {
  const Domain* domain = world.find_domain(name);
  return domain != nullptr && domain->product == product ? domain : nullptr;
}

}  // namespace certferry::sandbox::tencent
