#include <array>

#include "sandbox/huaweicloud/services.h"

namespace certferry::sandbox::huaweicloud {

namespace {

/// As the documents list it, with HTTP 200.
HuaweiCloudRefusal unknown_domain() {
  return {
      .status = 200, .code = "CDN.0105", .message = "The acceleration domain name does not exist."};
}

HuaweiCloudRefusal wrong_state() {
  return {.status = 200,
          .code = "CDN.0106",
          .message = "This operation is not supported by the domain name in the current state."};
}

struct Page {
  std::int64_t from = 0;
  std::int64_t size = 0;
};

std::variant<Page, HuaweiCloudRefusal> numbered_page(const HuaweiCloudRequest& call) {
  std::int64_t number = 1;
  std::int64_t size = 30;
  for (const auto& [name, most, value] :
       {std::tuple("page_number", 65'535, &number), std::tuple("page_size", 10'000, &size)}) {
    if (!call.query.contains(name)) continue;
    const auto given = integer_field(call.query, name);
    if (!given || *given < 1 || *given > most) return invalid("cdn", name);
    *value = *given;
  }
  return Page{.from = (number - 1) * size, .size = size};
}

SteadyTime changed_at(const Domain& domain, SteadyTime moment) {
  SteadyTime at{};
  for (const Domain::Change& change : domain.changes) {
    if (change.at <= moment) at = change.at;
  }
  return at;
}

bool is_configuring(const World& world, const HuaweiCloudState& state, const Domain& domain) {
  if (domain.changes.empty() || state.configuring == milliseconds{}) return false;
  return world.steady_now() - domain.changes.back().at < state.configuring;
}

std::string status_of(const World& world, const HuaweiCloudState& state, const Domain& domain) {
  if (!domain.online) return "offline";
  return is_configuring(world, state, domain) ? "configuring" : "online";
}

HuaweiCloudHttps https_of(const HuaweiCloudState& state, const std::string& name) {
  const auto found = state.https.find(name);
  return found == state.https.end() ? HuaweiCloudHttps() : found->second;
}

/// As who bound it called it; by hand in the console that is its name in the store.
std::string name_at(const HuaweiCloudState& state, const Domain& domain, const Entry& entry) {
  const auto found = state.names.find({domain.name, entry.id});
  return found == state.names.end() ? entry.note : found->second;
}

std::int64_t unix_milliseconds(Time time) {
  return time.time_since_epoch().count();
}

/// The block that a bind writes; nothing when something of it is of no use.
std::optional<Json> https_in(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object() || json.size() != 1 || !json.contains("configs")) return std::nullopt;
  const Json& configs = json["configs"];
  if (!configs.is_object() || configs.size() != 1 || !configs.contains("https"))
    return std::nullopt;
  const Json& https = configs["https"];
  if (!https.is_object()) return std::nullopt;
  for (const auto& [key, value] : https.items()) {
    constexpr std::array<std::string_view, 7> kTexts{"https_status",
                                                     "certificate_type",
                                                     "scm_certificate_id",
                                                     "certificate_name",
                                                     "http2_status",
                                                     "tls_version",
                                                     "ocsp_stapling_status"};
    const bool text = std::ranges::find(kTexts, key) != kTexts.end() && value.is_string();
    const bool number = key == "certificate_source" && value.is_number_integer();
    if (!text && !number) return std::nullopt;
  }
  return https;
}

bool is_switch(const std::string& text) {
  return text.empty() || text == "on" || text == "off";
}

}  // namespace

HuaweiCloudAnswer list_domains(const World& world,
                               const HuaweiCloudState& state,
                               const HuaweiCloudRequest& call,
                               SteadyTime moment) {
  if (!knows_all(call, {"page_number", "page_size", "enterprise_project_id", "domain_name"})) {
    return invalid("cdn", "query");
  }
  const auto page = numbered_page(call);
  if (const auto* refusal = std::get_if<HuaweiCloudRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all;
  const std::string_view wanted = text_field(call.query, "domain_name");
  for (const Domain& one : world.domains()) {
    if (one.product == "cdn" && one.name.contains(wanted)) all.push_back(&one);
  }
  const Page& at = std::get<Page>(page);
  Json items = Json::array();
  for (const Domain* one : cut(all, at.from, at.size)) {
    const auto since = world.steady_now() - changed_at(*one, moment);
    items.push_back(
        {{"id", "domain-" + std::to_string(one->id)},
         {"domain_name", one->name},
         {"business_type", "web"},
         {"service_area", "mainland_china"},
         {"domain_status", status_of(world, state, *one)},
         {"cname", one->cname},
         {"sources",
          {{{"ip_or_domain", one->origin}, {"origin_type", "domain"}, {"active_standby", 1}}}},
         {"https_status", one->bound_at(moment) ? 2 : 0},
         {"create_time", unix_milliseconds(one->created_at)},
         {"modify_time", unix_milliseconds(world.now() - since)},
         {"disabled", 0},
         {"locked", 0},
         {"range_status", "off"},
         {"follow_status", "off"},
         {"origin_status", "off"},
         {"auto_refresh_preheat", 0},
         {"enterprise_project_id", "0"}});
  }
  return Json{{"total", all.size()}, {"domains", items}}.dump();
}

HuaweiCloudAnswer list_https(const World& world,
                             const HuaweiCloudState& state,
                             const HuaweiCloudRequest& call,
                             SteadyTime moment) {
  if (!knows_all(call, {"page_number", "page_size", "enterprise_project_id", "domain_name"})) {
    return invalid("cdn", "query");
  }
  const auto page = numbered_page(call);
  if (const auto* refusal = std::get_if<HuaweiCloudRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all;
  for (const Domain& one : world.domains()) {
    if (one.product == "cdn" && one.bound_at(moment) != nullptr) all.push_back(&one);
  }
  const Page& at = std::get<Page>(page);
  Json items = Json::array();
  for (const Domain* one : cut(all, at.from, at.size)) {
    const EntryPtr entry = one->bound_at(moment);
    items.push_back({{"domain_id", "domain-" + std::to_string(one->id)},
                     {"domain_name", one->name},
                     {"cert_name", name_at(state, *one, *entry)},
                     {"certificate", entry->pair.chain_pem},
                     {"certificate_type", 2},
                     {"expiration_time", unix_milliseconds(entry->pair.leaf.not_after)},
                     {"https_status", 2},
                     {"force_redirect_https", 0},
                     {"force_redirect_config", {{"switch", 0}, {"redirect_type", "http"}}},
                     {"http2", https_of(state, one->name).http2 == "on" ? 1 : 0}});
  }
  return Json{{"total", all.size()}, {"https", items}}.dump();
}

HuaweiCloudAnswer get_config(const World& world,
                             const HuaweiCloudState& state,
                             const HuaweiCloudRequest& call,
                             SteadyTime moment) {
  if (!knows_all(call, {"enterprise_project_id"})) return invalid("cdn", "query");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") return unknown_domain();
  const HuaweiCloudHttps settings = https_of(state, domain->name);
  const EntryPtr entry = domain->bound_at(moment);
  Json https = {{"https_status", entry ? "on" : "off"},
                {"http2_status", settings.http2},
                {"tls_version", settings.tls_version},
                {"ocsp_stapling_status", settings.ocsp_stapling},
                {"certificates", Json::array()}};
  if (entry) {
    https.update({{"certificate_name", name_at(state, *domain, *entry)},
                  {"certificate_value", entry->pair.chain_pem},
                  {"certificate_source", 2},
                  {"certificate_type", "server"},
                  {"scm_certificate_id", huaweicloud_certificate_id(entry->id)},
                  {"expire_time", unix_milliseconds(entry->pair.leaf.not_after)}});
  }
  if (settings.second_certificate) {
    https["certificates"].push_back(
        {{"certificate_name", "sm"}, {"certificate_type", "server_sm"}});
  }
  return Json{{"configs",
               {{"business_type", "web"},
                {"origin_protocol", "http"},
                {"https", https},
                {"sources", {{{"origin_addr", domain->origin}, {"origin_type", "domain"}}}}}}}
      .dump();
}

HuaweiCloudAnswer bind(World& world, HuaweiCloudState& state, const HuaweiCloudRequest& call) {
  const std::optional<Json> https = https_in(call.body);
  if (!https || !knows_all(call, {"enterprise_project_id"})) return invalid("cdn", "configs");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") return unknown_domain();
  if (!domain->online || is_configuring(world, state, *domain)) return wrong_state();
  HuaweiCloudHttps settings{.second_certificate = false};  // what is not sent begins anew
  const std::string http2 = text_in(*https, "http2_status");
  const std::string stapling = text_in(*https, "ocsp_stapling_status");
  if (!is_switch(http2) || !is_switch(stapling)) return invalid("cdn", "http2_status");
  if (!http2.empty()) settings.http2 = http2;
  if (!stapling.empty()) settings.ocsp_stapling = stapling;
  const std::string versions = text_in(*https, "tls_version");
  if (!versions.empty()) settings.tls_version = versions;
  const std::string status = text_in(*https, "https_status");
  if (status == "off") {
    world.unbind(call.domain);
    return "";
  }
  const std::string name = text_in(*https, "certificate_name");
  if (status != "on") return invalid("cdn", "https_status");
  if (name.size() < 3 || name.size() > 64) return invalid("cdn", "certificate_name");
  if (https->value("certificate_source", 0) != 2 ||
      text_in(*https, "certificate_type") != "server") {
    return invalid("cdn", "certificate_source");
  }
  const auto id = certificate_number(text_in(*https, "scm_certificate_id"));
  if (!id) return invalid("cdn", "scm_certificate_id");
  switch (world.bind(*id, call.domain)) {
    case Outcome::kUnknownCertificate:
      return unknown_certificate();
    case Outcome::kNotCovered:
      return HuaweiCloudRefusal{.status = 400,
                                .code = "CDN.0117",
                                .message = "The certificate does not match the domain name."};
    default:
      break;
  }
  state.https[call.domain] = settings;
  state.names[{call.domain, *id}] = name;
  return "";
}

}  // namespace certferry::sandbox::huaweicloud
