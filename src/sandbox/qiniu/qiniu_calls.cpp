#include "sandbox/qiniu/qiniu_calls.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"
#include "sandbox/qiniu/kodo.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum QiniuVerb;

constexpr std::size_t kNameMost = 200;

QiniuRefusal refusal(int code, std::string message) {
  return {.status = 400, .code = code, .message = std::move(message)};
}

QiniuRefusal no_such_certificate() {
  return refusal(400401, "没有找到证书");
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The wall clock at a moment of the steady one, in China.
std::string wall_time(const World& world, SteadyTime at) {
  std::string text = format_time(world.now() - (world.steady_now() - at) + hours(8));
  text.pop_back();
  return text + ".000+08:00";
}

std::string dotted(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

/// A page of a list: from where the marker says, and the marker of the next one.
template <typename T>
std::variant<std::pair<std::vector<T>, std::string>, QiniuRefusal> page_of(
    const std::vector<T>& all,
    const QiniuRequest& call,
    std::size_t count_default,
    std::size_t count_most) {
  const auto value = [&](std::string_view name) {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::string() : found->second;
  };
  std::size_t count = count_default;
  if (const std::string limit = value("limit"); !limit.empty()) {
    const auto given = integer_field({{"limit", limit}}, "limit");
    if (!given || *given < 1 || static_cast<std::size_t>(*given) > count_most) {
      return refusal(400000, "invalid limit");
    }
    count = static_cast<std::size_t>(*given);
  }
  std::size_t from = 0;
  if (const std::string marker = value("marker"); !marker.empty()) {
    const auto given = marker.starts_with("next-")
                           ? integer_field({{"marker", marker.substr(5)}}, "marker")
                           : std::nullopt;
    if (!given || static_cast<std::size_t>(*given) > all.size()) {
      return refusal(400021, "invalid marker");
    }
    from = static_cast<std::size_t>(*given);
  }
  const std::size_t to = std::min(from + count, all.size());
  return std::pair(std::vector<T>(all.begin() + static_cast<std::ptrdiff_t>(from),
                                  all.begin() + static_cast<std::ptrdiff_t>(to)),
                   to == all.size() ? "" : "next-" + std::to_string(to));
}

/// As a list that is written by Go: null when it is empty.
Json list_of(std::vector<Json> items) {
  return items.empty() ? Json() : Json(std::move(items));
}

bool is_at_work(const World& world, const QiniuState& state, const Domain& domain) {
  return !domain.changes.empty() && domain.changes.back().at + state.work > world.steady_now();
}

/// What list and call for one have in common.
Json summary_of(const World& world,
                const QiniuState& state,
                const Domain& domain,
                SteadyTime moment) {
  SteadyTime changed_at{};
  bool had_https = false;
  bool turned = false;
  for (const Domain::Change& change : domain.changes) {
    if (change.at > moment) break;
    turned = had_https != (change.entry != nullptr);
    had_https = change.entry != nullptr;
    changed_at = change.at;
  }
  std::string operation = "create_domain";
  if (changed_at != SteadyTime{}) {
    operation = had_https ? turned ? "sslize" : "modify_https_conf" : "unsslize";
  }
  const std::string state_now = is_at_work(world, state, domain) ? "processing" : "success";
  Json one = {{"name", dotted(domain.name)},
              {"type", domain.name.starts_with("*.") ? "wildcard" : "normal"},
              {"cname", domain.cname},
              {"testURLPath", "test.gif"},
              {"platform", "web"},
              {"geoCover", "china"},
              {"protocol", had_https ? "https" : "http"},
              {"operationType", domain.online ? operation : "offline_domain"},
              {"operatingState", domain.online ? state_now : "offlined"},
              {"operatingStateDesc", ""},
              {"createAt", format_time(domain.created_at)},
              {"modifyAt", format_time(domain.created_at)}};
  if (changed_at != SteadyTime{}) one["modifyAt"] = wall_time(world, changed_at);
  return one;
}

QiniuAnswer list_domains(const World& world,
                         const QiniuState& state,
                         const QiniuRequest& call,
                         SteadyTime moment) {
  std::vector<const Domain*> all;
  const auto wanted = call.query.find("certId");
  for (const Domain& domain : world.domains()) {
    const EntryPtr entry = domain.bound_at(moment);
    const bool fits = wanted == call.query.end() || wanted->second.empty() ||
                      (entry && qiniu_certificate_id(entry->id) == wanted->second);
    if (domain.product == "cdn" && fits) all.push_back(&domain);
  }
  const auto page = page_of(all, call, 10, 1000);
  if (const auto* no = std::get_if<QiniuRefusal>(&page)) return *no;
  const auto& [shown, next] = std::get<0>(page);
  std::vector<Json> items;
  for (const Domain* one : shown) items.push_back(summary_of(world, state, *one, moment));
  return Json{{"marker", next}, {"domains", list_of(std::move(items))}};
}

QiniuAnswer get_domain(const World& world,
                       const QiniuState& state,
                       const QiniuRequest& call,
                       SteadyTime moment) {
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") {
    return QiniuRefusal{.status = 404, .code = 404001, .message = "无此域名"};
  }
  Json one = summary_of(world, state, *domain, moment);
  const EntryPtr entry = domain->bound_at(moment);
  const auto found = state.https.find(domain->name);
  const QiniuHttps https = found == state.https.end() ? QiniuHttps{} : found->second;
  one["https"] = {{"certId", entry ? qiniu_certificate_id(entry->id) : ""},
                  {"forceHttps", entry && https.force},
                  {"http2Enable", entry && https.http2},
                  {"freeCert", false}};
  one["source"] = {{"sourceType", "domain"}, {"sourceDomain", domain->origin}};
  return one;
}

/// What both ways to set HTTPS ask for.
std::variant<std::int64_t, QiniuRefusal> check_https(const World& world,
                                                     const QiniuState& state,
                                                     const QiniuRequest& call) {
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") {
    return QiniuRefusal{.status = 612, .code = 612, .message = "no such domain"};
  }
  for (const char* key : {"forceHttps", "http2Enable"}) {
    const auto flag = call.body.find(key);
    if (flag == call.body.end() || !flag->is_boolean()) return refusal(400000, "invalid argument");
  }
  if (!domain->online) return refusal(400320, "域名已停用, 不可操作");
  if (is_at_work(world, state, *domain)) return refusal(400030, "域名任务处理中");
  const bool has_https = domain->bound() != nullptr;
  if (has_https != (call.verb == kChangeHttps)) return refusal(400005, "无效的协议");
  const auto id = qiniu_certificate_number(text_in(call.body, "certId"));
  if (!id) return refusal(400000, "invalid certId");
  switch (world.check_bind(*id, call.domain)) {
    case Outcome::kUnknownCertificate:
      return no_such_certificate();
    case Outcome::kNotCovered:
      return refusal(400326, "证书与域名不匹配，请重新提交");
    default:
      return *id;
  }
}

QiniuAnswer set_https(World& world, QiniuState& state, const QiniuRequest& call) {
  const auto checked = check_https(world, state, call);
  if (const auto* no = std::get_if<QiniuRefusal>(&checked)) return *no;
  const std::int64_t id = std::get<std::int64_t>(checked);
  const QiniuHttps wanted{.force = call.body.at("forceHttps").get<bool>(),
                          .http2 = call.body.at("http2Enable").get<bool>()};
  QiniuHttps& is = state.https[call.domain];
  const EntryPtr bound = world.find_domain(call.domain)->bound();
  if (bound && bound->id == id && is.force == wanted.force && is.http2 == wanted.http2) {
    return refusal(400910, "域名配置没有变更");
  }
  world.bind(id, call.domain);
  is = wanted;
  return Json{{"code", 200}, {"error", ""}};
}

QiniuAnswer unset_https(World& world, QiniuState& state, const QiniuRequest& call) {
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr) {
    return QiniuRefusal{.status = 612, .code = 612, .message = "no such domain"};
  }
  if (is_at_work(world, state, *domain)) return refusal(400030, "域名任务处理中");
  world.unbind(call.domain);
  state.https.erase(call.domain);
  return Json{{"code", 200}, {"error", ""}};
}

Json stored(const Entry& entry) {
  const Certificate& leaf = entry.pair.leaf;
  const auto in_seconds = [](Time time) {
    return std::chrono::floor<seconds>(time.time_since_epoch()).count();
  };
  return {{"certid", qiniu_certificate_id(entry.id)},
          {"name", entry.note},
          {"uid", 1},
          {"common_name", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
          {"dnsnames", leaf.dns_names},
          {"create_time", in_seconds(leaf.not_before)},
          {"not_before", in_seconds(leaf.not_before)},
          {"not_after", in_seconds(leaf.not_after)},
          {"orderid", ""},
          {"product_type", ""},
          {"encrypt", leaf.key.algorithm == KeyType::Algorithm::kRsa ? "RSA" : "ECDSA"},
          {"enable", true}};
}

QiniuAnswer list_stored(const World& world, const QiniuRequest& call, SteadyTime moment) {
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(moment)) all.push_back(entry);
  const auto page = page_of(all, call, 100, 500);
  if (const auto* no = std::get_if<QiniuRefusal>(&page)) return *no;
  const auto& [shown, next] = std::get<0>(page);
  std::vector<Json> items;
  for (const EntryPtr& one : shown) items.push_back(stored(*one));
  return Json{{"code", 200}, {"error", ""}, {"marker", next}, {"certs", list_of(std::move(items))}};
}

QiniuAnswer get_stored(const World& world, const QiniuRequest& call) {
  const auto id = qiniu_certificate_number(call.id);
  const auto found = id ? world.entries().find(*id) : world.entries().end();
  if (found == world.entries().end()) return no_such_certificate();
  Json one = stored(*found->second);
  one["ca"] = found->second->pair.chain_pem;
  one["pri"] = std::string(found->second->pair.key_pem.reveal());
  return Json{{"code", 200}, {"error", ""}, {"cert", one}};
}

Json upload_answer(std::int64_t id) {
  return {{"certID", qiniu_certificate_id(id)}};
}

QiniuAnswer upload(World& world, const QiniuRequest& call) {
  std::string chain = text_in(call.body, "ca");
  Secret key{text_in(call.body, "pri")};
  std::string name = text_in(call.body, "name");
  if (name.empty() || chain.empty() || key.empty()) return refusal(400000, "invalid argument");
  if (name.size() > kNameMost) return refusal(400000, "certification name too long");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) return refusal(404907, "证书解析错误， 请检查证书。" + pair.error().message);
  const std::string common_name = text_in(call.body, "common_name");
  const auto& names = pair->leaf.dns_names;
  if (!common_name.empty() && std::ranges::find(names, common_name) == names.end()) {
    return refusal(400326, "证书与域名不匹配，请重新提交");
  }
  if (world.is_full()) return refusal(400000, "证书数量已达上限");
  return upload_answer(world.upload(std::move(name), *std::move(pair)));
}

QiniuAnswer remove(World& world, const QiniuRequest& call) {
  const auto id = qiniu_certificate_number(call.id);
  if (!id) return no_such_certificate();
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return Json{{"code", 200}, {"error", ""}};
    case Outcome::kInUse:
      return refusal(400611, "证书已绑定域名，不能删除");
    default:
      return no_such_certificate();
  }
}

struct Route {
  std::string_view method;
  std::string_view before;  ///< what the path begins with
  std::string_view after;   ///< what it ends with, behind a name or an id
  bool named;
  QiniuVerb verb;
  std::string_view name;
};

constexpr std::array kRoutes{
    Route{"GET", "/sslcert", "", false, kListStored, "certificates"},
    Route{"POST", "/sslcert", "", false, kUpload, "upload"},
    Route{"GET", "/sslcert/", "", true, kGetStored, "certificate"},
    Route{"DELETE", "/sslcert/", "", true, kDelete, "delete"},
    Route{"GET", "/domain", "", false, kListDomains, "domains"},
    Route{"GET", "/domain/", "", true, kGetDomain, "domain"},
    // One name for both, for which of them it is depends on the domain.
    Route{"PUT", "/domain/", "/sslize", true, kSslize, "bind"},
    Route{"PUT", "/domain/", "/httpsconf", true, kChangeHttps, "bind"},
    Route{"PUT", "/domain/", "/unsslize", true, kUnsslize, "unbind"},
    Route{"GET", "/buckets", "", false, kListBuckets, "buckets"},
    Route{"GET", "/cert/bindings", "", false, kListBound, "bound"},
    Route{"POST", "/cert/bind", "", false, kBindBucketDomain, "bind_bucket_domain"},
};

/// The name or id in the path; empty for a path without one, nothing for one of another route.
std::optional<std::string> named_in(const Route& route,
                                    std::string_view method,
                                    std::string_view path) {
  if (method != route.method) return std::nullopt;
  if (!route.named) return path == route.before ? std::optional<std::string>("") : std::nullopt;
  if (!path.starts_with(route.before) || !path.ends_with(route.after)) return std::nullopt;
  path.remove_prefix(route.before.size());
  if (path.size() <= route.after.size()) return std::nullopt;
  path.remove_suffix(route.after.size());
  return path.contains('/') ? std::nullopt : std::optional<std::string>(path);
}

}  // namespace

std::string qiniu_certificate_id(std::int64_t id) {
  std::array<char, 25> text{};
  std::snprintf(text.data(), text.size(), "%024llx", static_cast<unsigned long long>(id));
  return text.data();
}

std::optional<std::int64_t> qiniu_certificate_number(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole && text.size() == 24 && id >= 0 ? std::optional(id) : std::nullopt;
}

bool QiniuRequest::changes() const {
  constexpr std::array kReads{kListStored,
                              kGetStored,
                              kListDomains,
                              kGetDomain,
                              kListBuckets,
                              kListBucketDomains,
                              kListBound};
  return verb && std::ranges::find(kReads, *verb) == kReads.end();
}

CallShape QiniuRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb && !changes(),
          .binds = verb == kSslize || verb == kChangeHttps || verb == kBindBucketDomain};
}

QiniuRequest read_qiniu_request(const Request& request) {
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  QiniuRequest call{.name = path, .verb = std::nullopt, .body = Json::object()};
  for (const Route& route : kRoutes) {
    const std::optional<std::string> named = named_in(route, request.method, path);
    if (!named) continue;
    call.verb = route.verb;
    call.name = route.name;
    const bool of_domain = route.before == "/domain/";
    const auto decoded = parse_form("name=" + *named);
    const std::string text = decoded ? decoded->at("name") : *named;
    // The other spelling of a wildcard is not taken.
    if (of_domain && !text.starts_with('*')) {
      call.domain = canonical_name(text.starts_with('.') ? "*" + text : text).value_or(text);
    } else if (!of_domain) {
      call.id = text;
    }
  }
  if (mark != std::string::npos) {
    const auto query = parse_form(std::string_view(request.target).substr(mark + 1));
    call.readable = query.has_value();
    if (query) call.query = *query;
  }
  // At hosts of their own; a sandbox is one for both.
  if (call.verb == kListDomains && call.query.contains("bucket")) {
    call.verb = kListBucketDomains;
    call.name = "bucket_domains";
  }
  if (!request.body.empty()) {
    call.body = Json::parse(request.body, nullptr, false);
    call.readable = call.readable && call.body.is_object() &&
                    request.content_type.starts_with("application/json");
    if (!call.body.is_object()) call.body = Json::object();
  }
  if (call.verb == kBindBucketDomain) {
    const std::string text = text_in(call.body, "domain");
    call.domain = canonical_name(text).value_or(text);
  }
  return call;
}

std::optional<QiniuRefusal> refuse_qiniu_call(const QiniuRequest& call) {
  if (!call.verb) return QiniuRefusal{.status = 404, .code = 404, .message = "document not found"};
  if (!call.readable) return refusal(400000, "invalid argument");
  return std::nullopt;
}

QiniuAnswer run_qiniu_call(World& world,
                           QiniuState& state,
                           const QiniuRequest& call,
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
      return list_domains(world, state, call, moment);
    case kGetDomain:
      return get_domain(world, state, call, moment);
    case kSslize:
    case kChangeHttps:
      return set_https(world, state, call);
    case kUnsslize:
      return unset_https(world, state, call);
    case kListBuckets:
      return list_kodo_buckets(world);
    case kListBucketDomains:
      return list_kodo_domains(world, call);
    case kListBound:
      return list_kodo_bound(world, moment);
    case kBindBucketDomain:
      return bind_kodo_domain(world, call);
  }
  return Json::object();
}

QiniuAnswer pretend_qiniu_call(World& world, const QiniuRequest& call) {
  if (call.verb == kUpload) return upload_answer(world.spend_id());
  return Json{{"code", 200}, {"error", ""}};
}

}  // namespace certferry::sandbox
