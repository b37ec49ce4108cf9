#include "sandbox/wangsu/wangsu_calls.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum WangsuVerb;

constexpr std::size_t kNameMost = 128;
constexpr std::int64_t kPageMost = 500;

WangsuRefusal invalid(std::string_view what) {
  return {.code = "InvalidParameter", .message = std::string(what) + " is not valid"};
}

WangsuRefusal unknown_certificate() {
  return {.status = 404, .code = "CertificateNotFound", .message = "certificate does not exist"};
}

WangsuRefusal unknown_domain() {
  return {.status = 404, .code = "DomainNotFound", .message = "domain does not exist"};
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

/// "2016-08-01 07:00:00" in China.
std::string date_of(Time time) {
  std::string text = format_time(time + hours(8));
  text.pop_back();
  text[10] = ' ';
  return text;
}

std::string dotted(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

/// The other spelling of a wildcard is not taken.
std::string canonical_of(const std::string& spelled) {
  if (spelled.empty() || spelled.starts_with('*')) return "";
  return canonical_name(spelled.starts_with('.') ? "*" + spelled : spelled).value_or(spelled);
}

Json list_stored(const World& world, const CdnPro& pro, SteadyTime moment) {
  Json items = Json::array();
  for (const auto& [id, entry] : world.entries_at(moment)) {
    if (pro.has_entry(id)) continue;
    const Certificate& leaf = entry->pair.leaf;
    Json users = Json::array();
    for (const Domain& domain : world.domains()) {
      const EntryPtr bound = domain.bound_at(moment);
      if (domain.product != "cdn" || !bound || bound->id != id) continue;
      users.push_back({{"domainId", domain.id}, {"domainName", dotted(domain.name)}});
    }
    items.push_back({{"certificateId", id},
                     {"name", entry->note},
                     {"comment", ""},
                     {"shareSsl", "false"},
                     {"certificateValidityFrom", date_of(leaf.not_before)},
                     {"certificateValidityTo", date_of(leaf.not_after)},
                     {"relatedDomains", users},
                     {"dnsNames", leaf.dns_names},
                     {"certificateSerial", to_lower(leaf.serial)},
                     {"certificateIssuer", "sandbox"}});
  }
  return {{"data", items}};
}

WangsuAnswer upload(World& world, const WangsuRequest& call) {
  std::string name = text_in(call.body, "name");
  std::string chain = text_in(call.body, "certificate");
  Secret key{text_in(call.body, "privateKey")};
  if (name.empty() || name.size() > kNameMost) return invalid("name");
  if (chain.empty()) return invalid("certificate");
  if (key.empty()) return invalid("privateKey");
  const auto named = [&](const auto& one) { return one.second->note == name; };
  if (std::ranges::any_of(world.entries(), named)) {
    return WangsuRefusal{.code = "CertificateNameDuplicate",
                         .message = "the certificate name already exists"};
  }
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) {
    return WangsuRefusal{.code = "InvalidCertificate", .message = pair.error().message};
  }
  if (world.is_full()) {
    return WangsuRefusal{.code = "CertificateQuotaExceeded", .message = "证书数量已达上限"};
  }
  return Json{{"data", {{"certificateId", world.upload(std::move(name), *std::move(pair))}}}};
}

WangsuAnswer remove(World& world, const WangsuRequest& call) {
  const auto id = integer_field({{"id", call.id}}, "id");
  if (!id) return invalid("certificateId");
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return Json::object();
    case Outcome::kInUse:
      return WangsuRefusal{.code = "CertificateInUse", .message = "证书存在关联域名，无法删除"};
    default:
      return unknown_certificate();
  }
}

WangsuAnswer list_domains(const World& world, const WangsuRequest& call) {
  const Json& body = call.body;
  for (const char* key : {"pageNumber", "pageSize"}) {
    if (!body.contains(key) || !body.at(key).is_number_integer() ||
        body.at(key).get<std::int64_t>() < 1) {
      return invalid(key);
    }
  }
  const auto size = body.at("pageSize").get<std::int64_t>();
  const auto number = body.at("pageNumber").get<std::int64_t>();
  if (size > kPageMost || number > 1'000'000) return invalid("pageSize");
  Json items = Json::array();
  std::int64_t count = 0;
  for (const Domain& domain : world.domains()) {
    if (domain.product != "cdn") continue;
    const std::int64_t at = count++;
    if (at < (number - 1) * size || at >= number * size) continue;
    items.push_back({{"domainName", dotted(domain.name)},
                     {"domainId", std::to_string(domain.id)},
                     {"cname", domain.cname},
                     {"serviceType", "web"},
                     {"originIps", domain.origin},
                     {"domainStatus", domain.online ? "enabled" : "disabled"},
                     {"cdnServiceStatus", "Y"},
                     {"isEnabled", domain.online ? "Y" : "N"}});
  }
  return Json{{"totalCount", count},
              {"totalPageNumber", (count + size - 1) / size},
              {"pageNumber", number},
              {"pageSize", size},
              {"resultList", items}};
}

/// All of the domains or none.
WangsuAnswer bind(World& world, const WangsuRequest& call) {
  const auto id = call.body.find("certificateId");
  if (id == call.body.end() || !id->is_number_integer()) return invalid("certificateId");
  const auto names = call.body.find("domainNames");
  if (names == call.body.end() || !names->is_array() || names->empty()) {
    return invalid("domainNames");
  }
  std::vector<std::string> domains;
  for (const Json& name : *names) {
    if (!name.is_string()) return invalid("domainNames");
    const std::string canonical = canonical_of(name.get<std::string>());
    const Domain* domain = world.find_domain(canonical);
    if (domain == nullptr || domain->product != "cdn") return unknown_domain();
    if (!domain->online) {
      return WangsuRefusal{.code = "DomainDisabled", .message = "the domain is disabled"};
    }
    switch (world.check_bind(id->get<std::int64_t>(), canonical)) {
      case Outcome::kDone:
        break;
      case Outcome::kNotCovered:
        return WangsuRefusal{.code = "CertificateMismatch",
                             .message = "the certificate is not for this domain"};
      default:
        return unknown_certificate();
    }
    domains.push_back(canonical);
  }
  for (const std::string& domain : domains) world.bind(id->get<std::int64_t>(), domain);
  return Json::object();
}

struct Route {
  std::string_view method;
  std::string_view path;
  bool with_id;
  WangsuVerb verb;
  std::string_view name;
};

constexpr std::array kRoutes{
    Route{"POST", "/api/terraform/certificates", false, kListStored, "certificates"},
    Route{"POST", "/api/terraform/certificate", false, kUpload, "upload"},
    Route{"DELETE", "/api/terraform/certificate/", true, kDelete, "delete"},
    Route{"POST", "/api/domain/domainList", false, kListDomains, "domains"},
    Route{"PUT", "/api/config/certificate/batch", false, kBind, "bind"},
};

bool leads_to(const Route& route, const Request& request) {
  if (request.method != route.method) return false;
  return route.with_id ? request.target.starts_with(route.path) : request.target == route.path;
}

}  // namespace

bool WangsuRequest::changes() const {
  return pro ? pro->changes() : verb == kUpload || verb == kDelete || verb == kBind;
}

CallShape WangsuRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = (verb || pro) && !changes(),
          .binds = pro ? pro->verb == CdnProVerb::kDeploy : verb == kBind};
}

WangsuRequest read_wangsu_request(const Request& request) {
  WangsuRequest call{.name = request.target.substr(0, request.target.find('?')),
                     .verb = std::nullopt,
                     .body = Json::object()};
  call.pro = read_cdnpro_request(request);
  if (call.pro) {
    call.name = call.pro->name;
    call.readable = request.body.empty() || request.content_type.starts_with("application/json");
    return call;
  }
  const auto route =
      std::ranges::find_if(kRoutes, [&](const Route& one) { return leads_to(one, request); });
  if (route != kRoutes.end()) {
    call.verb = route->verb;
    call.name = route->name;
    if (route->with_id) call.id = request.target.substr(route->path.size());
  }
  if (!request.body.empty()) {
    call.body = Json::parse(request.body, nullptr, false);
    call.readable = call.body.is_object() && request.content_type.starts_with("application/json");
    if (!call.body.is_object()) call.body = Json::object();
  }
  const auto names = call.body.find("domainNames");
  if (names != call.body.end() && names->is_array() && names->size() == 1 &&
      names->front().is_string()) {
    call.domain = canonical_of(names->front().get<std::string>());
  }
  return call;
}

std::optional<WangsuRefusal> refuse_wangsu_call(const WangsuRequest& call) {
  if (!call.verb && !call.pro) {
    return WangsuRefusal{.status = 405, .code = "NoSuchApi", .message = "there is no such call"};
  }
  if (!call.readable) return invalid("the body");
  return std::nullopt;
}

WangsuAnswer run_wangsu_call(World& world,
                             const CdnPro& pro,
                             const WangsuRequest& call,
                             milliseconds view_age) {
  switch (*call.verb) {
    case kListStored:
      return list_stored(world, pro, world.steady_now() - view_age);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, call);
    case kBind:
      return bind(world, call);
  }
  return Json::object();
}

WangsuAnswer pretend_wangsu_call(World& world, const WangsuRequest& call) {
  if (call.verb == kUpload) return Json{{"data", {{"certificateId", world.spend_id()}}}};
  return Json::object();
}

}  // namespace certferry::sandbox
