// CDN: domains, the certificates of the centre that they have or could have, and binds.

#include <map>

#include "base/text.h"
#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

std::int64_t changed_at(const World& world, const Domain& domain, SteadyTime moment) {
  Time at = domain.created_at;
  for (const Domain::Change& change : domain.changes) {
    if (change.at <= moment) at = wall_time(world, change.at);
  }
  return in_seconds(at);
}

/// Why the domain cannot get it; empty when it has it now.
std::string bind_one(World& world, const std::string& name, std::int64_t id) {
  const Domain* domain = world.find_domain(name);
  if (domain == nullptr || domain->product != "cdn") return "domain not found";
  if (!domain->online) return "domain is offline";
  if (world.bind(id, name) == Outcome::kDone) return {};
  return "the certificate does not match the domain";
}

}  // namespace

Json cdn_row(const World& world, const Domain& domain, SteadyTime at) {
  return {{"Domain", domain.name},
          {"Cname", domain.cname},
          {"Status", domain.online ? "online" : "offline"},
          {"HTTPS", domain.bound_at(at) != nullptr},
          {"CreateTime", in_seconds(domain.created_at)},
          {"UpdateTime", changed_at(world, domain, at)},
          {"DomainLock", {{"Status", "off"}, {"Remark", ""}}},
          {"PrimaryOrigin", {domain.origin}},
          {"OriginProtocol", "http"},
          {"Project", "default"},
          {"ServiceType", "web"},
          {"ServiceRegion", "chinese_mainland"}};
}

VolcengineAnswer list_domains(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const auto page = page_of(call.parameters, "PageNum", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world, "cdn");
  const std::string part = text_of(call.parameters, "Domain");
  const std::string status = text_of(call.parameters, "Status");
  std::erase_if(all, [&](const Domain* one) {
    const std::string_view own = one->online ? "online" : "offline";
    return (!status.empty() && status != own) || !one->name.contains(part);
  });
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back(cdn_row(world, *one, at));
  }
  return Json{{"Total", all.size()},
              {"PageNum", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"Data", items.empty() ? Json() : items}};
}

/// Only what a domain of CDN's has or could have.
VolcengineAnswer list_certificates(const World& world,
                                   const VolcengineRequest& call,
                                   SteadyTime at) {
  const auto page = page_of(call.parameters, "PageNum", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  const std::string source = text_of(call.parameters, "Source");
  if (source.empty()) return missing("Source");
  if (source != center_in_cdn(*call.action)) return invalid("Source");
  const std::string wanted = text_of(call.parameters, "CertId");
  const std::vector<const Domain*> domains = domains_of(world, "cdn");
  std::map<std::int64_t, std::vector<std::string>> users;
  for (const Domain* domain : domains) {
    if (const EntryPtr entry = domain->bound_at(at)) users[entry->id].push_back(domain->name);
  }
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(at)) {
    const Certificate& leaf = entry->pair.leaf;
    const bool fits = users.contains(id) || std::ranges::any_of(domains, [&](const Domain* one) {
                        return any_covers(leaf.dns_names, leaf.ip_addresses, one->name);
                      });
    if (fits && (wanted.empty() || wanted == volcengine_id(id))) all.push_back(entry);
  }
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    items.push_back(
        {{"CertId", volcengine_id(one->id)},
         {"CertName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
         {"Desc", one->note},
         {"DnsName", join(leaf.dns_names, ",")},
         {"CertFingerprint", {{"Sha1", std::string(40, '0')}, {"Sha256", leaf.fingerprint}}},
         {"EffectiveTime", in_seconds(leaf.not_before)},
         {"ExpireTime", in_seconds(leaf.not_after)},
         {"ConfiguredDomain", join(users[one->id], ",")},
         {"Source", source},
         {"Status", leaf.not_after > world.now() ? "running" : "expired"}});
  }
  return Json{{"Total", all.size()},
              {"PageNum", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"CertInfo", items}};
}

VolcengineAnswer get_config(const World& world, const VolcengineRequest& call, SteadyTime at) {
  if (text_of(call.parameters, "Domain").empty()) return missing("Domain");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") return unknown("domain");
  const EntryPtr entry = domain->bound_at(at);
  Json https = {{"Switch", entry != nullptr}, {"CertInfo", nullptr}, {"CertInfoList", nullptr}};
  if (entry) {
    https["CertInfo"] = {{"CertId", volcengine_id(entry->id)},
                         {"CertName", entry->note},
                         {"Desc", entry->note},
                         {"EncryType", "inter_cert"},
                         {"Source", center_in_cdn(*call.action)}};
  }
  return Json{{"DomainConfig",
               {{"Domain", domain->name},
                {"Cname", domain->cname},
                {"Status", domain->online ? "online" : "offline"},
                {"LockStatus", "off"},
                {"HTTPS", https}}}};
}

VolcengineAnswer bind(World& world, const VolcengineRequest& call) {
  const std::string spelled = text_of(call.parameters, "Domain");
  const std::string certificate = text_of(call.parameters, "CertId");
  if (spelled.empty()) return missing("Domain");
  if (certificate.empty()) return missing("CertId");
  const auto id = read_id(certificate);
  if (!id || !world.entries().contains(*id)) return unknown("certificate");
  const std::vector<std::string> names = split(spelled, ',');
  if (names.size() > 50) return invalid("Domain");
  Json results = Json::array();
  for (const std::string& name : names) {
    const std::string why = bind_one(world, canonical_of(name), *id);
    Json one = {{"Domain", name}, {"Status", why.empty() ? "success" : "fail"}};
    if (!why.empty()) one["ErrorMsg"] = why;
    results.push_back(std::move(one));
  }
  return Json{{"DeployResult", results}};
}

}  // namespace certferry::sandbox::volcengine
