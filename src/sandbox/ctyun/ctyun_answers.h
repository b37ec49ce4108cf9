// What the calls of every product answer alike: how they say no, and how they give a page.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sandbox/ctyun/ctyun_calls.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

inline CtyunRefusal ctyun_refusal(std::string code, std::string message) {
  return {.code = std::move(code), .error = "CDN_FAILED", .message = std::move(message)};
}

inline CtyunRefusal ctyun_invalid(std::string_view what) {
  return ctyun_refusal("100001", "参数" + std::string(what) + "不合法");
}

inline CtyunRefusal ctyun_unknown_domain() {
  return ctyun_refusal("100404", "域名不存在");
}

inline CtyunRefusal ctyun_unknown_certificate() {
  return ctyun_refusal("100405", "证书不存在");
}

inline std::string ctyun_text(const nlohmann::json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

inline std::string ctyun_code(const Domain& domain) {
  if (domain.product == "cdn") return "008";
  if (domain.product == "ao") return "020";
  return domain.product == "icdn" ? "006" : "005";
}

inline bool ctyun_at_work(const World& world, const CtyunState& state, const Domain& domain) {
  return !domain.changes.empty() && domain.changes.back().at + state.work > world.steady_now();
}

struct CtyunPage {
  std::int64_t number = 1;
  std::int64_t size = 0;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const auto from = std::min(count, (number - 1) * size);
    const auto to = std::min(count, from + size);
    return {all.begin() + from, all.begin() + to};
  }
};

inline std::variant<CtyunPage, CtyunRefusal> ctyun_page(const CtyunRequest& call,
                                                        std::string_view size_name,
                                                        std::int64_t size_default,
                                                        std::int64_t size_most) {
  CtyunPage page{.size = size_default};
  for (const auto& [name, into] :
       {std::pair(std::string_view("page"), &page.number), std::pair(size_name, &page.size)}) {
    if (!call.query.contains(name)) continue;
    const auto given = integer_field(call.query, name);
    if (!given || *given < 1 || *given > 1'000'000) return ctyun_invalid(name);
    *into = *given;
  }
  if (page.size > size_most) return ctyun_invalid(size_name);
  return page;
}

/// What an upload gives, or how it is refused.
inline std::variant<UploadedPair, CtyunRefusal> read_ctyun_pair(const World& world,
                                                                const nlohmann::json& body) {
  constexpr std::size_t kNameMost = 64;
  const std::string name = ctyun_text(body, "name");
  std::string chain = ctyun_text(body, "certs");
  Secret key{ctyun_text(body, "key")};
  for (const auto& [what, value] : {std::pair("name", std::string_view(name)),
                                    std::pair("certs", std::string_view(chain)),
                                    std::pair("key", key.reveal())}) {
    if (value.empty()) return ctyun_invalid(what);
  }
  if (name.size() > kNameMost) return ctyun_invalid("name");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) return ctyun_refusal("100410", "证书解析失败：" + pair.error().message);
  return *std::move(pair);
}

/// A certificate in a list.
inline nlohmann::json ctyun_stored(std::int64_t id,
                                   const std::string& name,
                                   const UploadedPair& pair) {
  const auto in_seconds = [](Time time) {
    return std::chrono::floor<seconds>(time.time_since_epoch()).count();
  };
  const Certificate& leaf = pair.leaf;
  return {{"id", id},
          {"name", name},
          {"cn", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
          {"sans", leaf.dns_names},
          {"issue", in_seconds(leaf.not_before)},
          {"expires", in_seconds(leaf.not_after)},
          {"issuer", "sandbox"},
          {"usage_mode", 0},
          {"state", 0}};
}

}  // namespace certferry::sandbox
