// Rules of Anti-DDoS, which SSL Certificates lists, and CloudBase's domains, which CloudBase does.
// Of a world's domains every second one is of the one kind.

#include <algorithm>
#include <array>

#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

struct Environment {
  std::string_view id;
  std::string_view region;
};

/// They are there whether anything is served from them or not.
constexpr std::array<Environment, 2> kEnvironments = {
    Environment{.id = "front-7ezncwdd421446", .region = "ap-shanghai"},
    Environment{.id = "back-4s5h0ymg11c839", .region = "ap-singapore"}};

const Environment& environment_of(const Domain& domain) {
  return kEnvironments[static_cast<std::size_t>(domain.id / 2 % 2)];
}

std::string rule_owner(const Domain& domain) {
  return domain.id % 4 == 0 ? "bgpip-000001ms" : "bgpip-000002ms";
}

TencentRefusal not_invited() {
  return {.code = "UnsupportedRegion", .message = "接口不支持所传地域。"};
}

}  // namespace

bool TencentState::is_rule(const Domain& domain) {
  return domain.id % 2 == 0;
}

TencentState::DeploySeat TencentState::rule_seat(const Domain& domain) {
  const std::string owner = rule_owner(domain);
  return {.kind = "ddos",
          .region = "",
          .instance = owner + "|" + domain.name + "|443",
          .said = {{"InstanceId", owner}, {"Port", 443}}};
}

TencentState::DeploySeat TencentState::tcb_seat(const Domain& domain) {
  const std::string id(environment_of(domain).id);
  const std::string region(environment_of(domain).region);
  return {.kind = "tcb",
          .region = region,
          .instance = "AccessService|" + region + "|" + id + "|" + domain.name,
          .said = {{"EnvId", id}, {"TCBType", "AccessService"}, {"Region", region}}};
}

TencentAnswer TencentState::list_rules(const TencentRequest& call, SteadyTime moment) {
  const auto listed = listed_for_deploy(call, "ddos", moment);
  if (const auto* refusal = std::get_if<TencentRefusal>(&listed)) return *refusal;
  const auto& list = std::get<DeployList>(listed);
  Json items = Json::array();
  for (const auto& [domain, bound] : list.page) {
    items.push_back({{"Domain", domain->name},
                     {"InstanceId", rule_owner(*domain)},
                     {"Protocol", domain->online ? "https" : "http"},
                     {"CertId", bound ? Json(tencent_id(bound->id)) : Json()},
                     {"VirtualPort", domain->online ? "443" : "80"}});
  }
  return Json{{"InstanceList", items}, {"TotalCount", list.total}};
}

TencentAnswer TencentState::list_environments(const TencentRequest& call) const {
  const auto page = page_of(call.parameters, {});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  // By invitation, which this account has none of.
  if (call.region == "ap-guangzhou") return not_invited();
  const std::string region = call.region.empty() ? "ap-shanghai" : call.region;
  const std::string wanted = text_of(call.parameters, "EnvId");
  std::vector<Environment> all;
  for (const Environment& one : kEnvironments) {
    if (one.region == region && (wanted.empty() || wanted == one.id)) all.push_back(one);
  }
  Json items = Json::array();
  for (const Environment& one : std::get<Page>(page).of(all)) {
    items.push_back({{"EnvId", one.id},
                     {"Source", "qcloud"},
                     {"Status", "NORMAL"},
                     {"Region", one.region},
                     {"EnvType", "baas"},
                     {"Databases", Json::array()}});
  }
  return Json{{"EnvList", items}, {"Total", all.size()}};
}

TencentAnswer TencentState::list_routes(const TencentRequest& call, SteadyTime moment) const {
  const auto page = page_of(call.parameters, {.size_most = 1000});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const std::string id = text_of(call.parameters, "EnvId");
  if (id.empty()) return missing("EnvId");
  // What is not there, or in another region, is no error.
  const std::string region = call.region.empty() ? "ap-shanghai" : call.region;
  const auto environment = std::ranges::find_if(
      kEnvironments, [&](const Environment& one) { return one.id == id && one.region == region; });
  Json all = Json::array();
  if (environment != kEnvironments.end()) {
    all.push_back({{"Domain", id + ".service.tcloudbase.com"},
                   {"CertId", "vendor01"},
                   {"IsDefault", true},
                   {"Enable", true},
                   {"Status", "SUCCESS"}});
  }
  for (const Domain& one : world_.domains()) {
    const std::optional<DeploySeat> seat = seat_of(one);
    if (!seat || seat->kind != "tcb" || environment == kEnvironments.end() ||
        environment_of(one).id != id) {
      continue;
    }
    const EntryPtr bound = one.bound_at(moment);
    all.push_back({{"Domain", one.name},
                   {"DomainType", "HTTPSERVICE"},
                   {"AccessType", "DIRECT"},
                   {"CertId", bound ? tencent_id(bound->id) : ""},
                   {"Protocol", "HTTP_TO_HTTPS"},
                   {"Cname", one.cname},
                   {"IsDefault", false},
                   {"Enable", one.online},
                   {"Status", one.busy() ? "PROCESSING" : "SUCCESS"},
                   {"DNSStatus", "OK"},
                   {"Routes", Json::array()}});
  }
  const std::vector<Json> rows(all.begin(), all.end());
  return Json{{"Domains", std::get<Page>(page).of(rows)},
              {"OriginDomain", "origin.tcloudbase.com"},
              {"TotalCount", rows.size()}};
}

}  // namespace certferry::sandbox
