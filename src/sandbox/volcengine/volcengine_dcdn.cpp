// DCDN: domains with their certificates, and binds.

#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

std::string dotted(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

}  // namespace

VolcengineAnswer list_dcdn(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const auto page = page_of(call.parameters, "PageNumber", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  const std::vector<const Domain*> all = domains_of(world, "dcdn");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const EntryPtr entry = one->bound_at(at);
    Json https = {{"EnableHttps", entry != nullptr}, {"Http2", true}};
    if (entry) {
      https["CertBind"] = {{"CertId", volcengine_id(entry->id)}, {"CertSource", "volc"}};
    }
    items.push_back({{"Domain", dotted(one->name)},
                     {"Cname", one->cname},
                     {"Status", one->online ? "Running" : "Stop"},
                     {"Scope", "Domestic"},
                     {"ProjectName", "default"},
                     {"Origin", {{"Origins", {{{"Name", one->origin}, {"Weight", 1}}}}}},
                     {"Https", https}});
  }
  return Json{{"Total", all.size()},
              {"PageNumber", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"DomainList", items}};
}

VolcengineAnswer bind_dcdn(World& world, const VolcengineRequest& call) {
  const std::string certificate = text_of(call.parameters, "CertId");
  const Json* names = member(call.parameters, "DomainNames");
  if (certificate.empty()) return missing("CertId");
  if (names == nullptr || !names->is_array() || names->empty()) return missing("DomainNames");
  if (text_of(call.parameters, "CertSource") != "volc") return invalid("CertSource");
  const auto id = read_id(certificate);
  if (!id || !world.entries().contains(*id)) return unknown("certificate");
  for (const Json& one : *names) {
    if (!one.is_string()) return invalid("DomainNames");
    // The asterisk is CDN's spelling.
    const std::string spelled = one.get<std::string>();
    const Domain* domain =
        spelled.starts_with('*') ? nullptr : world.find_domain(canonical_of(spelled));
    if (domain == nullptr || domain->product != "dcdn") return unknown("domain");
    if (!domain->online || world.check_bind(*id, domain->name) != Outcome::kDone) {
      return Json{{"Success", false}};
    }
  }
  for (const Json& one : *names) world.bind(*id, canonical_of(one.get<std::string>()));
  return Json{{"Success", true}};
}

}  // namespace certferry::sandbox::volcengine
