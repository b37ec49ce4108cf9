#include "sandbox/upyun/upyun_calls.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum UpyunVerb;

/// So many domains belong to one service.
constexpr std::size_t kDomainsABucket = 50;
constexpr std::int64_t kPageMost = 100;

UpyunRefusal refusal(int code, std::string message) {
  return {.status = 400, .code = code, .message = std::move(message)};
}

UpyunRefusal no_such_certificate() {
  return refusal(21701, "certificate not found");
}

/// An id is 32 hexadecimal digits.
std::string spelled(std::int64_t id) {
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%032llx", static_cast<unsigned long long>(id));
  return text.data();
}

std::optional<std::int64_t> id_of(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole && text.size() == 32 && id >= 0 ? std::optional(id) : std::nullopt;
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string in_query(const UpyunRequest& call, std::string_view name) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? std::string() : found->second;
}

std::optional<std::int64_t> number_in(const UpyunRequest& call,
                                      std::string_view name,
                                      std::int64_t otherwise) {
  const std::string text = in_query(call, name);
  return text.empty() ? otherwise : integer_field({{"number", text}}, "number");
}

Json validity_of(const Certificate& leaf) {
  return {{"start", leaf.not_before.time_since_epoch().count()},
          {"end", leaf.not_after.time_since_epoch().count()}};
}

std::string first_name(const Certificate& leaf) {
  return leaf.dns_names.empty() ? "" : leaf.dns_names.front();
}

std::vector<const Domain*> domains_of(const World& world) {
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "cdn") all.push_back(&domain);
  }
  return all;
}

UpyunAnswer list_buckets(const World& world, const UpyunRequest& call) {
  if (in_query(call, "type") != "ucdn") return refusal(40001, "type is wrong");
  const auto page = number_in(call, "page", 1);
  const auto size = number_in(call, "perPage", 10);
  if (!page || !size || *page < 1 || *size < 1 || *size > kPageMost) {
    return refusal(40001, "page is wrong");
  }
  const std::vector<const Domain*> all = domains_of(world);
  const std::size_t buckets = (all.size() + kDomainsABucket - 1) / kDomainsABucket;
  const auto per_page = static_cast<std::size_t>(*size);
  Json items = Json::array();
  const std::size_t from = (static_cast<std::size_t>(*page) - 1) * per_page;
  for (std::size_t i = from; i < std::min(from + per_page, buckets); ++i) {
    Json domains = Json::array();
    for (std::size_t j = i * kDomainsABucket; j < std::min((i + 1) * kDomainsABucket, all.size());
         ++j) {
      domains.push_back({{"domain", all[j]->name},
                         {"cname", all[j]->cname},
                         {"status", all[j]->online ? "NORMAL" : "CLOSED"}});
    }
    const std::string name = "service-" + std::to_string(i);
    domains.push_back({{"domain", name + ".test.upcdn.net"}, {"status", "NORMAL"}});
    items.push_back({{"bucket_name", name},
                     {"type", "ucdn"},
                     {"status", "NORMAL"},
                     {"visible", true},
                     {"domains", domains}});
  }
  const std::size_t pages = (buckets + per_page - 1) / per_page;
  return Json{{"buckets", items},
              {"pager", {{"page", *page}, {"pages", pages}, {"total", buckets}}}};
}

/// Newest first; `max` is the id below which the next page begins.
UpyunAnswer list_stored(const World& world, const UpyunRequest& call, SteadyTime moment) {
  const auto limit = number_in(call, "limit", 10);
  const auto max = number_in(call, "max", std::numeric_limits<std::int64_t>::max());
  if (!limit || *limit < 1 || *limit > kPageMost || !max) return refusal(40001, "limit is wrong");
  std::map<std::int64_t, std::size_t> uses;
  for (const Domain& domain : world.domains()) {
    if (const EntryPtr entry = domain.bound_at(moment)) ++uses[entry->id];
  }
  const std::map<std::int64_t, EntryPtr> entries = world.entries_at(moment);
  Json result = {{"default", {{"config_domain", 0}}}};
  std::int64_t shown = 0;
  Json next;
  for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
    if (it->first >= *max) continue;
    if (shown == *limit) {
      next = std::prev(it)->first;
      break;
    }
    ++shown;
    const Certificate& leaf = it->second->pair.leaf;
    const auto used = uses.find(it->first);
    result[spelled(it->first)] = {{"commonName", first_name(leaf)},
                                  {"organization", ""},
                                  {"brand", ""},
                                  {"crt_type", "custom"},
                                  {"config_domain", used == uses.end() ? 0 : used->second},
                                  {"validity", validity_of(leaf)}};
  }
  return Json{{"status", 0},
              {"result", result},
              {"pager", {{"since", nullptr}, {"max", next}, {"limit", *limit}}}};
}

UpyunAnswer list_uses(const World& world,
                      const UpyunState& state,
                      const UpyunRequest& call,
                      SteadyTime moment) {
  const auto id = id_of(in_query(call, "certificate_id"));
  const auto entries = world.entries_at(moment);
  const auto found = id ? entries.find(*id) : entries.end();
  if (found == entries.end()) return no_such_certificate();
  const Certificate& leaf = found->second->pair.leaf;
  Json domains = Json::array();
  for (const Domain* domain : domains_of(world)) {
    if (!any_covers(leaf.dns_names, leaf.ip_addresses, domain->name)) continue;
    Json one = {{"name", domain->name}, {"type", "ucdn"}, {"bucket_name", "service"}};
    const EntryPtr bound = domain->bound_at(moment);
    if (bound && bound->id == *id) {
      const auto forced = state.forced.find(domain->name);
      one.update({{"https", true},
                  {"force_https", forced != state.forced.end() && forced->second},
                  {"source_https", false}});
    }
    domains.push_back(one);
  }
  return Json{{"authenticate_num", leaf.dns_names.size()},
              {"authenticate_domain", leaf.dns_names},
              {"domains", domains}};
}

UpyunAnswer list_of_domain(const World& world, const UpyunState& state, const UpyunRequest& call) {
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr) return refusal(21711, "domain not found");
  const auto forced = state.forced.find(domain->name);
  Json result = Json::array();
  for (const auto& [id, entry] : world.entries()) {
    const Certificate& leaf = entry->pair.leaf;
    if (!any_covers(leaf.dns_names, leaf.ip_addresses, domain->name)) continue;
    const EntryPtr bound = domain->bound();
    const bool here = bound && bound->id == id;
    result.push_back({{"certificate_id", spelled(id)},
                      {"commonName", first_name(leaf)},
                      {"https", here},
                      {"force_https", here && forced != state.forced.end() && forced->second},
                      {"validity", validity_of(leaf)}});
  }
  return Json{{"status", 0}, {"result", result}};
}

Json upload_answer(const Certificate* leaf, std::int64_t id) {
  Json result = {{"certificate_id", spelled(id)}};
  if (leaf != nullptr) {
    result.update({{"commonName", first_name(*leaf)},
                   {"serial", leaf->serial},
                   {"validity", validity_of(*leaf)}});
  }
  return {{"status", 0}, {"result", result}};
}

UpyunAnswer upload(World& world, const UpyunRequest& call) {
  std::string chain = text_in(call.body, "certificate");
  Secret key{text_in(call.body, "private_key")};
  if (chain.empty() || key.empty()) return refusal(40001, "certificate or private_key is missing");
  const bool pkcs8 = key.reveal().starts_with("-----BEGIN PRIVATE KEY-----");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), key) : read_pair(std::move(chain), key);
  const bool ec = pair && pair->leaf.key.algorithm == KeyType::Algorithm::kEcdsa;
  if (!pair || (ec && pkcs8)) return Json{{"status", 1}, {"message", "证书或私钥格式错误"}};
  // The same pair is the same certificate.
  for (const auto& [id, entry] : world.entries()) {
    if (entry->pair.leaf.fingerprint == pair->leaf.fingerprint) {
      return upload_answer(&entry->pair.leaf, id);
    }
  }
  if (world.is_full()) return refusal(21720, "证书数量已达上限");
  const Certificate leaf = pair->leaf;
  return upload_answer(&leaf, world.upload("", *std::move(pair)));
}

UpyunAnswer remove(World& world, const UpyunRequest& call) {
  const auto id = id_of(in_query(call, "certificate_id"));
  if (!id) return no_such_certificate();
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return Json{{"status", true}};
    case Outcome::kInUse:
      return UpyunRefusal{.status = 400,
                          .code = 21703,
                          .message = "there is binding domains",
                          .type = "ThereIsBindingDomains"};
    default:
      return no_such_certificate();
  }
}

UpyunAnswer bind(World& world, UpyunState& state, const UpyunRequest& call) {
  const bool first = call.verb == kFirstBind;
  const auto id = id_of(text_in(call.body, first ? "certificate_id" : "crt_id"));
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") return refusal(21711, "domain not found");
  if (!domain->online) return refusal(21714, "the domain is closed");
  if (!id || !world.entries().contains(*id)) return no_such_certificate();
  const EntryPtr bound = domain->bound();
  if (first) {
    for (const char* key : {"https", "force_https"}) {
      const auto flag = call.body.find(key);
      if (flag == call.body.end() || !flag->is_boolean()) return refusal(40001, "flag is missing");
    }
    if (!call.body.at("https").get<bool>()) {
      world.unbind(call.domain);
      return Json{{"status", true}};
    }
    if (bound && bound->id != *id) return refusal(21713, "the domain has another certificate");
  } else {
    if (!bound) return refusal(23602, "the domain has no certificate");
    if (bound->id == *id) return refusal(23601, "the domain has this certificate");
  }
  if (world.bind(*id, call.domain) == Outcome::kNotCovered) {
    return refusal(21712, "the certificate does not match the domain");
  }
  if (first) state.forced[call.domain] = call.body.at("force_https").get<bool>();
  return Json{{"status", true}};
}

struct Route {
  std::string_view method;
  std::string_view path;
  UpyunVerb verb;
  std::string_view name;
};

constexpr std::array kRoutes{
    Route{"POST", "/accounts/signin/", kLogIn, "login"},
    Route{"GET", "/api/v2/buckets", kListBuckets, "buckets"},
    Route{"GET", "/api/https/certificate/list/", kListStored, "certificates"},
    Route{"GET", "/api/https/certificate/manager/", kListUses, "domains"},
    Route{"GET", "/api/https/services/manager", kListOfDomain, "domain"},
    Route{"POST", "/api/https/certificate/", kUpload, "upload"},
    Route{"DELETE", "/api/https/certificate/", kDelete, "delete"},
    // One name for both, for which of them it is depends on the domain.
    Route{"POST", "/api/https/certificate/manager", kFirstBind, "bind"},
    Route{"POST", "/api/https/migrate/domain", kMigrate, "bind"},
};

}  // namespace

bool UpyunRequest::changes() const {
  return verb == kUpload || verb == kDelete || verb == kFirstBind || verb == kMigrate;
}

CallShape UpyunRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb && verb != kLogIn && !changes(),
          .binds = verb == kFirstBind || verb == kMigrate};
}

UpyunRequest read_upyun_request(const Request& request) {
  const auto mark = request.target.find('?');
  UpyunRequest call{.name = request.target.substr(0, mark),
                    .verb = std::nullopt,
                    .query = {},
                    .body = Json::object(),
                    .domain = {}};
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    return one.method == request.method && one.path == call.name;
  });
  if (route != kRoutes.end()) {
    call.verb = route->verb;
    call.name = route->name;
  }
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
  for (const char* key : {"domain", "domain_name"}) {
    std::string name = text_in(call.body, key);
    if (name.empty()) name = in_query(call, key);
    if (!name.empty()) call.domain = canonical_name(name).value_or(name);
  }
  return call;
}

std::optional<UpyunRefusal> refuse_upyun_call(const UpyunRequest& call) {
  if (!call.verb) return UpyunRefusal{.status = 404, .code = 40400, .message = "no such page"};
  if (!call.readable) return refusal(40001, "the request cannot be read");
  return std::nullopt;
}

UpyunAnswer run_upyun_call(World& world,
                           UpyunState& state,
                           const UpyunRequest& call,
                           milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (*call.verb) {
    case kListBuckets:
      return list_buckets(world, call);
    case kListStored:
      return list_stored(world, call, moment);
    case kListUses:
      return list_uses(world, state, call, moment);
    case kListOfDomain:
      return list_of_domain(world, state, call);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kFirstBind:
    case kMigrate:
      return bind(world, state, call);
    case kLogIn:
      break;
  }
  return Json::object();
}

UpyunAnswer pretend_upyun_call(World& world, const UpyunRequest& call) {
  if (call.verb == kUpload) return upload_answer(nullptr, world.spend_id());
  return Json{{"status", true}};
}

}  // namespace certferry::sandbox
