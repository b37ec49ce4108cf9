// CDN, EdgeOne, Live and VOD: domains, and what binding a certificate to one does.

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

/// What the members of a block are when nobody says otherwise.
Json https_defaults() {
  return {{"Http2", "off"},
          {"OcspStapling", "off"},
          {"VerifyClient", "off"},
          {"ClientCertInfo", nullptr},
          {"Spdy", "off"},
          {"Hsts", {{"Switch", "off"}, {"MaxAge", nullptr}, {"IncludeSubDomains", nullptr}}},
          {"TlsVersion", {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}}};
}

/// The names that a filter of that name lets through; nothing when there is no such filter.
std::optional<std::set<std::string>> filtered(const Json& parameters,
                                              std::string_view name,
                                              std::string_view values) {
  const auto filters = parameters.find("Filters");
  if (filters == parameters.end() || !filters->is_array()) return std::nullopt;
  for (const Json& filter : *filters) {
    const auto list = filter.find(values);
    if (text_of(filter, "Name") != name || list == filter.end() || !list->is_array()) continue;
    std::set<std::string> names;
    for (const Json& one : *list) {
      if (!one.is_string()) continue;
      const std::string spelled = one.get<std::string>();
      names.insert(canonical_name(spelled).value_or(spelled));
    }
    return names;
  }
  return std::nullopt;
}

void keep_filtered(std::vector<const Domain*>& all, std::optional<std::set<std::string>> names) {
  if (names) std::erase_if(all, [&](const Domain* one) { return !names->contains(one->name); });
}

std::string zone_id(const std::string& name) {
  const std::vector<std::string> labels = split(name, '.');
  const std::size_t count = labels.size();
  return "zone-" + (count < 2 ? name : labels[count - 2] + "-" + labels[count - 1]);
}

TencentRefusal cdn_refusal(Outcome outcome) {
  if (outcome == Outcome::kUnknownCertificate) {
    return {.code = "FailedOperation.SslCertNotFound", .message = "证书不存在。"};
  }
  return {.code = "InvalidParameter.CdnCertNoCertInfo",
          .message = "证书无效，请确认后重试。The certificate does not match the domain."};
}

}  // namespace

Json TencentState::https_block(const Domain& domain, SteadyTime moment) const {
  const auto settings = https_.find(domain.name);
  const EntryPtr entry = domain.told_at(moment);
  if (settings == https_.end() && !entry) return nullptr;
  Json block = settings == https_.end() ? https_defaults() : settings->second;
  block["Switch"] = entry ? "on" : "off";
  block["SslStatus"] = !entry          ? "closed"
                       : domain.busy() ? "deploying"
                       : domain.job    ? "failed"
                                       : "deployed";
  block["CertInfo"] = nullptr;
  if (entry) {
    block["CertInfo"] = {{"CertId", tencent_id(entry->id)},
                         {"CertName", entry->note},
                         {"ExpireTime", china_time(entry->pair.leaf.not_after)},
                         {"DeployTime", china_time(world_.now())},
                         {"Message", entry->note},
                         {"From", "upload"}};
  }
  return block;
}

TencentAnswer TencentState::list_cdn(const TencentRequest& call, SteadyTime moment) const {
  const auto page = page_of(call.parameters, {.size_default = 100, .size_most = 100});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world_, "cdn");
  keep_filtered(all, filtered(call.parameters, "domain", "Value"));
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back(
        {{"ResourceId", "cdn-" + std::to_string(one->id)},
         {"Domain", one->name},
         {"Cname", one->cname},
         {"Status",
          !one->online  ? "offline"
          : one->busy() ? "processing"
                        : "online"},
         {"Disable", "normal"},
         {"Readonly", "normal"},
         {"ServiceType", "web"},
         {"Area", "mainland"},
         {"CreateTime", china_time(one->created_at)},
         {"UpdateTime", china_time(world_.now())},
         {"Origin", {{"Origins", Json::array({one->origin})}, {"OriginType", "domain"}}},
         {"Https", https_block(*one, moment)}});
  }
  return Json{{"TotalNumber", all.size()}, {"Domains", items}};
}

TencentAnswer TencentState::bind_cdn(const TencentRequest& call) {
  if (text_of(call.parameters, "Domain").empty()) return missing("Domain");
  const Domain* domain = find_domain(world_, call.domain, "cdn");
  if (domain == nullptr) {
    return TencentRefusal{.code = "ResourceNotFound.CdnHostNotExists",
                          .message = "未查询到该域名，请确认域名是否正确。"};
  }
  if (domain->busy()) {
    return TencentRefusal{.code = "ResourceInUse.CdnOpInProgress",
                          .message = "CDN资源正在被操作中。"};
  }
  if (!domain->online) {
    return TencentRefusal{.code = "InvalidParameter.CdnHostInvalidStatus",
                          .message = "域名状态不合法。"};
  }
  const auto https = call.parameters.find("Https");
  if (https == call.parameters.end() || !https->is_object()) return missing("Https");
  const std::string power = text_of(*https, "Switch");
  if (power != "on" && power != "off") return invalid("Https.Switch");
  const auto info = https->find("CertInfo");
  const Json defaults = https_defaults();
  Json settings = defaults;
  for (const auto& [key, value] : https->items()) {
    if (key == "Switch" || key == "CertInfo") continue;
    // What the vendor fills in is no parameter.
    if (!defaults.contains(key) || value.is_null()) return invalid("Https." + key);
    settings[key] = value;
  }
  if (power == "off") {
    world_.unbind(call.domain);
    https_[call.domain] = settings;
    return Json::object();
  }
  if (info == https->end() || !info->is_object()) return missing("Https.CertInfo");
  for (const auto& [key, value] : info->items()) {
    if (key != "CertId" && key != "Message") return invalid("Https.CertInfo." + key);
  }
  const auto id = id_of(text_of(*info, "CertId"));
  const Outcome outcome = id ? world_.start_bind(*id, call.domain) : Outcome::kUnknownCertificate;
  if (outcome != Outcome::kDone) return cdn_refusal(outcome);
  https_[call.domain] = settings;
  return Json::object();
}

TencentAnswer TencentState::list_zones(const TencentRequest& call) const {
  const auto page = page_of(call.parameters, {});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  std::set<std::string> ids;
  for (const Domain* one : domains_of(world_, "eo")) ids.insert(zone_id(one->name));
  const std::vector<std::string> all(ids.begin(), ids.end());
  Json items = Json::array();
  for (const std::string& id : std::get<Page>(page).of(all)) {
    items.push_back({{"ZoneId", id}, {"ZoneName", id}, {"Status", "active"}, {"Type", "partial"}});
  }
  return Json{{"TotalCount", all.size()}, {"Zones", items}};
}

Json TencentState::eo_certificates(const Domain& domain, SteadyTime moment) const {
  Json list = Json::array();
  const auto add = [&](const EntryPtr& entry, const std::string& status) {
    list.push_back({{"CertId", tencent_id(entry->id)},
                    {"Alias", entry->note},
                    {"Type", "upload"},
                    {"ExpireTime", format_time(entry->pair.leaf.not_after)},
                    {"DeployTime", format_time(world_.now())},
                    {"SignAlgo", algorithm_of(entry->pair.leaf)},
                    {"Status", status}});
  };
  const auto aside = beside_.find(domain.name);
  if (aside != beside_.end()) {
    for (const std::int64_t id : aside->second) {
      const auto entry = world_.entries().find(id);
      if (entry != world_.entries().end()) add(entry->second, "deployed");
    }
  }
  if (const EntryPtr entry = domain.told_at(moment)) {
    add(entry, domain.busy() ? "processing" : domain.job ? "issued" : "deployed");
  }
  return {{"Mode", list.empty() ? "disable" : "sslcert"}, {"List", list}};
}

TencentAnswer TencentState::list_eo(const TencentRequest& call, SteadyTime moment) const {
  const auto page = page_of(call.parameters, {.size_most = 200});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const std::string zone = text_of(call.parameters, "ZoneId");
  if (zone.empty()) return missing("ZoneId");
  std::vector<const Domain*> all = domains_of(world_, "eo");
  std::erase_if(all, [&](const Domain* one) { return zone_id(one->name) != zone; });
  keep_filtered(all, filtered(call.parameters, "domain-name", "Values"));
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"ZoneId", zone},
                     {"DomainName", one->name},
                     {"DomainStatus",
                      !one->online  ? "offline"
                      : one->busy() ? "process"
                                    : "online"},
                     {"Cname", one->cname},
                     {"OriginDetail", {{"Origin", one->origin}, {"OriginType", "IP_DOMAIN"}}},
                     {"OriginProtocol", "FOLLOW"},
                     {"Certificate", eo_certificates(*one, moment)}});
  }
  return Json{{"TotalCount", all.size()}, {"AccelerationDomains", items}};
}

TencentAnswer TencentState::bind_eo(const TencentRequest& call) {
  for (const char* name : {"ZoneId", "Hosts"}) {
    if (!call.parameters.contains(name)) return missing(name);
  }
  const Domain* domain = find_domain(world_, call.domain, "eo");
  if (domain == nullptr || zone_id(domain->name) != text_of(call.parameters, "ZoneId")) {
    return TencentRefusal{.code = "InvalidParameter.DomainNotFound",
                          .message = "域名不存在或不属于该账号。"};
  }
  if (!domain->online) {
    return TencentRefusal{.code = "FailedOperation.InvalidZoneStatus",
                          .message = "站点状态不正确。"};
  }
  if (domain->busy()) {
    return TencentRefusal{.code = "InvalidParameter.ActionInProgress",
                          .message = "操作频繁，请稍后重试。"};
  }
  if (text_of(call.parameters, "Mode") != "sslcert") return invalid("Mode");
  const auto set = call.parameters.find("ServerCertInfo");
  if (set == call.parameters.end() || !set->is_array() || set->empty()) {
    return missing("ServerCertInfo");
  }
  std::vector<std::int64_t> ids;
  std::set<KeyType::Algorithm> algorithms;
  for (const Json& one : *set) {
    const auto id = id_of(text_of(one, "CertId"));
    const auto entry = id ? world_.entries().find(*id) : world_.entries().end();
    if (entry == world_.entries().end()) {
      return TencentRefusal{.code = "FailedOperation.CertificateNotFound",
                            .message = "证书不存在。"};
    }
    if (world_.check_bind(*id, call.domain) != Outcome::kDone) {
      return TencentRefusal{.code = "InvalidParameter.CertNotMatchDomain",
                            .message = "HTTPS证书和域名不匹配。"};
    }
    if (!algorithms.insert(entry->second->pair.leaf.key.algorithm).second) {
      return TencentRefusal{.code = "InvalidParameter.InvalidCertInfo",
                            .message = "证书信息错误。"};
    }
    ids.push_back(*id);
  }
  world_.start_bind(ids.front(), call.domain);
  beside_[call.domain] = {ids.begin() + 1, ids.end()};
  return Json::object();
}

TencentAnswer TencentState::list_live(const TencentRequest& call) const {
  const auto page = page_of(call.parameters,
                            {.page = "PageNum",
                             .size = "PageSize",
                             .size_default = 10,
                             .size_least = 10,
                             .size_most = 100});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const bool pushing = call.parameters.value("DomainType", 1) == 0;
  const std::vector<const Domain*> all =
      pushing ? std::vector<const Domain*>() : domains_of(world_, "css");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"Name", one->name},
                     {"Type", 1},
                     {"Status", one->online ? 1 : 0},
                     {"CreateTime", china_time(one->created_at)},
                     {"BCName", 0},
                     {"TargetDomain", one->cname},
                     {"PlayType", 1},
                     {"IsDelayLive", 0}});
  }
  return Json{{"AllCount", all.size()}, {"DomainList", items}};
}

TencentAnswer TencentState::list_live_bindings(const TencentRequest& call,
                                               SteadyTime moment) const {
  const auto page =
      page_of(call.parameters, {.size = "Length", .size_default = 50, .size_most = 50});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world_, "css");
  std::erase_if(all, [&](const Domain* one) { return one->bound_at(moment) == nullptr; });
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const EntryPtr entry = one->bound_at(moment);
    items.push_back({{"DomainName", one->name},
                     {"CertificateAlias", entry->note},
                     {"CertType", 1},
                     {"Status", 1},
                     {"CertExpireTime", china_time(entry->pair.leaf.not_after)},
                     {"CertId", 0},
                     {"CloudCertId", tencent_id(entry->id)},
                     {"UpdateTime", china_time(world_.now())}});
  }
  return Json{{"TotalNum", all.size()}, {"LiveDomainCertBindings", items}};
}

TencentAnswer TencentState::bind_live(const TencentRequest& call) {
  const auto infos = call.parameters.find("DomainInfos");
  if (infos == call.parameters.end() || !infos->is_array() || infos->empty()) {
    return missing("DomainInfos");
  }
  const auto id = id_of(text_of(call.parameters, "CloudCertId"));
  if (!id || !world_.entries().contains(*id)) {
    return TencentRefusal{.code = "InvalidParameter.CloudCrtIdError",
                          .message = "腾讯云证书托管 ID 错误。"};
  }
  Json mismatched = Json::array();
  Json errors = Json::array();
  for (const Json& info : *infos) {
    const std::string spelled = text_of(info, "DomainName");
    const auto status = info.find("Status");
    const bool known =
        status != info.end() && status->is_number_integer() && *status >= -1 && *status <= 1;
    if (!known) return invalid("DomainInfos.Status");
    const std::string name = canonical_name(spelled).value_or(spelled);
    const Domain* domain = find_domain(world_, name, "css");
    const auto fail = [&](const char* code, const char* message) {
      errors.push_back({{"DomainName", spelled}, {"Code", code}, {"Message", message}});
    };
    if (domain == nullptr) {
      fail("ResourceNotFound.DomainNotExist", "域名不存在或不匹配。");
    } else if (!domain->online) {
      fail("InvalidParameter.CloudDomainIsStop", "域名已停用。");
    } else if (world_.check_bind(*id, name) != Outcome::kDone) {
      mismatched.push_back(spelled);
      fail("InvalidParameter.CrtDomainNotFound", "证书没有相关域名。");
    } else if (*status == 0) {
      world_.unbind(name);
    } else {
      world_.bind(*id, name);
    }
  }
  return Json{{"MismatchedDomainNames", mismatched}, {"Errors", errors}};
}

TencentAnswer TencentState::list_vod(const TencentRequest& call, SteadyTime moment) const {
  const auto page = page_of(call.parameters, {});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const std::vector<const Domain*> all = domains_of(world_, "vod");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const bool failed = one->job && one->job->failed;
    const EntryPtr entry = failed ? one->bound_at(moment) : one->told_at(moment);
    Json https = nullptr;
    if (entry) {
      std::string ends = format_time(entry->pair.leaf.not_after + hours(8));
      ends.replace(ends.size() - 1, 1, "+08:00");
      https = {{"CertExpireTime", ends}, {"CloudCertId", tencent_id(entry->id)}};
    }
    const Json area = {{"Area", "Chinese Mainland"}, {"TencentEdgeDomain", one->cname}};
    items.push_back({{"Domain", one->name},
                     {"AccelerateAreaInfos", Json::array({area})},
                     {"DeployStatus",
                      !one->online  ? "Locked"
                      : one->busy() ? "Deploying"
                                    : "Online"},
                     {"HTTPSConfig", https},
                     {"QUICConfig", {{"Status", "Disabled"}}},
                     {"CreateTime", format_time(one->created_at)},
                     {"Type", "VOD"}});
  }
  return Json{{"TotalCount", all.size()}, {"DomainSet", items}};
}

TencentAnswer TencentState::bind_vod(const TencentRequest& call) {
  const Domain* domain = find_domain(world_, call.domain, "vod");
  if (domain == nullptr) {
    return TencentRefusal{.code = "InvalidParameterValue.DomainName",
                          .message = "参数错误：不存在的域名。"};
  }
  if (domain->busy() || !domain->online) {
    return TencentRefusal{.code = "FailedOperation.DomainDeploying",
                          .message = "域名部署中，不能变更配置。"};
  }
  const std::string operation = text_of(call.parameters, "Operation");
  if (operation == "Clear") {
    world_.unbind(call.domain);
    return Json::object();
  }
  if (operation != "Set") return invalid("Operation");
  const auto id = id_of(text_of(call.parameters, "CertID"));
  const Outcome outcome = id ? world_.start_bind(*id, call.domain) : Outcome::kUnknownCertificate;
  if (outcome == Outcome::kDone) return Json::object();
  if (outcome == Outcome::kUnknownCertificate) {
    return TencentRefusal{.code = "ResourceNotFound", .message = "证书不存在。"};
  }
  return TencentRefusal{.code = "InvalidParameterValue", .message = "证书与域名不匹配。"};
}

}  // namespace certferry::sandbox
