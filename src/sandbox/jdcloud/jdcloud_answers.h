// What the calls of every service answer alike: how they say no, and how they give a page.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/fields.h"
#include "sandbox/jdcloud/jdcloud2.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

inline JdcloudRefusal jdcloud_invalid(const std::string& what) {
  return {.code = 400, .status = "INVALID_ARGUMENT", .message = what + " is not valid"};
}

inline JdcloudRefusal jdcloud_not_found(const std::string& what) {
  return {.code = 404, .status = "NOT_FOUND", .message = what + " not found"};
}

inline JdcloudRefusal jdcloud_precondition(const std::string& message) {
  return {.code = 400, .status = "FAILED_PRECONDITION", .message = message};
}

inline std::string jdcloud_text(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "2026-04-15T16:30:59+08:00": of China.
inline std::string jdcloud_time(Time time) {
  std::string text = format_time(time + hours(8));
  text.pop_back();
  return text + "+08:00";
}

/// How a service lets its pages be asked for.
struct JdcloudPaging {
  const char* number = "pageNumber";
  std::int64_t size_default = 10;
  std::int64_t size_least = 1;
  std::int64_t size_most = 100;
};

/// A page by number; nothing when it is none that the vendor lets be asked for.
template <typename T>
std::optional<std::vector<T>> jdcloud_page(const std::vector<T>& all,
                                           const Fields& query,
                                           const JdcloudPaging& paging) {
  std::int64_t number = 1;
  std::int64_t size = paging.size_default;
  for (const auto& [name, value] :
       {std::pair(paging.number, &number), std::pair("pageSize", &size)}) {
    if (!query.contains(name)) continue;
    const auto given = integer_field(query, name);
    if (!given || *given < 1 || *given > 100'000) return std::nullopt;
    *value = *given;
  }
  if (size < paging.size_least || size > paging.size_most) return std::nullopt;
  const auto count = static_cast<std::int64_t>(all.size());
  const std::int64_t first = std::min((number - 1) * size, count);
  return std::vector<T>(all.begin() + first, all.begin() + std::min(first + size, count));
}

/// The domains of one product, in the world's order.
inline std::vector<const Domain*> jdcloud_domains(const World& world, std::string_view product) {
  std::vector<const Domain*> all;
  for (const Domain& one : world.domains()) {
    if (one.product == product) all.push_back(&one);
  }
  return all;
}

/// Null when the product has none of that name.
inline const Domain* jdcloud_domain(const World& world,
                                    const std::string& name,
                                    std::string_view product) {
  const Domain* domain = world.find_domain(name);
  return domain != nullptr && domain->product == product ? domain : nullptr;
}

}  // namespace certferry::sandbox
