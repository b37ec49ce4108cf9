#include "sandbox/cloudflare/cloudflare_zone.h"

#include <algorithm>

#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum CloudflareVerb;

constexpr std::string_view kProduct = "zone";
/// How long one takes to be active; what it replaces stays until then.
constexpr milliseconds kUntilActive = seconds(4);
constexpr milliseconds kValidityLeast = hours(24 * 14);

bool is_live(const CloudflareCertificate& one, SteadyTime moment) {
  return !one.gone_at || moment < *one.gone_at;
}

std::string id_of(std::int64_t entry) {
  std::string digits = std::to_string(entry);
  digits.insert(0, 12 - std::min<std::size_t>(12, digits.size()), '0');
  return "7e7b8deb-8508-4aeb-9f61-" + digits;
}

/// How well a certificate goes with a name: exactly before by a wildcard, legacy before modern, the
/// last one first.
struct Rank {
  bool exactly = false;
  bool legacy = false;
  std::int64_t entry = 0;

  auto operator<=>(const Rank&) const = default;
};

/// The certificate that serves the name; 0: none.
std::int64_t serving(const World& world, const CloudflareState& state, const std::string& name) {
  std::optional<Rank> best;
  for (const auto& [entry, one] : state.certificates) {
    const auto stored = world.entries().find(entry);
    if (one.gone_at || stored == world.entries().end()) continue;
    const std::vector<std::string>& hosts = stored->second->pair.leaf.dns_names;
    if (!any_covers(hosts, {}, name)) continue;
    const bool exactly = std::ranges::find(hosts, name) != hosts.end();
    const Rank rank{.exactly = exactly, .legacy = one.type == "legacy_custom", .entry = entry};
    best = best ? std::max(*best, rank) : rank;
  }
  return best ? best->entry : 0;
}

std::vector<std::string> names_of(const World& world) {
  std::vector<std::string> names;
  for (const Domain& domain : world.domains()) {
    if (domain.product == kProduct) names.push_back(domain.name);
  }
  return names;
}

std::int64_t bound_to(const World& world, const std::string& name) {
  const Domain* domain = world.find_domain(name);
  const EntryPtr entry = domain == nullptr ? nullptr : domain->bound();
  return entry == nullptr ? 0 : entry->id;
}

void let_go(World& world, std::int64_t entry) {
  if (!world.use_counts().contains(entry)) world.remove(entry);
}

void serve_all(World& world, CloudflareState& state) {
  for (auto& [entry, one] : state.certificates) one.served.clear();
  for (const std::string& name : names_of(world)) {
    const std::int64_t entry = serving(world, state, name);
    if (entry == 0) {
      if (bound_to(world, name) != 0) world.unbind(name);
      continue;
    }
    if (bound_to(world, name) != entry) world.bind(entry, name);
    state.certificates[entry].served.insert(name);
  }
}

Json certificate_of(const World& world,
                    const CloudflareState& state,
                    const Entry& entry,
                    SteadyTime moment) {
  const CloudflareCertificate& one = state.certificates.at(entry.id);
  const Certificate& leaf = entry.pair.leaf;
  const bool ecdsa = leaf.key.algorithm == KeyType::Algorithm::kEcdsa;
  const bool coming = moment < entry.stored_at + kUntilActive;
  const std::string status = leaf.not_after <= world.now() ? "expired"
                             : coming                      ? "initializing"
                                                           : "active";
  Json item = {{"id", one.id},
               {"zone_id", state.zone_id},
               {"hosts", leaf.dns_names},
               {"issuer", "TheAuthority"},
               {"signature", ecdsa ? "ECDSAWithSHA256" : "SHA256WithRSA"},
               {"status", status},
               {"bundle_method", one.bundle_method},
               {"priority", one.type == "legacy_custom" ? 1 : 0},
               {"uploaded_on", format_time(one.uploaded_on)},
               {"modified_on", format_time(one.uploaded_on)},
               {"expires_on", format_time(leaf.not_after)}};
  if (!one.geo_restrictions.is_null()) item["geo_restrictions"] = one.geo_restrictions;
  if (!one.policy.empty()) item["policy_restrictions"] = one.policy;
  return item;
}

std::string in_query(const CloudflareRequest& call, std::string_view name) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? std::string() : found->second;
}

/// The page that is asked for; a refusal when there is none such.
CloudflareAnswer page_of(const Json& all, const CloudflareRequest& call, std::int64_t most) {
  const auto number = [&](std::string_view name, std::int64_t otherwise) {
    const std::string text = in_query(call, name);
    return text.empty() ? std::optional(otherwise) : integer_field({{"number", text}}, "number");
  };
  const auto page = number("page", 1);
  const auto size = number("per_page", 20);
  if (!page || !size || *page < 1 || *size < 5 || *size > most) {
    return CloudflareRefusal{.code = 1400,
                             .message = "per_page must be from 5 to " + std::to_string(most)};
  }
  const auto per_page = static_cast<std::size_t>(*size);
  const std::size_t from = (static_cast<std::size_t>(*page) - 1) * per_page;
  Json items = Json::array();
  for (std::size_t i = from; i < std::min(from + per_page, all.size()); ++i) {
    items.push_back(all[i]);
  }
  return Json{{"result", items},
              {"result_info",
               {{"page", *page},
                {"per_page", *size},
                {"count", items.size()},
                {"total_count", all.size()},
                {"total_pages", (all.size() + per_page - 1) / per_page}}}};
}

Json certificates_at(const World& world, const CloudflareState& state, SteadyTime moment) {
  Json all = Json::array();
  for (const auto& [id, entry] : world.entries_at(moment)) {
    const auto known = state.certificates.find(id);
    if (known == state.certificates.end() || !is_live(known->second, moment)) continue;
    all.push_back(certificate_of(world, state, *entry, moment));
  }
  return all;
}

Json records_of(const World& world, const CloudflareState& state, const CloudflareRequest& call) {
  const std::string proxied = in_query(call, "proxied");
  Json all = Json::array();
  const auto add = [&](const std::string& name, const char* type, bool is_proxied) {
    if (!proxied.empty() && (proxied == "true") != is_proxied) return;
    all.push_back({{"id", "record-" + std::to_string(all.size())},
                   {"name", name},
                   {"type", type},
                   {"proxied", is_proxied},
                   {"ttl", 1}});
  };
  for (const std::string& name : names_of(world)) {
    add(name, "A", world.find_domain(name)->online);
    add(name, "AAAA", world.find_domain(name)->online);
  }
  add("mail." + state.zone_name, "MX", false);
  return all;
}

/// What may be sent, whichever way a certificate gets there.
std::optional<CloudflareRefusal> refuse_body(const CloudflareRequest& call) {
  const bool adds = call.verb == kAddCertificate;
  for (const auto& [key, value] : call.body.items()) {
    const bool text = key == "certificate" || key == "private_key" || key == "bundle_method" ||
                      key == "policy" || (adds && key == "type");
    if (!(text && value.is_string()) && !(key == "geo_restrictions" && value.is_object())) {
      return CloudflareRefusal{.code = 1400, .message = "No such parameter: " + key};
    }
  }
  const std::string bundle = call.body.value("bundle_method", "ubiquitous");
  if (bundle != "ubiquitous" && bundle != "optimal" && bundle != "force") {
    return CloudflareRefusal{.code = 1400, .message = "bundle_method is unknown"};
  }
  const std::string type = call.body.value("type", "legacy_custom");
  if (type != "sni_custom" && type != "legacy_custom") {
    return CloudflareRefusal{.code = 1400, .message = "type is unknown"};
  }
  if (!call.body.contains("certificate") || !call.body.contains("private_key")) {
    return CloudflareRefusal{.code = 1002, .message = "Invalid certificate"};
  }
  return std::nullopt;
}

bool is_of_zone(const World& world, const CloudflareState& state, const Certificate& leaf) {
  return std::ranges::any_of(leaf.dns_names,
                             [&](const std::string& name) {
                               return name == state.zone_name ||
                                      name.ends_with("." + state.zone_name);
                             }) ||
         std::ranges::any_of(names_of(world), [&](const std::string& name) {
           return any_covers(leaf.dns_names, {}, name);
         });
}

/// What may not be in the zone beside what is there. `replaces` is an entry that goes; 0: none.
std::optional<CloudflareRefusal> refuse_leaf(const World& world,
                                             const CloudflareState& state,
                                             const Certificate& leaf,
                                             std::int64_t replaces) {
  if (leaf.not_after < world.now() + kValidityLeast) {
    return CloudflareRefusal{.code = 1002, .message = "The certificate ends within 14 days"};
  }
  if (!is_of_zone(world, state, leaf)) {
    return CloudflareRefusal{.code = 2103, .message = "No hostnames of your zone are included"};
  }
  const std::set<std::string> names(leaf.dns_names.begin(), leaf.dns_names.end());
  for (const auto& [id, one] : state.certificates) {
    const auto entry = world.entries().find(id);
    if (one.gone_at || entry == world.entries().end()) continue;
    const Certificate& other = entry->second->pair.leaf;
    if (other.fingerprint == leaf.fingerprint) {
      return CloudflareRefusal{.code = 1220,
                               .message = "This certificate has already been submitted."};
    }
    const bool same_hosts =
        std::set<std::string>(other.dns_names.begin(), other.dns_names.end()) == names;
    if (id != replaces && same_hosts && other.key.algorithm == leaf.key.algorithm) {
      return CloudflareRefusal{.code = 1228,
                               .message = "You already have a certificate of this signature type."};
    }
  }
  if (replaces == 0 && world.is_full()) {
    return CloudflareRefusal{
        .code = 1212, .message = "You have reached the maximum number of custom certificates."};
  }
  return std::nullopt;
}

std::int64_t find_live(const World& world, const CloudflareState& state, const std::string& id) {
  for (const auto& [entry, one] : state.certificates) {
    if (one.id == id && !one.gone_at && world.entries().contains(entry)) return entry;
  }
  return 0;
}

CloudflareAnswer set_certificate(World& world,
                                 CloudflareState& state,
                                 const CloudflareRequest& call) {
  if (auto refusal = refuse_body(call)) return *std::move(refusal);
  const std::int64_t replaces = find_live(world, state, call.id);
  if (call.verb == kReplaceCertificate && replaces == 0) {
    return CloudflareRefusal{.status = 404, .code = 1002, .message = "Invalid certificate"};
  }
  const PairReader& reader = world.pair_reader();
  Secret key{call.body.at("private_key").get<std::string>()};
  std::string chain = call.body.at("certificate").get<std::string>();
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), key) : read_pair(std::move(chain), key);
  if (!pair) return CloudflareRefusal{.code = 2106, .message = "The private key is invalid."};
  if (auto refusal = refuse_leaf(world, state, pair->leaf, replaces)) return *std::move(refusal);

  const std::int64_t entry = world.upload("", *std::move(pair));
  CloudflareCertificate one{.id = id_of(entry),
                            .type = call.body.value("type", "legacy_custom"),
                            .bundle_method = call.body.value("bundle_method", "ubiquitous"),
                            .geo_restrictions = call.body.value("geo_restrictions", Json()),
                            .policy = call.body.value("policy", ""),
                            .uploaded_on = world.now()};
  if (replaces != 0) {
    CloudflareCertificate& before = state.certificates[replaces];
    one.type = before.type;
    if (one.type == "legacy_custom") one.id = before.id;
    // It stays in lists until the new one is active; a legacy one is the same under its id.
    const milliseconds stays = one.type == "legacy_custom" ? milliseconds{} : kUntilActive;
    before.gone_at = world.steady_now() + stays;
    world.after(stays, [&world, replaces] { let_go(world, replaces); });
  }
  state.certificates[entry] = std::move(one);
  serve_all(world, state);
  return Json{
      {"result", certificate_of(world, state, *world.entries().at(entry), world.steady_now())}};
}

Json zone_of(const CloudflareState& state) {
  return {{"id", state.zone_id}, {"name", state.zone_name}, {"status", "active"}};
}

}  // namespace

void settle_zone(World& world, CloudflareState& state) {
  for (auto& [entry, one] : state.certificates) {
    if (one.gone_at) continue;
    const bool serves =
        one.served.empty() || std::ranges::any_of(one.served, [&](const std::string& name) {
          return bound_to(world, name) == entry;
        });
    if (world.entries().contains(entry) && serves) continue;
    one.gone_at = world.steady_now();
    let_go(world, entry);
  }
  for (const std::string& name : names_of(world)) {
    const std::int64_t entry = bound_to(world, name);
    if (entry == 0 || state.certificates.contains(entry)) continue;
    state.certificates[entry] = {.id = id_of(entry), .uploaded_on = world.now()};
  }
  serve_all(world, state);
}

CloudflareAnswer run_zone_call(World& world,
                               CloudflareState& state,
                               const CloudflareRequest& call,
                               SteadyTime moment) {
  switch (*call.verb) {
    case kAddCertificate:
    case kReplaceCertificate:
      return set_certificate(world, state, call);
    case kListCertificates:
      return page_of(certificates_at(world, state, moment), call, 50);
    case kListRecords:
      return page_of(records_of(world, state, call), call, 100);
    case kListZones: {
      const std::string name = in_query(call, "name");
      Json all = Json::array();
      if (name.empty() || name == state.zone_name) all.push_back(zone_of(state));
      return page_of(all, call, 50);
    }
    case kGetZone:
      return Json{{"result", zone_of(state)}};
    default:
      break;
  }
  for (const Json& one : certificates_at(world, state, moment)) {
    if (one.at("id") == call.id) return Json{{"result", one}};
  }
  return CloudflareRefusal{.status = 404, .code = 1002, .message = "Invalid certificate"};
}

}  // namespace certferry::sandbox
