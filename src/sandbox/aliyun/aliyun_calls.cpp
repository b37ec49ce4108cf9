#include "sandbox/aliyun/aliyun_calls.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/aliyun/aliyun_support.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

using namespace aliyun;

namespace {

using enum AliyunVerb;

constexpr std::size_t kNameMost = 63;

constexpr std::array kActions{
    AliyunAction{"cas", "2020-04-07", "ListUserCertificateOrder", kListStored, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "UploadUserCertificate", kUpload, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "DeleteUserCertificate", kDelete, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "ListCloudResources", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "ListContact", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "ListDeploymentJob", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "DescribeDeploymentJob", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "DescribeDeploymentJobStatus", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "ListDeploymentJobResource", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "ListWorkerResource", kJobRead, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "CreateDeploymentJob", kJobMake, "yundun-cert"},
    AliyunAction{"cas", "2020-04-07", "UpdateDeploymentJobStatus", kJobStart, "yundun-cert"},
    AliyunAction{"cdn", "2018-05-10", "DescribeUserDomains", kListDomains, "cdn"},
    AliyunAction{"cdn", "2018-05-10", "DescribeCdnHttpsDomainList", kListHttps, "cdn"},
    AliyunAction{"cdn", "2018-05-10", "DescribeDomainCertificateInfo", kGetCertificate, "cdn"},
    AliyunAction{"cdn", "2018-05-10", "SetCdnDomainSSLCertificate", kBind, "cdn"},
    AliyunAction{"dcdn", "2018-01-15", "DescribeDcdnUserDomains", kListDomains, "dcdn"},
    AliyunAction{"dcdn", "2018-01-15", "DescribeDcdnHttpsDomainList", kListHttps, "dcdn"},
    AliyunAction{
        "dcdn", "2018-01-15", "DescribeDcdnDomainCertificateInfo", kGetCertificate, "dcdn"},
    AliyunAction{"dcdn", "2018-01-15", "SetDcdnDomainSSLCertificate", kBind, "dcdn"},
    AliyunAction{"live", "2016-11-01", "DescribeLiveUserDomains", kListDomains, "live"},
    AliyunAction{"live", "2016-11-01", "DescribeLiveHttpsDomainList", kListHttps, "live"},
    AliyunAction{"live", "2016-11-01", "SetLiveDomainCertificate", kBind, "live"},
    AliyunAction{"vod", "2017-03-21", "DescribeVodUserDomains", kListDomains, "vod"},
    AliyunAction{"vod", "2017-03-21", "DescribeVodDomainCertificateInfo", kGetCertificate, "vod"},
    AliyunAction{"vod", "2017-03-21", "SetVodDomainSSLCertificate", kBind, "vod"},
    AliyunAction{"esa", "2024-09-10", "ListSites", kListSites, "esa"},
    AliyunAction{"esa", "2024-09-10", "ListCustomHostnames", kListHostnames, "esa"},
    AliyunAction{"esa", "2024-09-10", "GetCustomHostname", kGetHostname, "esa"},
    AliyunAction{"esa", "2024-09-10", "UpdateCustomHostname", kUpdateHostname, "esa"},
    AliyunAction{"wafopenapi", "2021-10-01", "DescribeInstance", kWafRead, "yundun-waf"},
    AliyunAction{"wafopenapi", "2021-10-01", "DescribeDomains", kWafRead, "yundun-waf"},
    AliyunAction{"wafopenapi", "2021-10-01", "DescribeDomainDetail", kWafRead, "yundun-waf"},
    AliyunAction{"wafopenapi", "2021-10-01", "DescribeDefaultHttps", kWafRead, "yundun-waf"},
    AliyunAction{"wafopenapi", "2021-10-01", "DescribeCloudResources", kWafRead, "yundun-waf"},
    AliyunAction{"wafopenapi",
                 "2021-10-01",
                 "DescribeCloudResourceAccessPortDetails",
                 kWafRead,
                 "yundun-waf"},
    AliyunAction{"wafopenapi", "2021-10-01", "ModifyDomainCert", kWafBind, "yundun-waf"},
    AliyunAction{"slb", "2014-05-15", "DescribeLoadBalancerListeners", kClbRead, "slb"},
    AliyunAction{"slb", "2014-05-15", "DescribeDomainExtensions", kClbRead, "slb"},
    AliyunAction{"slb", "2014-05-15", "DescribeServerCertificates", kClbRead, "slb"},
    AliyunAction{"slb", "2014-05-15", "UploadServerCertificate", kClbStore, "slb"},
    AliyunAction{"slb", "2014-05-15", "DeleteServerCertificate", kClbStore, "slb"},
    AliyunAction{"slb", "2014-05-15", "SetDomainExtensionAttribute", kClbBind, "slb"},
};

AliyunRefusal unknown_domain() {
  return {.status = 404,
          .code = "InvalidDomain.NotFound",
          .message = "The domain provided does not belong to you."};
}

AliyunRefusal unknown_certificate(const AliyunRequest& call) {
  if (call.action->service == "cas") {
    return {.status = 404, .code = "NotFound", .message = "没有找到必要内容，请检查参数输入。"};
  }
  return {.status = 404,
          .code = "Certificate.NotFind",
          .message = "The certificate specified could not be found."};
}

/// Dates are China's.
std::string date_of(Time time) {
  return format_date(time + hours(8));
}

std::string dotted(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

/// The two networks, and the two video services, which give less at once.
bool is_video(const AliyunRequest& call) {
  return call.action->service == "live" || call.action->service == "vod";
}

/// What only some of them say of a domain.
Json own_members(const AliyunRequest& call, const Domain& domain, SteadyTime moment) {
  const std::string status = domain.online ? "online" : "offline";
  const char* https = domain.bound_at(moment) ? "on" : "off";
  const Json sources = {{"Source", {{{"Content", domain.origin}, {"Type", "domain"}}}}};
  if (call.action->service == "live") {
    return {{"LiveDomainStatus", status},
            {"LiveDomainType", "liveVideo"},
            {"RegionName", "cn-shanghai"},
            {"Description", domain.origin}};
  }
  return {{"DomainStatus", status},
          {"DomainId", domain.id},
          {call.action->service == "dcdn" ? "SSLProtocol" : "SslProtocol", https},
          {"Sandbox", "normal"},
          {"Sources", sources}};
}

AliyunAnswer list_domains(const World& world, const AliyunRequest& call, SteadyTime moment) {
  const auto page = page_of(call, {.size_most = is_video(call) ? 50 : 500});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world, call.action->service);
  const std::string_view status = text_of(call, "DomainStatus");
  std::erase_if(all, [&](const Domain* one) {
    const std::string_view own = one->online ? "online" : "offline";
    return (!status.empty() && status != own) || (!call.domain.empty() && call.domain != one->name);
  });
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"DomainName", dotted(one->name)},
                     {"Cname", one->cname},
                     {"GmtCreated", format_time(one->created_at)}});
    items.back().update(own_members(call, *one, moment));
  }
  return Json{{"TotalCount", all.size()},
              {"PageNumber", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"Domains", {{"PageData", items}}}}
      .dump();
}

SteadyTime changed_at(const Domain& domain, SteadyTime moment) {
  SteadyTime at{};
  for (const Domain::Change& change : domain.changes) {
    if (change.at <= moment) at = change.at;
  }
  return at;
}

AliyunAnswer list_https(const World& world, const AliyunRequest& call, SteadyTime moment) {
  const auto page = page_of(call, {.size_most = is_video(call) ? 50 : 500});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world, call.action->service);
  std::erase_if(all, [&](const Domain* one) { return one->bound_at(moment) == nullptr; });
  if (all.empty()) {
    return AliyunRefusal{.code = "NoHttpsDomain",
                         .message = "Your account does not have any HTTPS domain."};
  }
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const EntryPtr entry = one->bound_at(moment);
    const Certificate& leaf = entry->pair.leaf;
    // The other spelling of a wildcard, as the vendor's own sample has it.
    items.push_back({{"DomainName", one->name},
                     {"CertName", entry->note},
                     {"CertType", "cas"},
                     {"CertStatus", leaf.not_after > world.now() ? "ok" : "expired"},
                     {"CertCommonName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                     {"CertUpdateTime", wall_time(world, changed_at(*one, moment))}});
  }
  return Json{{"TotalCount", all.size()}, {"CertInfos", {{"CertInfo", items}}}}.dump();
}

AliyunAnswer get_certificate(const World& world,
                             const AliyunRequest& call,
                             const std::string& region,
                             SteadyTime moment) {
  if (text_of(call, "DomainName").empty()) return missing("DomainName");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != call.action->service) return unknown_domain();
  const bool dcdn = call.action->service == "dcdn";
  const EntryPtr entry = domain->bound_at(moment);
  Json one = {{"DomainName", dotted(domain->name)},
              {dcdn ? "SSLProtocol" : "ServerCertificateStatus", entry ? "on" : "off"}};
  if (entry) {
    const Certificate& leaf = entry->pair.leaf;
    one.update({{"CertId", std::to_string(entry->id)},
                {"CertName", entry->note},
                {"CertRegion", region},
                {"CertType", "cas"},
                {"CertStartTime", format_time(leaf.not_before)},
                {"CertExpireTime", format_time(leaf.not_after)},
                {"CertUpdateTime", format_time(world.now())},
                {"Status", "success"},
                {dcdn ? "SSLPub" : "ServerCertificate", entry->pair.chain_pem}});
  }
  return Json{{"CertInfos", {{"CertInfo", Json::array({one})}}}}.dump();
}

AliyunAnswer switch_off(World& world, const AliyunRequest& call) {
  world.unbind(call.domain);
  return "{}";
}

AliyunAnswer point_at(World& world,
                      const std::string& domain,
                      std::int64_t id,
                      const AliyunRequest& call) {
  switch (world.bind(id, domain)) {
    case Outcome::kUnknownCertificate:
      return unknown_certificate(call);
    case Outcome::kNotCovered:
      return AliyunRefusal{.code = "Certificate.DomainMissMatch",
                           .message = "The certificate does not match the domain."};
    default:
      return "{}";
  }
}

/// Live's way: the name says which, and an id may come along.
AliyunAnswer bind_by_name(World& world, const AliyunRequest& call) {
  const std::string_view name = text_of(call, "CertName");
  if (name.empty()) return missing("CertName");
  const std::string_view id = text_of(call, "CertId");
  for (const auto& [number, entry] : world.entries()) {
    if (entry->note != name) continue;
    if (!id.empty() && id != std::to_string(number)) return invalid("CertId");
    return point_at(world, call.domain, number, call);
  }
  return unknown_certificate(call);
}

AliyunAnswer bind(World& world, const AliyunRequest& call, const std::string& region) {
  if (text_of(call, "DomainName").empty()) return missing("DomainName");
  const std::string_view protocol = text_of(call, "SSLProtocol");
  if (protocol.empty()) return missing("SSLProtocol");
  if (protocol != "on" && protocol != "off") return invalid("SSLProtocol");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != call.action->service) return unknown_domain();
  if (!domain->online) {
    return AliyunRefusal{.code = "InvalidDomain.Offline",
                         .message = "The domain provided is offline."};
  }
  if (protocol == "off") return switch_off(world, call);
  if (text_of(call, "CertType") != "cas") return invalid("CertType");
  if (call.action->service == "live") return bind_by_name(world, call);
  const auto id = integer_of(text_of(call, "CertId"));
  if (!id) return invalid("CertId");
  const std::string_view where = text_of(call, "CertRegion");
  if (!where.empty() && where != "cn-hangzhou" && where != "ap-southeast-1") {
    return AliyunRefusal{.code = "Abs.CertRegion.ValueNotSupported",
                         .message = "The CertRegion is not supported."};
  }
  if ((where.empty() ? "cn-hangzhou" : where) != region) return unknown_certificate(call);
  return point_at(world, call.domain, *id, call);
}

// Sites of ESA hold so many hostnames here that there are several soon.
constexpr std::size_t kHostnamesASite = 500;
constexpr std::int64_t kFirstSite = 7001;

AliyunRefusal no_such_hostname() {
  return {.status = 404,
          .code = "CustomHostnameNotFound",
          .message = "The specified custom hostname does not exist."};
}

AliyunAnswer list_sites(const World& world, const AliyunRequest& call) {
  const auto page = page_of(call, {.size_default = 500});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  const std::size_t hostnames = domains_of(world, "esa").size();
  std::vector<std::int64_t> all;
  for (std::size_t at = 0; at < hostnames; at += kHostnamesASite) {
    all.push_back(kFirstSite + static_cast<std::int64_t>(all.size()));
  }
  Json items = Json::array();
  for (const std::int64_t id : std::get<Page>(page).of(all)) {
    items.push_back({{"SiteId", id},
                     {"SiteName", "site-" + std::to_string(id) + ".test"},
                     {"Status", "active"},
                     {"AccessType", "CNAME"}});
  }
  return Json{{"TotalCount", all.size()}, {"Sites", items}}.dump();
}

Json hostname_members(const World& world, const Domain& domain, SteadyTime moment) {
  const EntryPtr entry = domain.bound_at(moment);
  Json one = {{"HostnameId", domain.id},
              {"Hostname", domain.name},
              {"RecordId", std::hash<std::string>()(domain.origin) >> 12U},
              {"RecordName", domain.origin},
              {"Status", domain.online ? "active" : "offline"},
              {"SslFlag", entry ? "on" : "off"},
              {"UpdateTime", wall_time(world, changed_at(domain, moment))}};
  if (entry) {
    one.update({{"CertType", "cas"},
                {"CertStatus", "OK"},
                {"CertNotAfter", format_time(entry->pair.leaf.not_after)}});
  }
  return one;
}

AliyunAnswer list_hostnames(const World& world, const AliyunRequest& call, SteadyTime moment) {
  const auto page = page_of(call, {.size_default = 100});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  const auto site = integer_of(text_of(call, "SiteId"));
  if (!site) return missing("SiteId");
  std::vector<const Domain*> all = domains_of(world, "esa");
  const auto from =
      static_cast<std::size_t>(std::max<std::int64_t>(0, *site - kFirstSite)) * kHostnamesASite;
  if (*site < kFirstSite || from >= all.size()) {
    return AliyunRefusal{
        .status = 404, .code = "SiteNotFound", .message = "There is no such site."};
  }
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(from));
  if (all.size() > kHostnamesASite) all.resize(kHostnamesASite);
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back(hostname_members(world, *one, moment));
  }
  return Json{{"TotalCount", all.size()}, {"Hostnames", items}}.dump();
}

const Domain* hostname_of(const World& world, const AliyunRequest& call) {
  const auto id = integer_of(text_of(call, "HostnameId"));
  for (const Domain* one : domains_of(world, "esa")) {
    if (id == one->id) return one;
  }
  return nullptr;
}

AliyunAnswer get_hostname(const World& world, const AliyunRequest& call, SteadyTime moment) {
  const Domain* domain = hostname_of(world, call);
  if (domain == nullptr) return no_such_hostname();
  Json model = hostname_members(world, *domain, moment);
  if (const EntryPtr entry = domain->bound_at(moment)) model["CasId"] = entry->id;
  return Json{{"CustomHostnameModel", model}}.dump();
}

/// What is not given becomes empty, for nobody promises that it stays.
AliyunAnswer update_hostname(World& world, const AliyunRequest& call, const std::string& region) {
  const Domain* domain = hostname_of(world, call);
  if (domain == nullptr) return no_such_hostname();
  const std::string name = domain->name;
  const auto record = hostname_members(world, *domain, world.steady_now()).at("RecordId");
  const std::string_view flag = text_of(call, "SslFlag");
  if (flag != "on" && flag != "off") return invalid("SslFlag");
  if (flag == "on" && text_of(call, "CertType") != "cas") return invalid("CertType");
  const auto id = integer_of(text_of(call, "CasId"));
  if (flag == "on" && !id) return missing("CasId");
  if (flag == "on" && text_of(call, "CasRegion") != region) return invalid("CasRegion");
  AliyunAnswer answer = "{}";
  if (flag == "off") {
    world.unbind(name);
  } else {
    answer = point_at(world, name, *id, call);
  }
  const bool done = std::holds_alternative<std::string>(answer);
  if (done && text_of(call, "RecordId") != record.dump()) world.set_origin(name, "");
  return answer;
}

AliyunAnswer list_stored(const World& world, const AliyunRequest& call, SteadyTime moment) {
  const auto page = page_of(
      call, {.number = "CurrentPage", .size = "ShowSize", .size_default = 50, .size_most = 100});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  const std::string_view type = text_of(call, "OrderType");
  const std::string_view status = text_of(call, "Status");
  const bool certificates = type == "CERT" || type == "UPLOAD";
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(moment)) {
    const bool ended = entry->pair.leaf.not_after <= world.now();
    const bool wanted =
        status.empty() || status == "ISSUED" ? !ended : status == "EXPIRED" && ended;
    // Orders are something else, and there are none here.
    if (certificates && wanted) all.push_back(entry);
  }
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    items.push_back({{"CertificateId", one->id},
                     {"Name", one->note},
                     {"CommonName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                     {"Sans", join(leaf.dns_names, ",")},
                     {"SerialNo", "00" + leaf.serial},
                     {"Sha2", leaf.fingerprint},
                     {"StartDate", date_of(leaf.not_before)},
                     {"EndDate", date_of(leaf.not_after)},
                     {"Expired", leaf.not_after <= world.now()},
                     {"Upload", true},
                     {"InstanceId", "cas-upload-" + std::to_string(one->id)}});
  }
  return Json{{"TotalCount", all.size()},
              {"CurrentPage", std::get<Page>(page).number},
              {"ShowSize", std::get<Page>(page).size},
              {"CertificateOrderList", items}}
      .dump();
}

std::string stored_answer(std::int64_t id) {
  return Json{{"CertId", id}, {"ResourceId", "cas-upload-" + std::to_string(id)}}.dump();
}

AliyunAnswer upload(World& world, const AliyunRequest& call) {
  for (const char* name : {"Name", "Cert", "Key"}) {
    if (text_of(call, name).empty()) return missing(name);
  }
  const std::string name(text_of(call, "Name"));
  if (name.size() > kNameMost) return invalid("Name");
  const auto named = [&](const auto& one) { return one.second->note == name; };
  if (std::ranges::any_of(world.entries(), named)) {
    return AliyunRefusal{.code = "NameRepeat", .message = "名称重复，请重新输入。"};
  }
  std::string chain(text_of(call, "Cert"));
  Secret key{std::string(text_of(call, "Key"))};
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) {
    return AliyunRefusal{.code = "ParseCertificateFailed",
                         .message = "解析证书失败，请检查证书内容。" + pair.error().message};
  }
  if (world.is_full()) return AliyunRefusal{.code = "InsufficientQuota", .message = "额度不足。"};
  return stored_answer(world.upload(name, *std::move(pair)));
}

AliyunAnswer remove(World& world, const AliyunRequest& call) {
  const std::string_view text = text_of(call, "CertId");
  if (text.empty()) return missing("CertId");
  const auto id = integer_of(text);
  if (!id) return invalid("CertId");
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return "{}";
    case Outcome::kInUse:
      return AliyunRefusal{.code = "InvalidStatus.DeleteProtection",
                           .message = "当前状态不允许删除，请稍后重试。"};
    default:
      return unknown_certificate(call);
  }
}

/// A host of the vendor's own kind says which service it is.
bool is_elsewhere(const Request& request, const AliyunAction& action) {
  const std::string host = request.header("host");
  const std::string first = host.substr(0, host.find('.'));
  const bool speaks =
      std::ranges::any_of(kActions, [&](const AliyunAction& one) { return one.service == first; });
  return speaks && first != action.service;
}

}  // namespace

CallShape AliyunRequest::shape() const {
  const bool changes = action != nullptr && action->changes();
  return {.endpoint = name,
          .domain = domain,
          .changes = changes,
          .lists = action != nullptr && !changes,
          .binds = action != nullptr && action->binds()};
}

AliyunRequest read_aliyun_request(const Request& request) {
  AliyunRequest call{.name = request.header("x-acs-action"), .method = request.method};
  const std::string version = request.header("x-acs-version");
  const auto found = std::ranges::find_if(kActions, [&](const AliyunAction& one) {
    return one.name == call.name && one.version == version && !is_elsewhere(request, one);
  });
  if (found != kActions.end()) call.action = &*found;

  const auto mark = request.target.find('?');
  const auto query = read_parameters(
      mark == std::string::npos ? "" : std::string_view(request.target).substr(mark + 1));
  const bool form = request.content_type.starts_with("application/x-www-form-urlencoded");
  const auto body = read_parameters(form ? std::string_view(request.body) : std::string_view());
  const bool known_body = form || request.body.empty();
  if (!query || !body || !known_body || !request.target.starts_with('/')) {
    call.readable = false;
    return call;
  }
  for (const auto* part : {&*query, &*body}) {
    for (const auto& [name, value] : *part) call.parameters.insert_or_assign(name, value);
  }
  const bool of_waf = call.action != nullptr && call.action->service == "wafopenapi";
  const std::string spelled(text_of(call, of_waf ? "Domain" : "DomainName"));
  const std::string name = spelled.starts_with('.') ? "*" + spelled : spelled;
  // CDN and its like only ever show the other spelling.
  if (!spelled.empty() && (of_waf || !spelled.starts_with('*'))) {
    call.domain = canonical_name(name).value_or(spelled);
  }
  return call;
}

std::optional<AliyunRefusal> refuse_call(const AliyunRequest& call) {
  if (call.action == nullptr) {
    return AliyunRefusal{
        .status = 404,
        .code = "InvalidAction.NotFound",
        .message = "Specified api is not found, please check your url and method."};
  }
  if (!call.readable) return invalid("query or form");
  if (call.method != (call.action->verb == kListSites ? "GET" : "POST")) {
    return AliyunRefusal{.code = "UnsupportedHTTPMethod",
                         .message = "The specified HTTP method is not supported for this action."};
  }
  return std::nullopt;
}

AliyunAnswer run_aliyun_call(World& world,
                             const AliyunRequest& call,
                             const std::string& region,
                             milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (call.action->verb) {
    case kListStored:
      return list_stored(world, call, moment);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, call, moment);
    case kListHttps:
      return list_https(world, call, moment);
    case kGetCertificate:
      return get_certificate(world, call, region, moment);
    case kBind:
      return bind(world, call, region);
    case kListSites:
      return list_sites(world, call);
    case kListHostnames:
      return list_hostnames(world, call, moment);
    case kGetHostname:
      return get_hostname(world, call, moment);
    case kUpdateHostname:
      return update_hostname(world, call, region);
    case kWafRead:
    case kWafBind:
    case kClbRead:
    case kClbStore:
    case kClbBind:
    case kJobRead:
    case kJobMake:
    case kJobStart:
      break;
  }
  return "{}";
}

AliyunAnswer pretend_aliyun_call(World& world, const AliyunRequest& call) {
  if (call.action->verb == kUpload) return stored_answer(world.spend_id());
  if (call.name == "CreateDeploymentJob") return Json{{"JobId", 999'999'999}}.dump();
  if (call.name == "UploadServerCertificate") {
    return Json{{"ServerCertificateId", "1231579_never"}}.dump();
  }
  return "{}";
}

}  // namespace certferry::sandbox
