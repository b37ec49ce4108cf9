// VOD: spaces, their domains, and the HTTPS settings of each, which a bind replaces as a whole.

#include <array>

#include "base/text.h"
#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

constexpr std::array<std::string_view, 2> kSpaces = {"space-a", "space-b"};
constexpr std::array<std::string_view, 3> kTypes = {"vod_play", "vod_image", "third"};

/// Most are in one place, so that its list has pages.
std::string_view space_of(const Domain& domain) {
  return domain.id % 16 == 0 ? kSpaces[1] : kSpaces[0];
}

std::string_view type_of(const Domain& domain) {
  if (domain.id % 8 == 0) return kTypes[1];
  return domain.id % 4 == 0 ? kTypes[2] : kTypes[0];
}

/// What the HTTPS module says where nobody has set it, certificates aside.
const Json& defaults() {
  static const Json kDefaults = {
      {"DisableHttp", false},
      {"ForcedRedirect", {{"EnableForcedRedirect", false}, {"StatusCode", "301"}}},
      {"HTTP2", false},
      {"Hsts", {{"Subdomain", "exclude"}, {"Switch", false}, {"Ttl", 0}}},
      {"OCSP", false},
      {"TlsVersion", {"tlsv1.1", "tlsv1.2", "tlsv1.3"}}};
  return kDefaults;
}

std::variant<const Domain*, VolcengineRefusal> domain_of(const World& world,
                                                         const VolcengineRequest& call) {
  for (const char* needed : {"SpaceName", "DomainType"}) {
    if (text_of(call.parameters, needed).empty()) return missing(needed);
  }
  if (call.domain.empty()) return missing("Domain");
  const Domain* domain = world.find_domain(call.domain);
  const bool known = domain != nullptr && domain->product == "vod" &&
                     text_of(call.parameters, "SpaceName") == space_of(*domain) &&
                     text_of(call.parameters, "DomainType") == type_of(*domain);
  if (!known) return unknown("domain");
  return domain;
}

/// Null: the module is not what it has to be.
std::optional<Json> settings_in(const Json& module) {
  Json settings = defaults();
  for (const auto& [key, value] : module.items()) {
    if (key == "Switch" || key == "CertInfo") continue;
    const auto known = settings.find(key);
    if (known == settings.end() || known->type() != value.type()) return std::nullopt;
    *known = value;
  }
  return settings;
}

}  // namespace

VolcengineAnswer list_spaces() {
  Json spaces = Json::array();
  for (const std::string_view name : kSpaces) {
    spaces.push_back({{"SpaceName", name},
                      {"Region", "cn-north-1"},
                      {"ProjectName", "default"},
                      {"BucketName", "tos-vod-cn-v-16fd9e8343bb"},
                      {"BucketStatus", "configure_success"},
                      {"Type", "space"}});
  }
  return spaces;
}

VolcengineAnswer list_vod(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const std::string space = text_of(call.parameters, "SpaceName");
  if (space.empty()) return missing("SpaceName");
  const std::string types = text_of(call.parameters, "DomainType");
  const Json* paging = member(call.parameters, "ListCdnDomainsParam");
  const auto page = page_of(paging == nullptr ? Json::object() : *paging, "PageNum", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world, "vod");
  std::erase_if(all, [&](const Domain* one) {
    const std::vector<std::string> wanted = split(types, ',');
    return space != space_of(*one) ||
           (!types.empty() && std::ranges::find(wanted, type_of(*one)) == wanted.end());
  });
  Json domains = Json::array();
  Json rows = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    domains.push_back({{"Domain", one->name},
                       {"Cname", one->cname},
                       {"DomainType", type_of(*one)},
                       {"CnameStatus", "configured"},
                       {"SchedulerStatus", "enable"}});
    rows.push_back(cdn_row(world, *one, at));
  }
  Json vod = {{"SpaceName", space}, {"Domains", domains}};
  Json cdn = {{"Data", rows.empty() ? Json() : rows}};
  for (Json* list : {&vod, &cdn}) {
    (*list)["Total"] = all.size();
    (*list)["PageNum"] = std::get<Page>(page).number;
    (*list)["PageSize"] = std::get<Page>(page).size;
  }
  return Json{{"VodInfo", vod}, {"DomainInfo", cdn}};
}

VolcengineAnswer get_vod_config(const World& world,
                                const VolcengineState& state,
                                const VolcengineRequest& call,
                                SteadyTime at) {
  const auto found = domain_of(world, call);
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&found)) return *refusal;
  const Domain& domain = *std::get<const Domain*>(found);
  const auto own = state.vod_https.find(domain.name);
  Json https = own == state.vod_https.end() ? defaults() : own->second;
  const EntryPtr entry = domain.bound_at(at);
  https["Switch"] = entry != nullptr;
  https["CertInfo"] = nullptr;
  https["CertInfoList"] = nullptr;
  if (entry) {
    https["CertInfo"] = {{"CertId", volcengine_id(entry->id)},
                         {"CertName", entry->note},
                         {"EncryType", "inter_cert"},
                         {"Source", center_in_cdn(*call.action)}};
  }
  Json config = cdn_row(world, domain, at);
  config["HTTPS"] = https;
  return Json{{"DomainInfo", {{"DomainConfig", config}}}};
}

VolcengineAnswer bind_vod(World& world, VolcengineState& state, const VolcengineRequest& call) {
  const auto found = domain_of(world, call);
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&found)) return *refusal;
  const Domain& domain = *std::get<const Domain*>(found);
  const Json* config = member(call.parameters, "UpdateCdnConfigParam");
  const Json* module = config == nullptr ? nullptr : member(*config, "HTTPS");
  if (module == nullptr || !module->is_object()) return missing("HTTPS");
  const Json* certificate = member(*module, "CertInfo");
  if (certificate == nullptr || !certificate->is_object()) return missing("CertInfo");
  if (!is_true(*module, "Switch")) return invalid("Switch");
  const auto settings = settings_in(*module);
  if (!settings) return invalid("HTTPS");
  const auto id = read_id(text_of(*certificate, "CertId"));
  if (!id || !world.entries().contains(*id)) return unknown("certificate");
  if (!domain.online) return invalid("Domain");
  if (world.bind(*id, domain.name) != Outcome::kDone) return invalid("CertInfo");
  state.vod_https[domain.name] = *settings;
  return Json();
}

}  // namespace certferry::sandbox::volcengine
