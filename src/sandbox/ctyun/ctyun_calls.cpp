#include "sandbox/ctyun/ctyun_calls.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/ctyun/accessone_calls.h"
#include "sandbox/ctyun/ctyun_answers.h"
#include "sandbox/fields.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum CtyunVerb;

CtyunAnswer list_domains(const World& world, const CtyunState& state, const CtyunRequest& call) {
  const auto page = ctyun_page(call, "page_size", 50, 100);
  if (const auto* no = std::get_if<CtyunRefusal>(&page)) return *no;
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    const std::string code(text_field(call.query, "product_code"));
    if (code.empty() || code == ctyun_code(domain)) all.push_back(&domain);
  }
  Json items = Json::array();
  for (const Domain* one : std::get<CtyunPage>(page).of(all)) {
    const int enabled = ctyun_at_work(world, state, *one) ? 3 : 4;
    items.push_back({{"domain", one->name},
                     {"cname", one->cname},
                     {"product_code", ctyun_code(*one)},
                     {"product_name", one->product},
                     {"area_scope", 1},
                     {"status", one->online ? enabled : 6}});
  }
  return Json{{"result", items},
              {"page", std::get<CtyunPage>(page).number},
              {"page_size", std::get<CtyunPage>(page).size},
              {"page_count", items.size()},
              {"total", all.size()}};
}

const Domain* domain_of(const World& world, const CtyunRequest& call) {
  const Domain* domain = world.find_domain(call.domain);
  const bool here = domain != nullptr && (call.product.empty() || domain->product == call.product);
  return here && (domain->product == "cdn" || domain->product == "icdn") ? domain : nullptr;
}

CtyunAnswer get_domain(const World& world,
                       const CtyunState& state,
                       const CtyunRequest& call,
                       SteadyTime moment) {
  const Domain* domain = domain_of(world, call);
  const std::string code(text_field(call.query, "product_code"));
  // What is not there is no error to the vendor.
  if (domain == nullptr || (!code.empty() && code != ctyun_code(*domain))) return Json();
  const EntryPtr entry = domain->bound_at(moment);
  const auto found = state.https.find(domain->name);
  const CtyunHttps https = found == state.https.end() ? CtyunHttps{} : found->second;
  Json one = {{"domain", domain->name},
              {"product_code", ctyun_code(*domain)},
              {"status", domain->online ? 4 : 6},
              {"area_scope", 1},
              {"origin", {{{"origin", domain->origin}, {"role", "master"}, {"weight", 10}}}},
              {"https_status", entry ? "on" : "off"},
              {"cert_name", entry ? entry->note : ""}};
  if (entry) {
    one["https_basic"] = {{"https_force", https.force ? "on" : "off"},
                          {"http_force", "off"},
                          {"force_status", "302"}};
    one["ssl_stapling"] = https.stapling ? "on" : "off";
  }
  return one;
}

EntryPtr named(const World& world, const std::string& name) {
  const auto fits = [&](const auto& one) { return one.second->note == name; };
  const auto found = std::ranges::find_if(world.entries(), fits);
  return found == world.entries().end() ? nullptr : found->second;
}

CtyunAnswer bind(World& world, const CtyunState& state, const CtyunRequest& call) {
  const std::set<std::string> known{"domain", "product_code", "https_status", "cert_name"};
  for (const auto& [name, value] : call.body.items()) {
    if (!known.contains(name) || !value.is_string()) return ctyun_invalid(name);
  }
  const Domain* domain = domain_of(world, call);
  if (domain == nullptr) return ctyun_unknown_domain();
  if (!domain->online) return ctyun_refusal("100406", "域名未启用，不允许操作");
  if (ctyun_at_work(world, state, *domain)) {
    return ctyun_refusal("100407", "请求已提交，请勿重复操作！");
  }
  const std::string https = ctyun_text(call.body, "https_status");
  if (https == "off") {
    world.unbind(call.domain);
    return Json();
  }
  if (https != "on" && !(https.empty() && domain->bound())) return ctyun_invalid("https_status");
  const EntryPtr entry = named(world, ctyun_text(call.body, "cert_name"));
  if (entry == nullptr) return ctyun_unknown_certificate();
  switch (world.bind(entry->id, call.domain)) {
    case Outcome::kNotCovered:
      return ctyun_refusal("100408", "证书与域名不匹配");
    default:
      return Json();
  }
}

CtyunAnswer list_stored(const World& world, const CtyunRequest& call, SteadyTime moment) {
  const auto page = ctyun_page(call, "per_page", 1000, 1000);
  if (const auto* no = std::get_if<CtyunRefusal>(&page)) return *no;
  const std::string_view mode = text_field(call.query, "usage_mode");
  std::vector<EntryPtr> all;
  // Other uses are of other certificates, and there are none here.
  if (mode.empty() || mode == "0") {
    for (const auto& [id, entry] : world.entries_at(moment)) all.push_back(entry);
  }
  Json items = Json::array();
  for (const EntryPtr& one : std::get<CtyunPage>(page).of(all))
    items.push_back(ctyun_stored(one->id, one->note, one->pair));
  return Json{{"result", items.empty() ? Json() : items},
              {"page", std::get<CtyunPage>(page).number},
              {"per_page", std::get<CtyunPage>(page).size},
              {"total_records", all.size()}};
}

CtyunAnswer get_stored(const World& world, const CtyunRequest& call) {
  const EntryPtr entry = named(world, std::string(text_field(call.query, "name")));
  if (entry == nullptr) return Json();
  Json one = ctyun_stored(entry->id, entry->note, entry->pair);
  one["certs"] = entry->pair.chain_pem;
  one["key"] = std::string(entry->pair.key_pem.reveal());
  return Json{{"result", one}};
}

CtyunAnswer upload(World& world, const CtyunRequest& call) {
  auto pair = read_ctyun_pair(world, call.body);
  if (const auto* no = std::get_if<CtyunRefusal>(&pair)) return *no;
  std::string name = ctyun_text(call.body, "name");
  if (named(world, name) != nullptr) return ctyun_refusal("100409", "已存在重名的证书");
  if (world.is_full()) return ctyun_refusal("100411", "证书数量已达上限");
  return Json{{"id", world.upload(std::move(name), std::get<UploadedPair>(std::move(pair)))}};
}

CtyunAnswer remove(World& world, const CtyunRequest& call) {
  const EntryPtr entry = named(world, ctyun_text(call.body, "name"));
  if (entry == nullptr) return ctyun_unknown_certificate();
  if (world.remove(entry->id) == Outcome::kInUse) {
    return ctyun_refusal("100412", "证书正在使用中，不允许删除");
  }
  return Json();
}

struct Route {
  std::string_view method;
  std::string_view path;
  CtyunVerb verb;
};

constexpr std::array kRoutes{
    Route{"GET", "/v1/cert/query-cert-list", kListStored},
    Route{"GET", "/v1/cert/query-cert-detail", kGetStored},
    Route{"POST", "/v1/cert/creat-cert", kUpload},
    Route{"POST", "/v1/cert/delete-cert", kDelete},
    Route{"GET", "/v1/domain/query-domain-list", kListDomains},
    Route{"GET", "/v1/domain/query-domain-detail", kGetDomain},
    Route{"POST", "/v1/domain/update-domain", kBind},
    Route{"GET", "/ctapi/v2/domain/query", kListDomains},
    Route{"POST", "/ctapi/v1/accessone/domain/config", kGetConfig},
    Route{"GET", "/ctapi/v1/accessone/cert/list", kListCopies},
    Route{"POST", "/ctapi/v1/accessone/cert/create", kCopy},
    Route{"POST", "/ctapi/v1/scdn/domain/modify_config", kModify},
};

/// A host of the vendor's own kind says which product it is for.
std::string product_of(const Request& request) {
  const std::string host = request.header("host");
  if (host.starts_with("ctcdn-global.")) return "cdn";
  if (host.starts_with("accessone-global.")) return "ao";
  return host.starts_with("icdn-global.") ? "icdn" : "";
}

}  // namespace

bool CtyunRequest::changes() const {
  return verb == kUpload || verb == kDelete || verb == kCopy || binds();
}

bool CtyunRequest::binds() const {
  return verb == kBind || verb == kModify;
}

CallShape CtyunRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb && !changes(),
          .binds = binds()};
}

CtyunRequest read_ctyun_request(const Request& request) {
  const auto mark = request.target.find('?');
  CtyunRequest call{.name = request.target.substr(0, mark),
                    .verb = std::nullopt,
                    .product = product_of(request),
                    .body = Json::object()};
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    const bool here =
        call.product.empty() || (call.product == "ao") == one.path.starts_with("/ctapi/");
    return here && one.method == request.method && one.path == call.name;
  });
  if (route != kRoutes.end()) call.verb = route->verb;
  if (mark != std::string::npos) {
    const auto query = parse_form(std::string_view(request.target).substr(mark + 1));
    call.readable = query.has_value();
    if (query) call.query = *query;
  }
  if (!request.body.empty()) {
    call.body = Json::parse(request.body, nullptr, false);
    call.readable = call.readable && call.body.is_object() &&
                    request.content_type.starts_with("application/json");
    if (!call.body.is_object()) call.body = Json::object();
  }
  const std::string spelled = call.body.contains("domain")
                                  ? ctyun_text(call.body, "domain")
                                  : std::string(text_field(call.query, "domain"));
  if (!spelled.empty()) call.domain = canonical_name(spelled).value_or(spelled);
  return call;
}

std::optional<CtyunRefusal> refuse_ctyun_call(const CtyunRequest& call) {
  if (!call.verb) {
    return CtyunRefusal{
        .status = 404, .code = "CTAPI_10404", .error = "10404", .message = "ctyun-EOP: no route"};
  }
  if (!call.readable) return ctyun_invalid("");
  return std::nullopt;
}

CtyunAnswer run_ctyun_call(World& world,
                           CtyunState& state,
                           const CtyunRequest& call,
                           milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (*call.verb) {
    case kListStored:
      return list_stored(world, call, moment);
    case kGetStored:
      return get_stored(world, call);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, state, call);
    case kGetDomain:
      return get_domain(world, state, call, moment);
    case kBind:
      return bind(world, state, call);
    case kGetConfig:
      return get_accessone(world, state, call, moment);
    case kListCopies:
      return list_accessone(state, call);
    case kCopy:
      return copy_to_accessone(world, state, call);
    case kModify:
      return modify_accessone(world, state, call);
  }
  return Json();
}

CtyunAnswer pretend_ctyun_call(World& world, const CtyunRequest& call) {
  if (call.verb == kUpload || call.verb == kCopy) return Json{{"id", world.spend_id()}};
  return Json();
}

}  // namespace certferry::sandbox
