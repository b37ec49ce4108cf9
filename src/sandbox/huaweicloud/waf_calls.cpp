// WAF: hosts, each other one on dedicated instances, and the certificates in its own list.
//
// A host has HTTPS only with a certificate, so one that nobody has bound anything to has its
// owner's; switched off, it has none and takes none.

#include <array>
#include <cstdio>

#include "base/text.h"
#include "sandbox/huaweicloud/services.h"
#include "sandbox/pair.h"

namespace certferry::sandbox::huaweicloud {

namespace {

const std::string kOwners(32, '0');  // what a host has before anybody binds anything

struct Host {
  const Domain* domain = nullptr;
  std::string kind;
  std::string id;
};

/// 32 digits, as WAF's ids have.
std::string id_of(char first, std::int64_t number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%c%031llx", first, static_cast<long long>(number));
  return text.data();
}

std::vector<Host> hosts_of(const World& world) {
  std::vector<Host> hosts;
  for (const Domain& domain : world.domains()) {
    if (domain.product != "waf") continue;
    hosts.push_back({.domain = &domain,
                     .kind = hosts.size() % 2 == 0 ? "cloud" : "premium",
                     .id = id_of('d', domain.id)});
  }
  return hosts;
}

/// As WAF spells it.
std::string spelled(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

/// Which certificate in WAF's list a host had then; empty for none, which is no HTTPS.
std::string certificate_of(const HuaweiCloudWaf& waf, const Domain& domain, SteadyTime moment) {
  const EntryPtr entry = domain.bound_at(moment);
  if (!entry) return domain.bound() || domain.changes.empty() ? kOwners : "";
  const auto applied = waf.applied.find(domain.name);
  if (applied != waf.applied.end()) {
    const auto copy = waf.copies.find(applied->second);
    if (copy != waf.copies.end() && copy->second.entry == entry->id) return copy->first;
  }
  for (const auto& [id, copy] : waf.copies) {
    if (copy.entry == entry->id) return id;
  }
  return id_of('f', entry->id);  // by SCM's push, or by hand
}

std::int64_t milliseconds_of(Time time) {
  return time.time_since_epoch().count();
}

struct WafPage {
  std::int64_t from = 0;
  std::int64_t size = 10;
};

std::optional<WafPage> page_of(const HuaweiCloudRequest& call) {
  std::int64_t number = 1;
  std::int64_t size = 10;
  for (const auto& [name, most, value] :
       {std::tuple("page", 100'000, &number), std::tuple("pagesize", 100, &size)}) {
    if (!call.query.contains(name)) continue;
    const auto given = integer_field(call.query, name);
    if (!given || *given < 1 || *given > most) return std::nullopt;
    *value = *given;
  }
  return WafPage{.from = (number - 1) * size, .size = size};
}

HuaweiCloudRefusal unknown_id() {
  return {.status = 404,
          .code = "WAF.00014002",  // the number is a guess: no document that was seen has it
          .message = "The resource does not exist."};
}

/// What is done in one enterprise project is not done in all of them.
bool names_all_projects(const HuaweiCloudRequest& call) {
  return text_field(call.query, "enterprise_project_id") == "all_granted_eps";
}

bool is_copy_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.").contains(c);
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

/// The hosts that a body names; nothing when one is not of that kind, or there is none.
std::optional<std::vector<Host>> hosts_in(const Json& body, const std::vector<Host>& all) {
  std::vector<Host> named;
  for (const auto& [key, ids] : body.items()) {
    const bool cloud = key == "cloud_host_ids";
    if ((!cloud && key != "premium_host_ids") || !ids.is_array()) return std::nullopt;
    for (const Json& id : ids) {
      const auto host = std::ranges::find_if(all, [&](const Host& one) {
        return Json(one.id) == id && (one.kind == "cloud") == cloud;
      });
      if (host == all.end()) return std::nullopt;
      named.push_back(*host);
    }
  }
  return named.empty() ? std::nullopt : std::optional(named);
}

}  // namespace

std::vector<std::string> hosts_pushed_to(const World& world,
                                         const HuaweiCloudWaf& waf,
                                         std::int64_t entry) {
  std::vector<std::string> names;
  for (const Host& host : hosts_of(world)) {
    if (certificate_of(waf, *host.domain, world.steady_now()) == id_of('f', entry)) {
      names.push_back(host.domain->name);
    }
  }
  return names;
}

HuaweiCloudAnswer list_hosts(const World& world,
                             const HuaweiCloudWaf& waf,
                             const HuaweiCloudRequest& call,
                             SteadyTime /*moment*/) {
  const auto page = page_of(call);
  if (!page || !knows_all(call, {"page", "pagesize", "enterprise_project_id"})) {
    return invalid("waf", "query");
  }
  const std::vector<Host> all = hosts_of(world);
  std::int64_t cloud = 0;
  for (const Host& host : all) cloud += host.kind == "cloud" ? 1 : 0;
  Json items = Json::array();
  for (const Host& host : cut(all, page->from, page->size)) {
    const bool goes_past = !host.domain->online || waf.bypassed.contains(host.domain->name);
    items.push_back({{"id", host.id},
                     {"hostname", spelled(host.domain->name)},
                     {"policyid", id_of('9', host.domain->id)},
                     {"access_code", host.kind == "cloud" ? host.id : ""},
                     {"protect_status", goes_past ? -1 : 1},
                     {"access_status", 0},
                     {"proxy", false},
                     {"timestamp", milliseconds_of(host.domain->created_at)},
                     {"paid_type", "prePaid"},
                     {"flag", {{"cname", "new"}}},
                     {"waf_type", host.kind}});
  }
  return Json{{"total", all.size()},
              {"cloud_total", cloud},
              {"premium_total", std::ssize(all) - cloud},
              {"items", items}}
      .dump();
}

HuaweiCloudAnswer list_own(const World& world,
                           const HuaweiCloudWaf& waf,
                           const HuaweiCloudRequest& call,
                           SteadyTime moment) {
  const auto page = page_of(call);
  const std::string_view used = text_field(call.query, "host");
  if (!page || !knows_all(call, {"page", "pagesize", "host", "enterprise_project_id"}) ||
      (!used.empty() && used != "true" && used != "false")) {
    return invalid("waf", "query");
  }
  struct Own {
    std::string name;
    Time end;
    Json hosts = Json::array();
  };
  std::map<std::string, Own> all;
  for (const auto& [id, copy] : waf.copies) {
    if (copy.made_at <= moment) all[id] = {.name = copy.name, .end = copy.end};
  }
  for (const Host& host : hosts_of(world)) {
    const std::string id = certificate_of(waf, *host.domain, moment);
    if (id.empty()) continue;
    const EntryPtr entry = host.domain->bound_at(moment);
    const auto [own, added] = all.try_emplace(id);
    if (added) {
      own->second.name = entry ? "pushed-from-scm" : "the-owner-s";
      own->second.end = entry ? entry->pair.leaf.not_after : world.now() + hours(24 * 30);
    }
    own->second.hosts.push_back(
        {{"id", host.id}, {"hostname", spelled(host.domain->name)}, {"waf_type", host.kind}});
  }
  std::vector<Json> items;
  for (const auto& [id, own] : all) {
    if ((used == "true") == own.hosts.empty()) continue;
    items.push_back({{"id", id},
                     {"name", own.name},
                     {"expire_time", milliseconds_of(own.end)},
                     {"exp_status", own.end <= world.now() ? 1 : 0},
                     {"timestamp", milliseconds_of(world.now())},
                     {"bind_host", own.hosts}});
  }
  return Json{{"total", items.size()}, {"items", cut(items, page->from, page->size)}}.dump();
}

HuaweiCloudAnswer copied_as(const std::string& id) {
  return Json{{"id", id}}.dump();
}

HuaweiCloudAnswer make_copy(World& world, HuaweiCloudWaf& waf, const HuaweiCloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || json.size() != 3 || !knows_all(call, {"enterprise_project_id"}) ||
      names_all_projects(call)) {
    return invalid("waf", "body or query");
  }
  const std::string name = text_in(json, "name");
  const std::string content = text_in(json, "content");
  const std::string key = text_in(json, "key");
  if (!is_copy_name(name)) return invalid("waf", "name");
  const auto same_name = [&](const auto& one) { return one.second.name == name; };
  if (std::ranges::any_of(waf.copies, same_name)) {
    return HuaweiCloudRefusal{
        .status = 400, .code = "WAF.00011016", .message = "The name already exists."};
  }
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(content, Secret(key)) : read_pair(content, Secret(key));
  if (!pair) {
    return HuaweiCloudRefusal{.status = 400,
                              .code = "WAF.00011019",
                              .message = "Invalid certificate: " + pair.error().message};
  }
  if (pair->leaf.not_after <= world.now()) {
    return HuaweiCloudRefusal{
        .status = 400, .code = "WAF.00011021", .message = "The certificate has expired."};
  }
  const Time end = pair->leaf.not_after;
  std::optional<std::int64_t> entry;
  for (const auto& [id, one] : world.entries()) {
    if (one->pair.leaf.fingerprint == pair->leaf.fingerprint) entry = id;
  }
  if (!entry) entry = world.upload(name, *std::move(pair));
  const std::string id = id_of('a', static_cast<std::int64_t>(waf.next_copy++));
  waf.copies[id] = {.name = name, .entry = *entry, .made_at = world.steady_now(), .end = end};
  // As the documents have it, key and all.
  return Json{{"id", id},
              {"name", name},
              {"content", content},
              {"key", key},
              {"expire_time", milliseconds_of(end)},
              {"exp_status", 0},
              {"timestamp", milliseconds_of(world.now())},
              {"bind_host", Json::array()}}
      .dump();
}

HuaweiCloudAnswer apply(World& world, HuaweiCloudWaf& waf, const HuaweiCloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || !knows_all(call, {"enterprise_project_id"}) ||
      names_all_projects(call)) {
    return invalid("waf", "body or query");
  }
  const auto copy = waf.copies.find(call.subject);
  std::optional<std::int64_t> entry;
  if (copy != waf.copies.end()) entry = copy->second.entry;
  for (const auto& [id, one] : world.entries()) {
    if (!entry && call.subject == id_of('f', id)) entry = id;
  }
  if (!entry || !world.entries().contains(*entry)) return unknown_id();
  const auto hosts = hosts_in(json, hosts_of(world));
  if (!hosts) return unknown_id();
  Json bound = Json::array();
  for (const Host& host : *hosts) {
    const bool has_https = !certificate_of(waf, *host.domain, world.steady_now()).empty();
    const std::string name = host.domain->name;
    if (!has_https || world.bind(*entry, name) != Outcome::kDone) {
      return HuaweiCloudRefusal{.status = 400,
                                .code = "WAF.00011004",  // a guess as well
                                .message = "The host has no HTTPS, or not for this certificate."};
    }
    if (copy != waf.copies.end()) waf.applied[name] = copy->first;
    bound.push_back({{"id", host.id}, {"hostname", spelled(name)}, {"waf_type", host.kind}});
  }
  return Json{{"id", call.subject},
              {"name", copy == waf.copies.end() ? "pushed-from-scm" : copy->second.name},
              {"timestamp", milliseconds_of(world.now())},
              {"bind_host", bound}}
      .dump();
}

HuaweiCloudAnswer delete_copy(const World& world,
                              HuaweiCloudWaf& waf,
                              const HuaweiCloudRequest& call) {
  const auto copy = waf.copies.find(call.subject);
  if (copy == waf.copies.end()) return unknown_id();
  for (const Host& host : hosts_of(world)) {
    if (certificate_of(waf, *host.domain, world.steady_now()) != copy->first) continue;
    return HuaweiCloudRefusal{
        .status = 409, .code = "WAF.00014003", .message = "The certificate is used by a host."};
  }
  std::string answer = Json{{"id", copy->first}, {"name", copy->second.name}}.dump();
  waf.copies.erase(copy);
  return answer;
}

}  // namespace certferry::sandbox::huaweicloud
