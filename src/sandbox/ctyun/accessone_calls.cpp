#include "sandbox/ctyun/accessone_calls.h"

#include <set>

#include "sandbox/ctyun/ctyun_answers.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const Domain* accessone_domain(const World& world, const CtyunRequest& call) {
  const Domain* domain = world.find_domain(call.domain);
  const bool here = domain != nullptr && domain->product == "ao";
  return here && ctyun_text(call.body, "product_code") == "020" ? domain : nullptr;
}

/// Origins as they are written: text, and a weight from 1 to 100 in digits.
bool are_origins(const Json& origins) {
  const std::set<std::string> known{"origin", "role", "weight"};
  const auto usable = [&](const Json& one) {
    if (!one.is_object() || one.size() != known.size()) return false;
    for (const auto& [name, value] : one.items()) {
      if (!known.contains(name) || !value.is_string()) return false;
    }
    const auto weight = integer_field({{"weight", ctyun_text(one, "weight")}}, "weight");
    return weight && *weight >= 1 && *weight <= 100 && !ctyun_text(one, "origin").empty();
  };
  return origins.is_array() && !origins.empty() && std::ranges::all_of(origins, usable);
}

}  // namespace

CtyunAnswer get_accessone(const World& world,
                          const CtyunState& state,
                          const CtyunRequest& call,
                          SteadyTime moment) {
  const Domain* domain = accessone_domain(world, call);
  // What is not there is no error to the vendor.
  if (domain == nullptr) return Json();
  const EntryPtr entry = domain->bound_at(moment);
  const auto found = state.https.find(domain->name);
  const CtyunHttps https = found == state.https.end() ? CtyunHttps{} : found->second;
  Json one = {{"domain", domain->name},
              {"product_code", "020"},
              {"status", domain->online ? 4 : 6},
              {"area_scope", 1},
              {"cname", domain->cname},
              {"insert_date", "2026-01-01 00:00:00"},
              {"white_referer", Json::object()},
              {"cache_rules", Json::array()},
              {"customer_name", nullptr},
              {"origin", {{{"origin", domain->origin}, {"role", "master"}, {"weight", 0}}}},
              {"https_status", entry ? "on" : "off"},
              {"cert_name", entry ? entry->note : ""}};
  if (entry) {
    one["https_basic"] = {{"https_force", https.force ? "on" : "off"}, {"force_status", "302"}};
    one["ssl_stapling"] = https.stapling ? "on" : "off";
  }
  return one;
}

CtyunAnswer list_accessone(const CtyunState& state, const CtyunRequest& call) {
  const auto page = ctyun_page(call, "per_page", 1000, 1000);
  if (const auto* no = std::get_if<CtyunRefusal>(&page)) return *no;
  std::vector<Json> all;
  for (const auto& [name, pair] : state.accessone) {
    all.push_back(ctyun_stored(static_cast<std::int64_t>(all.size()) + 1, name, pair));
  }
  const std::vector<Json> items = std::get<CtyunPage>(page).of(all);
  return Json{{"result", items.empty() ? Json() : Json(items)}, {"total_records", all.size()}};
}

CtyunAnswer copy_to_accessone(World& world, CtyunState& state, const CtyunRequest& call) {
  auto pair = read_ctyun_pair(world, call.body);
  if (const auto* no = std::get_if<CtyunRefusal>(&pair)) return *no;
  const std::string name = ctyun_text(call.body, "name");
  if (state.accessone.contains(name)) return ctyun_refusal("100409", "已存在重名的证书");
  state.accessone.emplace(name, std::get<UploadedPair>(std::move(pair)));
  return Json{{"id", world.spend_id()}};
}

CtyunAnswer modify_accessone(World& world, CtyunState& state, const CtyunRequest& call) {
  const std::set<std::string> known{"domain",
                                    "product_code",
                                    "origin",
                                    "https_status",
                                    "cert_name",
                                    "https_basic",
                                    "ssl_stapling"};
  for (const auto& [name, value] : call.body.items()) {
    if (!known.contains(name)) return ctyun_invalid(name);
  }
  const Domain* domain = accessone_domain(world, call);
  if (domain == nullptr) return ctyun_unknown_domain();
  if (!domain->online) return ctyun_refusal("100406", "域名未启用，不允许操作");
  if (ctyun_at_work(world, state, *domain)) {
    return ctyun_refusal("100407", "请求已提交，请勿重复操作！");
  }
  const Json origins = call.body.value("origin", Json());
  if (!are_origins(origins)) return ctyun_invalid("origin");
  const std::string status = ctyun_text(call.body, "https_status");
  if (status == "off") {
    world.unbind(call.domain);
    return Json();
  }
  if (status != "on") return ctyun_invalid("https_status");
  const std::string name = ctyun_text(call.body, "cert_name");
  const auto copy = state.accessone.find(name);
  if (copy == state.accessone.end()) return ctyun_unknown_certificate();
  // It is AccessOne's own, and in no other list.
  const std::int64_t id = world.upload(name, copy->second);
  const Outcome outcome = world.bind(id, call.domain);
  world.remove(id);
  if (outcome != Outcome::kDone) return ctyun_refusal("100408", "证书与域名不匹配");
  // What is not sent goes back to how the vendor begins.
  const Json basic = call.body.value("https_basic", Json::object());
  state.https[call.domain] = {.force = ctyun_text(basic, "https_force") == "on",
                              .stapling = ctyun_text(call.body, "ssl_stapling") == "on"};
  world.set_origin(call.domain, ctyun_text(origins[0], "origin"));
  return Json();
}

}  // namespace certferry::sandbox
