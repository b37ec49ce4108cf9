#include "sandbox/ctyun/ctyun_calls.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum CtyunVerb;

constexpr std::size_t kNameMost = 64;

CtyunRefusal refusal(std::string code, std::string message) {
  return {.code = std::move(code), .error = "CDN_FAILED", .message = std::move(message)};
}

CtyunRefusal invalid(std::string_view what) {
  return refusal("100001", "参数" + std::string(what) + "不合法");
}

CtyunRefusal unknown_domain() {
  return refusal("100404", "域名不存在");
}

CtyunRefusal unknown_certificate() {
  return refusal("100405", "证书不存在");
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string code_of(const Domain& domain) {
  if (domain.product == "cdn") return "008";
  return domain.product == "icdn" ? "006" : "005";
}

std::int64_t in_seconds(Time time) {
  return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

bool is_at_work(const World& world, const CtyunState& state, const Domain& domain) {
  return !domain.changes.empty() && domain.changes.back().at + state.work > world.steady_now();
}

struct Page {
  std::int64_t number = 1;
  std::int64_t size = 0;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const auto from = std::min(count, (number - 1) * size);
    const auto to = std::min(count, from + size);
    return {all.begin() + from, all.begin() + to};
  }
};

std::variant<Page, CtyunRefusal> page_of(const CtyunRequest& call,
                                         std::string_view size_name,
                                         std::int64_t size_default,
                                         std::int64_t size_most) {
  Page page{.size = size_default};
  for (const auto& [name, into] :
       {std::pair(std::string_view("page"), &page.number), std::pair(size_name, &page.size)}) {
    if (!call.query.contains(name)) continue;
    const auto given = integer_field(call.query, name);
    if (!given || *given < 1 || *given > 1'000'000) return invalid(name);
    *into = *given;
  }
  if (page.size > size_most) return invalid(size_name);
  return page;
}

CtyunAnswer list_domains(const World& world, const CtyunState& state, const CtyunRequest& call) {
  const auto page = page_of(call, "page_size", 50, 100);
  if (const auto* no = std::get_if<CtyunRefusal>(&page)) return *no;
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    const std::string code(text_field(call.query, "product_code"));
    if (code.empty() || code == code_of(domain)) all.push_back(&domain);
  }
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const int enabled = is_at_work(world, state, *one) ? 3 : 4;
    items.push_back({{"domain", one->name},
                     {"cname", one->cname},
                     {"product_code", code_of(*one)},
                     {"product_name", one->product},
                     {"area_scope", 1},
                     {"status", one->online ? enabled : 6}});
  }
  return Json{{"result", items},
              {"page", std::get<Page>(page).number},
              {"page_size", std::get<Page>(page).size},
              {"page_count", items.size()},
              {"total", all.size()}};
}

const Domain* domain_of(const World& world, const CtyunRequest& call) {
  const Domain* domain = world.find_domain(call.domain);
  const bool here = domain != nullptr && (call.product.empty() || domain->product == call.product);
  return here && code_of(*domain) != "005" ? domain : nullptr;
}

CtyunAnswer get_domain(const World& world,
                       const CtyunState& state,
                       const CtyunRequest& call,
                       SteadyTime moment) {
  const Domain* domain = domain_of(world, call);
  const std::string code(text_field(call.query, "product_code"));
  // What is not there is no error to the vendor.
  if (domain == nullptr || (!code.empty() && code != code_of(*domain))) return Json();
  const EntryPtr entry = domain->bound_at(moment);
  const auto found = state.https.find(domain->name);
  const CtyunHttps https = found == state.https.end() ? CtyunHttps{} : found->second;
  Json one = {{"domain", domain->name},
              {"product_code", code_of(*domain)},
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
    if (!known.contains(name) || !value.is_string()) return invalid(name);
  }
  const Domain* domain = domain_of(world, call);
  if (domain == nullptr) return unknown_domain();
  if (!domain->online) return refusal("100406", "域名未启用，不允许操作");
  if (is_at_work(world, state, *domain)) {
    return refusal("100407", "请求已提交，请勿重复操作！");
  }
  const std::string https = text_in(call.body, "https_status");
  if (https == "off") {
    world.unbind(call.domain);
    return Json();
  }
  if (https != "on" && !(https.empty() && domain->bound())) return invalid("https_status");
  const EntryPtr entry = named(world, text_in(call.body, "cert_name"));
  if (entry == nullptr) return unknown_certificate();
  switch (world.bind(entry->id, call.domain)) {
    case Outcome::kNotCovered:
      return refusal("100408", "证书与域名不匹配");
    default:
      return Json();
  }
}

Json stored(const Entry& entry) {
  const Certificate& leaf = entry.pair.leaf;
  return {{"id", entry.id},
          {"name", entry.note},
          {"cn", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
          {"sans", leaf.dns_names},
          {"issue", in_seconds(leaf.not_before)},
          {"expires", in_seconds(leaf.not_after)},
          {"issuer", "sandbox"},
          {"usage_mode", 0},
          {"state", 0}};
}

CtyunAnswer list_stored(const World& world, const CtyunRequest& call, SteadyTime moment) {
  const auto page = page_of(call, "per_page", 1000, 1000);
  if (const auto* no = std::get_if<CtyunRefusal>(&page)) return *no;
  const std::string_view mode = text_field(call.query, "usage_mode");
  std::vector<EntryPtr> all;
  // Other uses are of other certificates, and there are none here.
  if (mode.empty() || mode == "0") {
    for (const auto& [id, entry] : world.entries_at(moment)) all.push_back(entry);
  }
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) items.push_back(stored(*one));
  return Json{{"result", items.empty() ? Json() : items},
              {"page", std::get<Page>(page).number},
              {"per_page", std::get<Page>(page).size},
              {"total_records", all.size()}};
}

CtyunAnswer get_stored(const World& world, const CtyunRequest& call) {
  const EntryPtr entry = named(world, std::string(text_field(call.query, "name")));
  if (entry == nullptr) return Json();
  Json one = stored(*entry);
  one["certs"] = entry->pair.chain_pem;
  one["key"] = std::string(entry->pair.key_pem.reveal());
  return Json{{"result", one}};
}

CtyunAnswer upload(World& world, const CtyunRequest& call) {
  std::string name = text_in(call.body, "name");
  std::string chain = text_in(call.body, "certs");
  Secret key{text_in(call.body, "key")};
  for (const auto& [what, value] : {std::pair("name", std::string_view(name)),
                                    std::pair("certs", std::string_view(chain)),
                                    std::pair("key", key.reveal())}) {
    if (value.empty()) return invalid(what);
  }
  if (name.size() > kNameMost) return invalid("name");
  if (named(world, name) != nullptr) return refusal("100409", "已存在重名的证书");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) return refusal("100410", "证书解析失败：" + pair.error().message);
  if (world.is_full()) return refusal("100411", "证书数量已达上限");
  return Json{{"id", world.upload(std::move(name), *std::move(pair))}};
}

CtyunAnswer remove(World& world, const CtyunRequest& call) {
  const EntryPtr entry = named(world, text_in(call.body, "name"));
  if (entry == nullptr) return unknown_certificate();
  if (world.remove(entry->id) == Outcome::kInUse) {
    return refusal("100412", "证书正在使用中，不允许删除");
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
};

/// A host of the vendor's own kind says which product it is for.
std::string product_of(const Request& request) {
  const std::string host = request.header("host");
  if (host.starts_with("ctcdn-global.")) return "cdn";
  return host.starts_with("icdn-global.") ? "icdn" : "";
}

}  // namespace

bool CtyunRequest::changes() const {
  return verb == kUpload || verb == kDelete || verb == kBind;
}

CallShape CtyunRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb && !changes(),
          .binds = verb == kBind};
}

CtyunRequest read_ctyun_request(const Request& request) {
  const auto mark = request.target.find('?');
  CtyunRequest call{.name = request.target.substr(0, mark),
                    .verb = std::nullopt,
                    .product = product_of(request),
                    .body = Json::object()};
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    return one.method == request.method && one.path == call.name;
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
                                  ? text_in(call.body, "domain")
                                  : std::string(text_field(call.query, "domain"));
  if (!spelled.empty()) call.domain = canonical_name(spelled).value_or(spelled);
  return call;
}

std::optional<CtyunRefusal> refuse_ctyun_call(const CtyunRequest& call) {
  if (!call.verb) {
    return CtyunRefusal{
        .status = 404, .code = "CTAPI_10404", .error = "10404", .message = "ctyun-EOP: no route"};
  }
  if (!call.readable) return invalid("");
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
  }
  return Json();
}

CtyunAnswer pretend_ctyun_call(World& world, const CtyunRequest& call) {
  if (call.verb == kUpload) return Json{{"id", world.spend_id()}};
  return Json();
}

}  // namespace certferry::sandbox
