// ELB: listeners of three names each, the first of which has the certificate for whom no other is
// meant; each on a load balancer of its own. The certificates that their owner gave them name one
// name each. A name that was switched off is at no listener.

#include <array>
#include <cstdio>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/huaweicloud/services.h"
#include "sandbox/pair.h"

namespace certferry::sandbox::huaweicloud {

namespace {

constexpr std::size_t kNamesAListener = 3;

/// 32 digits, as ELB's ids of certificates have.
std::string id_of(char first, std::int64_t number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%c%031llx", first, static_cast<long long>(number));
  return text.data();
}

/// A certificate in ELB's list.
struct Shown {
  std::string name;
  std::string domain;
  std::string pem;
  EntryPtr entry;  ///< null: the owner's
};

struct Place {
  std::string id;  ///< of the listener
  std::vector<const Domain*> names;
};

std::vector<Place> listeners_of(const World& world) {
  std::vector<Place> all;
  std::size_t count = 0;
  for (const Domain& domain : world.domains()) {
    if (domain.product != "elb") continue;
    if (count++ % kNamesAListener == 0) {
      all.push_back({.id = id_of('e', static_cast<std::int64_t>(all.size() + 1)), .names = {}});
    }
    all.back().names.push_back(&domain);
  }
  return all;
}

/// What a name's owner had brought there before: for that name, and nobody asks again how it was
/// made.
const std::string& owners_pem(const std::string& name) {
  static std::map<std::string, std::string> made;
  std::string& pem = made[name];
  if (pem.empty()) {
    pem = make_self_signed(name, Time(hours(24 * 19000)), Time(hours(24 * 30000))).chain_pem;
  }
  return pem;
}

/// What a name had then; empty where it was switched off.
std::string certificate_of(const HuaweiCloudElb& elb, const Domain& domain, SteadyTime moment) {
  const EntryPtr entry = domain.bound_at(moment);
  if (!entry) return domain.bound() || domain.changes.empty() ? id_of('0', domain.id) : "";
  const auto applied = elb.applied.find(domain.name);
  if (applied != elb.applied.end()) {
    const auto copy = elb.copies.find(applied->second);
    if (copy != elb.copies.end() && copy->second.entry == entry->id) return copy->first;
  }
  return id_of('f', domain.id);  // by SCM's push, or by hand
}

/// All that there was then, by id.
std::map<std::string, Shown> certificates_at(const World& world,
                                             const HuaweiCloudElb& elb,
                                             SteadyTime moment) {
  std::map<std::string, Shown> all;
  const std::map<std::int64_t, EntryPtr> entries = world.entries_at(moment);
  for (const auto& [id, copy] : elb.copies) {
    const auto entry = entries.find(copy.entry);
    if (copy.made_at > moment || entry == entries.end()) continue;
    all[id] = {.name = copy.name,
               .domain = copy.domain,
               .pem = entry->second->pair.chain_pem,
               .entry = entry->second};
  }
  for (const Domain& domain : world.domains()) {
    if (domain.product != "elb") continue;
    all[id_of('0', domain.id)] = {.name = "the owner's",
                                  .domain = domain.name,
                                  .pem = owners_pem(domain.name),
                                  .entry = nullptr};
    const EntryPtr entry = domain.bound_at(moment);
    if (!entry) continue;
    all.try_emplace(certificate_of(elb, domain, moment),
                    Shown{.name = "set by hand",
                          .domain = domain.name,
                          .pem = entry->pair.chain_pem,
                          .entry = entry});
  }
  return all;
}

HuaweiCloudRefusal unknown_id(const std::string& what) {
  return {.status = 404, .code = "ELB.8904", .message = what + " could not be found."};
}

Json listener_json(const HuaweiCloudElb& elb, const Place& place, SteadyTime moment) {
  Json sni = Json::array();
  for (std::size_t i = 1; i < place.names.size(); ++i) {
    const std::string id = certificate_of(elb, *place.names[i], moment);
    if (!id.empty()) sni.push_back(id);
  }
  const std::string fallback = certificate_of(elb, *place.names.front(), moment);
  return {{"id", place.id},
          {"name", "listener"},
          {"protocol", "HTTPS"},
          {"protocol_port", 443},
          {"loadbalancers", {{{"id", "lb-" + place.id}}}},
          {"default_tls_container_ref", fallback.empty() ? Json() : Json(fallback)},
          {"sni_container_refs", sni},
          {"sni_match_algo", "wildcard"},
          {"client_ca_tls_container_ref", nullptr},
          {"default_pool_id", "pool-1"},
          {"http2_enable", true},
          {"tls_ciphers_policy", "tls-1-2"},
          {"updated_at", "2026-01-02T03:04:05Z"}};
}

/// A page of `all`, which are in the order of their ids.
HuaweiCloudAnswer page_of(const HuaweiCloudRequest& call,
                          const std::string& array,
                          const std::vector<Json>& all) {
  std::int64_t limit = 2000;
  if (call.query.contains("limit")) limit = integer_field(call.query, "limit").value_or(-1);
  if (limit < 0 || limit > 2000) return invalid("elb", "limit");
  auto from = all.begin();
  const std::string_view marker = text_field(call.query, "marker");
  if (call.query.contains("marker")) {
    from = std::ranges::find(
        all, marker, [](const Json& one) { return one["id"].get<std::string>(); });
    if (from == all.end()) return invalid("elb", "marker");
    ++from;
  }
  const std::vector<Json> items(from, from + std::min<std::ptrdiff_t>(limit, all.end() - from));
  Json info = {{"current_count", items.size()}};
  if (!items.empty() && from + std::ssize(items) != all.end()) {
    info["next_marker"] = items.back()["id"];
  }
  return Json{{array, items}, {"page_info", info}, {"request_id", "r"}}.dump();
}

bool is_list_query(const HuaweiCloudRequest& call) {
  return knows_all(call, {"limit", "marker", "enterprise_project_id", "type"});
}

/// The names beside a certificate; nothing when they are not of the form that ELB takes.
std::optional<std::set<std::string>> names_in(const std::string& domain) {
  std::set<std::string> names;
  if (domain.size() > 10'000) return std::nullopt;
  for (const std::string& name : split(domain, ',')) {
    const Result<std::string> canonical = canonical_name(name);
    if (!canonical || *canonical != name) return std::nullopt;
    names.insert(name);
  }
  return names.size() > 100 ? std::nullopt : std::optional(names);
}

/// The certificate that a listener would present for the name.
std::string chosen_for(const std::string& name,
                       const std::string& fallback,
                       const std::vector<std::string>& sni,
                       const std::map<std::string, Shown>& known) {
  for (const std::string& id : sni) {
    const auto names = names_in(known.at(id).domain);
    if (names && names->contains(name)) return id;
  }
  return fallback;
}

}  // namespace

std::vector<std::string> names_pushed_to(const World& world,
                                         const HuaweiCloudElb& elb,
                                         std::int64_t entry) {
  std::vector<std::string> names;
  for (const Domain& domain : world.domains()) {
    if (domain.product != "elb" || !domain.bound() || domain.bound()->id != entry) continue;
    const std::string id = certificate_of(elb, domain, world.steady_now());
    if (!elb.copies.contains(id)) names.push_back(domain.name);
  }
  return names;
}

HuaweiCloudAnswer list_balancers(const World& world, const HuaweiCloudRequest& call) {
  if (!is_list_query(call)) return invalid("elb", "query");
  std::vector<Json> all;
  for (const Place& place : listeners_of(world)) {
    const bool up = std::ranges::all_of(place.names, [](const Domain* one) { return one->online; });
    all.push_back({{"id", "lb-" + place.id},
                   {"name", "lb"},
                   {"admin_state_up", up},
                   {"operating_status", "ONLINE"},
                   {"provisioning_status", "ACTIVE"},
                   {"vip_address", "192.0.2.10"},
                   {"eips", Json::array()}});
  }
  return page_of(call, "loadbalancers", all);
}

HuaweiCloudAnswer list_listeners(const World& world,
                                 const HuaweiCloudElb& elb,
                                 const HuaweiCloudRequest& call,
                                 SteadyTime moment) {
  if (!is_list_query(call)) return invalid("elb", "query");
  std::vector<Json> all;
  for (const Place& place : listeners_of(world)) all.push_back(listener_json(elb, place, moment));
  return page_of(call, "listeners", all);
}

HuaweiCloudAnswer get_listener(const World& world,
                               const HuaweiCloudElb& elb,
                               const HuaweiCloudRequest& call,
                               SteadyTime moment) {
  if (!call.query.empty()) return invalid("elb", "query");
  for (const Place& place : listeners_of(world)) {
    if (place.id == call.subject)
      return Json{{"listener", listener_json(elb, place, moment)}}.dump();
  }
  return unknown_id("The listener");
}

HuaweiCloudAnswer list_elb_certificates(const World& world,
                                        const HuaweiCloudElb& elb,
                                        const HuaweiCloudRequest& call,
                                        SteadyTime moment) {
  const std::string_view type = text_field(call.query, "type");
  if (!is_list_query(call) || (!type.empty() && type != "server")) return invalid("elb", "query");
  std::vector<Json> all;
  for (const auto& [id, one] : certificates_at(world, elb, moment)) {
    all.push_back({{"id", id},
                   {"name", one.name},
                   {"type", "server"},
                   {"domain", one.domain},
                   {"certificate", one.pem},
                   {"private_key", "******"}});
  }
  return page_of(call, "certificates", all);
}

HuaweiCloudAnswer make_elb_copy(World& world, HuaweiCloudElb& elb, const HuaweiCloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || json.size() != 1 || !json.contains("certificate") ||
      !call.query.empty()) {
    return invalid("elb", "body");
  }
  const Json& wanted = json["certificate"];
  const std::string name = text_in(wanted, "name");
  const std::string domain = text_in(wanted, "domain");
  const std::string pem = text_in(wanted, "certificate");
  const std::string key = text_in(wanted, "private_key");
  if (text_in(wanted, "type") != "server") return invalid("elb", "type");
  if (name.size() > 255) return invalid("elb", "name");
  if (!domain.empty() && !names_in(domain)) return invalid("elb", "domain");
  if (pem.size() > 65'536 || key.size() > 8192) return invalid("elb", "certificate");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(pem, Secret(key)) : read_pair(pem, Secret(key));
  if (!pair) {
    return HuaweiCloudRefusal{.status = 400,
                              .code = "ELB.1011",
                              .message = "Invalid certificate: " + pair.error().message};
  }
  std::optional<std::int64_t> entry;
  for (const auto& [id, one] : world.entries()) {
    if (one->pair.leaf.fingerprint == pair->leaf.fingerprint) entry = id;
  }
  if (!entry) entry = world.upload(name, *std::move(pair));
  const std::string id = id_of('a', static_cast<std::int64_t>(elb.next_copy++));
  elb.copies[id] = {.name = name, .domain = domain, .entry = *entry, .made_at = world.steady_now()};
  return elb_copied_as(id);
}

HuaweiCloudAnswer elb_copied_as(const std::string& id) {
  return Json{{"certificate", {{"id", id}, {"private_key", "******"}}}, {"request_id", "r"}}.dump();
}

HuaweiCloudAnswer elb_bound_as(const std::string& listener) {
  return Json{{"listener", {{"id", listener}}}, {"request_id", "r"}}.dump();
}

HuaweiCloudAnswer update_listener(World& world,
                                  HuaweiCloudElb& elb,
                                  const HuaweiCloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || json.size() != 1 || !json.contains("listener") || !call.query.empty() ||
      !json["listener"].is_object()) {
    return invalid("elb", "body");
  }
  const Json& wanted = json["listener"];
  for (const auto& [key, value] : wanted.items()) {
    constexpr std::array<std::string_view, 3> kKeys{
        "default_tls_container_ref", "sni_container_refs", "sni_match_algo"};
    if (std::ranges::find(kKeys, key) == kKeys.end()) return invalid("elb", key);
  }
  const std::vector<Place> places = listeners_of(world);
  const auto place = std::ranges::find(places, call.subject, &Place::id);
  if (place == places.end()) return unknown_id("The listener");
  const SteadyTime now = world.steady_now();
  const std::map<std::string, Shown> known = certificates_at(world, elb, now);
  const std::string fallback = text_in(wanted, "default_tls_container_ref");
  // It is wanted of a listener for HTTPS, whatever else changes.
  if (!known.contains(fallback)) return invalid("elb", "default_tls_container_ref");
  std::vector<std::string> sni;
  Json refs = listener_json(elb, *place, now)["sni_container_refs"];
  if (wanted.contains("sni_container_refs")) refs = wanted["sni_container_refs"];
  if (!refs.is_array()) return invalid("elb", "sni_container_refs");
  std::set<std::string> taken;
  for (const Json& ref : refs) {
    const auto one = known.find(ref.is_string() ? ref.get<std::string>() : "");
    if (one == known.end() || one->second.domain.empty())
      return invalid("elb", "sni_container_refs");
    const auto names = names_in(one->second.domain);
    for (const std::string& name : names.value_or(std::set<std::string>())) {
      if (!taken.insert(name).second) {
        return HuaweiCloudRefusal{
            .status = 400, .code = "ELB.8902", .message = "The domain " + name + " is repeated."};
      }
    }
    sni.push_back(one->first);
  }
  std::vector<std::pair<std::string, std::string>> changes;  // name and certificate
  for (const Domain* domain : place->names) {
    const std::string chosen = chosen_for(domain->name, fallback, sni, known);
    if (chosen == certificate_of(elb, *domain, now)) continue;
    const EntryPtr entry = known.at(chosen).entry;
    if (!entry || world.check_bind(entry->id, domain->name) != Outcome::kDone) {
      return HuaweiCloudRefusal{.status = 400,
                                .code = "ELB.8902",
                                .message = "It is not emulated that " + domain->name +
                                           " has a certificate for other names."};
    }
    changes.emplace_back(domain->name, chosen);
  }
  for (const auto& [name, id] : changes) {
    world.bind(known.at(id).entry->id, name);
    elb.applied[name] = id;
  }
  return elb_bound_as(call.subject);
}

HuaweiCloudAnswer delete_elb_copy(const World& world,
                                  HuaweiCloudElb& elb,
                                  const HuaweiCloudRequest& call) {
  const auto copy = elb.copies.find(call.subject);
  if (copy == elb.copies.end()) return unknown_id("The certificate");
  for (const Place& place : listeners_of(world)) {
    for (const Domain* domain : place.names) {
      if (certificate_of(elb, *domain, world.steady_now()) != copy->first) continue;
      return HuaweiCloudRefusal{.status = 409,
                                .code = "ELB.8905",  // the number is a guess
                                .message = "The certificate is used by a listener."};
    }
  }
  elb.copies.erase(copy);
  return "";
}

}  // namespace certferry::sandbox::huaweicloud
