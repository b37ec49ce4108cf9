// Live: playback domains, and its own list of certificates.

#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

/// What a certificate of the centre's is called in Live when nobody copied it there: as one that
/// somebody set by hand.
std::string mirrored_chain(std::int64_t id) {
  std::string chain = volcengine_id(id).substr(5);
  chain.front() = 'f';
  return chain;
}

/// The ChainID of a domain that has that entry.
std::string chain_of(const VolcengineLive& live, std::int64_t id) {
  const auto copy =
      std::ranges::find_if(live.copies, [&](const auto& one) { return one.second.id == id; });
  return copy == live.copies.end() ? mirrored_chain(id) : copy->first;
}

VolcengineRefusal bad_live(std::string_view why) {
  return {.code = "InvalidParam", .message = std::string(why)};
}

const VolcengineRefusal kNotInAccount{
    .status = 403, .code = "RequestForbidden", .message = "The resource is not in this account."};

}  // namespace

VolcengineAnswer list_live(const World& world,
                           const VolcengineLive& live,
                           const VolcengineRequest& call,
                           SteadyTime at) {
  for (const char* needed : {"PageNum", "PageSize"}) {
    if (member(call.parameters, needed) == nullptr) return bad_live(needed);
  }
  const auto page = page_of(call.parameters, "PageNum", "PageSize");
  if (std::holds_alternative<VolcengineRefusal>(page)) return bad_live("PageNum or PageSize");
  const std::vector<const Domain*> all = domains_of(world, "live");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const EntryPtr entry = one->bound_at(at);
    items.push_back({{"Domain", one->name},
                     {"CNAME", one->cname},
                     {"Vhost", "push.example.com"},
                     {"PushDomain", one->origin},
                     {"Type", "pull-flv"},
                     {"Region", "cn"},
                     {"Status", one->online ? 0 : 2},
                     {"CnameCheck", 1},
                     {"DomainCheck", 0},
                     {"CertDomain", ""},
                     {"ChainID", entry ? chain_of(live, entry->id) : ""},
                     {"HTTP2", live.http2.contains(one->name)},
                     {"ProjectName", "default"}});
  }
  return Json{{"Total", all.size()}, {"DomainList", items.empty() ? Json() : items}};
}

/// All at once: nobody is known to need pages of it.
VolcengineAnswer list_copies(const World& world,
                             const VolcengineLive& live,
                             const VolcengineRequest& call,
                             SteadyTime at) {
  if (!call.parameters.empty()) return bad_live("only the whole list is emulated");
  std::map<std::string, std::pair<std::string, EntryPtr>> all;  // name and what is in it, by chain
  std::map<std::string, std::vector<std::string>> users;
  const std::map<std::int64_t, EntryPtr> entries = world.entries_at(at);
  for (const auto& [chain, copy] : live.copies) {
    const auto entry = entries.find(copy.id);
    if (copy.made_at <= at && entry != entries.end()) all[chain] = {copy.name, entry->second};
  }
  for (const Domain* domain : domains_of(world, "live")) {
    const EntryPtr entry = domain->bound_at(at);
    if (!entry) continue;
    const std::string chain = chain_of(live, entry->id);
    all.try_emplace(chain, "set by hand", entry);
    users[chain].push_back(domain->name);
  }
  Json items = Json::array();
  for (const auto& [chain, one] : all) {
    const auto& [name, entry] = one;
    const bool by_hand = !live.copies.contains(chain);
    items.push_back({{"ChainID", chain},
                     {"CertID", std::to_string(entry->id)},
                     {"ChainIDVolc", by_hand ? volcengine_id(entry->id).substr(5) : ""},
                     {"CertName", name},
                     {"CertDomainList", users[chain]},
                     {"ProjectName", "default"},
                     {"NotBefore", format_time(entry->pair.leaf.not_before)},
                     {"NotAfter", format_time(entry->pair.leaf.not_after)},
                     {"Status", entry->pair.leaf.not_after > world.now() ? "OK" : "Expire"}});
  }
  Json out = {{"Total", items.size()}};
  if (!items.empty()) out["CertList"] = items;
  return out;
}

VolcengineAnswer make_copy(World& world, VolcengineLive& live, const VolcengineRequest& call) {
  const Json* rsa = member(call.parameters, "Rsa");
  if (rsa == nullptr || !rsa->is_object()) return bad_live("Rsa");
  if (text_of(call.parameters, "UseWay") != "https") return bad_live("UseWay");
  const std::string name = text_of(call.parameters, "CertName");
  if (name.size() > 40) return bad_live("CertName");
  // Another use of it, to put one in the place of another, is not emulated.
  if (member(call.parameters, "ChainID") != nullptr) return bad_live("ChainID");
  auto pair = read_upload(world, text_of(*rsa, "Pubkey"), text_of(*rsa, "Prikey"));
  if (std::holds_alternative<VolcengineRefusal>(pair)) return bad_live("Pubkey or Prikey");
  auto& uploaded = std::get<UploadedPair>(pair);
  const auto same = same_as(world, uploaded);
  const std::int64_t id = same ? *same : world.upload(name, std::move(uploaded));
  std::string chain = volcengine_id(static_cast<std::int64_t>(live.next_copy++)).substr(5);
  chain.front() = 'a';
  live.copies[chain] = {.name = name, .id = id, .made_at = world.steady_now()};
  return Json{{"ChainID", chain}, {"Domain", ""}, {"UseWay", "https"}};
}

VolcengineAnswer bind_live(World& world, VolcengineLive& live, const VolcengineRequest& call) {
  const std::string chain = text_of(call.parameters, "ChainID");
  if (chain.empty() || text_of(call.parameters, "Domain").empty()) return bad_live("ChainID");
  if (!is_true(call.parameters, "HTTPS")) return bad_live("only HTTPS is emulated");
  const Json* http2 = member(call.parameters, "HTTP2");
  if (http2 != nullptr && !http2->is_boolean()) return bad_live("HTTP2");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "live") return kNotInAccount;
  std::optional<std::int64_t> id;
  if (const auto copy = live.copies.find(chain); copy != live.copies.end()) id = copy->second.id;
  for (const auto& [number, entry] : world.entries()) {
    if (!id && chain == chain_of(live, number)) id = number;
  }
  if (!id || !world.entries().contains(*id)) return kNotInAccount;
  if (!domain->online) return bad_live("the domain is disabled");
  if (world.bind(*id, call.domain) != Outcome::kDone) return bad_live("not for this domain");
  live.http2.erase(call.domain);
  if (is_true(call.parameters, "HTTP2")) live.http2.insert(call.domain);
  return Json();
}

VolcengineAnswer delete_copy(const World& world,
                             VolcengineLive& live,
                             const VolcengineRequest& call) {
  const auto copy = live.copies.find(text_of(call.parameters, "ChainID"));
  if (copy == live.copies.end()) return kNotInAccount;
  for (const Domain* domain : domains_of(world, "live")) {
    const EntryPtr entry = domain->bound();
    if (entry && chain_of(live, entry->id) == copy->first) return bad_live("it is bound");
  }
  live.copies.erase(copy);
  return Json();
}

}  // namespace certferry::sandbox::volcengine
