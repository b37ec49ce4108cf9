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

#include "sandbox/aliyun/aliyun_calls.h"

namespace certferry::sandbox::aliyun {

using Json = nlohmann::json;

inline std::string_view text_of(const AliyunRequest& call, std::string_view name) {
  const auto found = call.parameters.find(name);
  return found == call.parameters.end() ? std::string_view() : std::string_view(found->second);
}

inline std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, number);
  if (text.empty() || rest != end || failed != std::errc() || number < 0) return std::nullopt;
  return number;
}

inline AliyunRefusal missing(std::string_view name) {
  return {.code = "Missing" + std::string(name),
          .message = std::string(name) + " is mandatory for this action."};
}

inline AliyunRefusal invalid(std::string_view name) {
  return {.code = "InvalidParameter",
          .message = "The specified parameter " + std::string(name) + " is not valid."};
}

/// Which part of a list is asked for.
struct Page {
  std::int64_t number = 1;
  std::int64_t size = 20;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const std::int64_t from = std::min((number - 1) * size, count);
    return {all.begin() + from, all.begin() + std::min(from + size, count)};
  }
};

struct PageWords {
  std::string_view number = "PageNumber";
  std::string_view size = "PageSize";
  std::int64_t size_default = 20;
  std::int64_t size_most = 500;
};

inline std::variant<Page, AliyunRefusal> page_of(const AliyunRequest& call,
                                                 const PageWords& words) {
  Page page{.size = words.size_default};
  for (const auto& [name, most, value] :
       {std::tuple(words.number, std::int64_t{100'000}, &page.number),
        std::tuple(words.size, words.size_most, &page.size)}) {
    const std::string_view text = text_of(call, name);
    if (text.empty()) continue;
    const auto number = integer_of(text);
    if (!number || *number < 1 || *number > most) return invalid(name);
    *value = *number;
  }
  return page;
}

/// "2026-01-02 03:04:05", of the wall clock at a moment of the steady one.
inline std::string wall_time(const World& world, SteadyTime at) {
  std::string text = format_time(world.now() - (world.steady_now() - at));
  text.pop_back();
  std::ranges::replace(text, 'T', ' ');
  return text;
}

inline std::vector<const Domain*> domains_of(const World& world, std::string_view product) {
  std::vector<const Domain*> out;
  for (const Domain& domain : world.domains()) {
    if (domain.product == product) out.push_back(&domain);
  }
  return out;
}

}  // namespace certferry::sandbox::aliyun
