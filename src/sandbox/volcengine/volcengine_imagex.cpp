// veImageX: services, their domains, and the HTTPS settings of each, which a bind replaces as a
// whole.

#include <array>

#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

constexpr std::array<std::string_view, 2> kServices = {"zh1qexample", "89k0jexample"};

std::string_view service_of(const Domain& domain) {
  return kServices[static_cast<std::size_t>(domain.id) % kServices.size()];
}

/// What the settings are where nobody has set them, certificates aside, as they are read.
const Json& defaults() {
  static const Json kDefaults = {
      {"enable_http2", false},
      {"enable_ocsp", false},
      {"enable_force_redirect", false},
      {"force_redirect_type", ""},
      {"force_redirect_code", ""},
      {"hsts", {{"enabled", false}, {"subdomain", "exclude"}, {"ttl", 0}}},
      {"tls_versions", Json::array()}};
  return kDefaults;
}

Json settings_of(const VolcengineState& state, const Domain& domain) {
  const auto own = state.imagex_https.find(domain.name);
  return own == state.imagex_https.end() ? defaults() : own->second;
}

VolcengineRefusal failure(std::string why) {
  return {.code = "UpdateDomainFailure", .message = std::move(why)};
}

/// Nothing: the settings are not what they have to be.
std::optional<Json> read_settings(const Json& given) {
  const Json* versions = member(given, "tls_versions");
  if (versions == nullptr || !versions->is_array() || versions->empty()) return std::nullopt;
  Json settings = defaults();
  for (const char* key : {"enable_http2",
                          "enable_ocsp",
                          "enable_force_redirect",
                          "force_redirect_type",
                          "force_redirect_code",
                          "tls_versions"}) {
    const Json* value = member(given, key);
    if (value == nullptr) continue;
    if (value->type() != settings[key].type()) return std::nullopt;
    settings[key] = *value;
  }
  const Json* hsts = member(given, "hsts");
  if (hsts == nullptr) return settings;
  if (!hsts->is_object()) return std::nullopt;
  // It is called so only where it is written.
  settings["hsts"]["enabled"] = is_true(*hsts, "enable");
  for (const char* key : {"subdomain", "ttl"}) {
    if (const Json* value = member(*hsts, key)) settings["hsts"][key] = *value;
  }
  return settings;
}

std::variant<const Domain*, VolcengineRefusal> domain_of(const World& world,
                                                         const VolcengineRequest& call) {
  const std::string service = text_of(call.parameters, "ServiceId");
  if (service.empty()) return missing("ServiceId");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "imagex" || service != service_of(*domain)) {
    return failure("domain not found");
  }
  return domain;
}

}  // namespace

VolcengineAnswer list_services(const World& world) {
  Json services = Json::array();
  for (const std::string_view id : kServices) {
    Json infos = Json::array();
    for (const Domain* one : domains_of(world, "imagex")) {
      if (service_of(*one) != id) continue;
      infos.push_back({{"DomainName", one->name}, {"CNAME", one->cname}, {"Status", "正常"}});
    }
    services.push_back({{"ServiceId", id},
                        {"ServiceName", "images"},
                        {"ServiceRegion", "cn"},
                        {"ServiceStatus", "正常"},
                        {"DomainInfos", infos}});
  }
  return Json{{"Services", services}};
}

VolcengineAnswer list_service_domains(const World& world,
                                      const VolcengineState& state,
                                      const VolcengineRequest& call,
                                      SteadyTime at) {
  const std::string service = text_of(call.parameters, "ServiceId");
  if (service.empty()) return missing("ServiceId");
  if (std::ranges::find(kServices, service) == kServices.end())
    return failure("Service not found.");
  Json items = Json::array();
  for (const Domain* one : domains_of(world, "imagex")) {
    if (service_of(*one) != service) continue;
    const EntryPtr entry = one->bound_at(at);
    items.push_back({{"domain", one->name},
                     {"cname", one->cname},
                     {"status", one->online ? "正常" : "已停用"},
                     {"region", "中国大陆"},
                     {"create_time", in_seconds(one->created_at)},
                     {"is_default", false},
                     {"lock_status", {{"domain_locked", false}}},
                     {"https_config",
                      {{"cert_id", entry ? volcengine_id(entry->id) : ""},
                       {"enable_http2", settings_of(state, *one).at("enable_http2")}}}});
  }
  return items.empty() ? Json() : items;
}

VolcengineAnswer get_imagex_config(const World& world,
                                   const VolcengineState& state,
                                   const VolcengineRequest& call,
                                   SteadyTime at) {
  const auto found = domain_of(world, call);
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&found)) return *refusal;
  const Domain& domain = *std::get<const Domain*>(found);
  const EntryPtr entry = domain.bound_at(at);
  Json https = settings_of(state, domain);
  https["enable_https"] = entry != nullptr;
  https["cert_id"] = entry ? volcengine_id(entry->id) : "";
  return Json{{"domain", domain.name}, {"status", "正常"}, {"https_config", https}};
}

VolcengineAnswer bind_imagex(World& world, VolcengineState& state, const VolcengineRequest& call) {
  const auto found = domain_of(world, call);
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&found)) return *refusal;
  const Domain& domain = *std::get<const Domain*>(found);
  const Json* https = member(call.parameters, "https");
  if (https == nullptr || !https->is_object()) return missing("https");
  if (!is_true(*https, "enable_https")) return invalid("enable_https");
  const auto settings = read_settings(*https);
  if (!settings) return invalid("https");
  const auto id = read_id(text_of(*https, "cert_id"));
  if (!id || !world.entries().contains(*id)) return failure("cert not found");
  if (!domain.online) return failure("the domain is stopped");
  if (world.bind(*id, domain.name) != Outcome::kDone) return failure("cert not match the domain");
  state.imagex_https[domain.name] = *settings;
  return Json("ok");
}

}  // namespace certferry::sandbox::volcengine
