// ELB (load balancers, v3): HTTPS and TLS listeners of one region.
//
// How a listener is a target. It has a certificate for whom no other is meant, and others that are
// chosen by the name that a client asks for (SNI). What names those are stands beside a certificate
// (`domain`), or else in it: each is a target. A name that a wildcard of the others takes is none
// of the first one's. A bind puts a new certificate in the place of the one that serves the name,
// wherever the listener has that, in one update with all others kept; and since that one may serve
// more names there, a bundle that does not cover all of them is refused before anything is sent.
// Of the first one those count as well that are in it and that none of the others takes, whatever
// stands beside it: everybody else gets it. So every client gets what it got before, renewed. A
// name at several listeners is one target, which a bind brings to each of them; while they differ
// it is listed as set to "this and that". Whatever nobody can look at (QUIC, and names at no
// listener with port 443) or name is listed under its ids and left alone, so that nothing is
// deleted that it has. Which hosts a listener's rules know is not asked: they say where a request
// goes, once a certificate has been chosen without them.
//
// Certificates lie in a list of ELB's own, in each region and project. So a bundle that goes there
// is copied from SCM's into it, under a name that tells its id in SCM and its fingerprint, and for
// the same names as what it replaces: once for each set of names. Copies go when SCM's certificate
// does.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a certificate's list has what is in it, so that a copy is known by more than its name; and
//    private keys, as the account is set ................ docs: ListCertificates, private_key
//  - certificates chosen by name must have names beside them, and no name twice, but for one of
//    another kind of key ................................ docs: UpdateListener, sni_container_refs
//  - an update wants the first certificate also where only the others change ..... docs: the same
//  - 'all' enterprise projects are spelled in another way ................ docs: ListListeners
// API: https://support.huaweicloud.com/api-elb/ListListeners.html

#include "providers/huaweicloud/elb.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/pem.h"
#include "model/name.h"
#include "providers/common/each_place.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/common/still_bound.h"
#include "providers/common/together.h"

namespace certferry {

namespace {

using Json = nlohmann::json;
using Listener = HuaweiCloudElb::Listener;
using Own = HuaweiCloudElb::Own;
using Owns = HuaweiCloudElb::Owns;

constexpr HuaweiCloudAction kListBalancers{.permission = "elb:loadbalancers:list"};
constexpr HuaweiCloudAction kListListeners{.permission = "elb:listeners:list"};
constexpr HuaweiCloudAction kAskListener{.permission = "elb:listeners:get"};
constexpr HuaweiCloudAction kListOwn{.permission = "elb:certificates:list", .carried_key = true};
constexpr HuaweiCloudAction kCopy{
    .permission = "elb:certificates:create", .effect = Effect::kChanges, .carried_key = true};
constexpr HuaweiCloudAction kBind{.permission = "elb:listeners:put", .effect = Effect::kChanges};
constexpr HuaweiCloudAction kDelete{.permission = "elb:certificates:delete",
                                    .effect = Effect::kChanges};

constexpr std::string_view kNamePrefix = "certferry-";
constexpr std::string_view kOwnPrefix = "elb:";
constexpr const char* kListeners = "listeners";
constexpr std::int64_t kHttpsPort = 443;

/// "certferry-scs1600313391074-" and the fingerprint.
std::string copy_name(const std::string& stored_id, const std::string& fingerprint) {
  return std::string(kNamePrefix) + stored_id + "-" + fingerprint;
}

/// The id in SCM that a copy stands for; empty when its name is not of that form, or what is in it
/// is not what the name tells.
std::string stored_id_of(const std::string& name, const std::string& fingerprint) {
  if (!name.starts_with(kNamePrefix) || fingerprint.empty()) return {};
  const std::string id = name.substr(kNamePrefix.size(), name.rfind('-') - kNamePrefix.size());
  const bool usable = id.starts_with("scs") && id.size() > 3 &&
                      id.find_first_not_of("0123456789", 3) == std::string::npos;
  return usable && name == copy_name(id, fingerprint) ? id : std::string();
}

/// What is in a certificate, by its text: many entries of a list may have the same.
using ReadLeaves = std::map<std::string, std::optional<Certificate>>;

const std::optional<Certificate>& leaf_in(const std::string& pem, ReadLeaves& known) {
  const auto [leaf, first] = known.try_emplace(pem);
  if (first) {
    Result<std::vector<Certificate>> chain = read_certificates(pem, "a certificate in ELB's list");
    if (chain && !chain->empty()) leaf->second = std::move(chain->front());
  }
  return leaf->second;
}

/// Throws `reply.no_id`.
Own read_own(const Json& item, ReadLeaves& known) {
  Result<std::string> id = id_of(item, "id", Effect::kReads);
  if (!id) throw std::move(id).error();
  Own own{.id = *std::move(id), .name = text_of(item, "name"), .stored_id = {}, .names = {}};
  std::string fingerprint;
  if (const auto& leaf = leaf_in(text_of(item, "certificate"), known)) {
    fingerprint = leaf->fingerprint;
    own.inner = leaf->dns_names;
    own.algorithm = leaf->key.algorithm;
  }
  for (const std::string& part : split(text_of(item, "domain"), ',')) {
    const std::string spelled(trim(part));
    if (spelled.empty()) continue;
    own.names.insert(canonical_name(spelled).value_or(to_lower(spelled)));
  }
  own.names_are_set = !own.names.empty();
  if (!own.names_are_set) own.names.insert(own.inner.begin(), own.inner.end());
  own.stored_id = stored_id_of(own.name, fingerprint);
  if (own.stored_id.empty()) own.stored_id = std::string(kOwnPrefix) + own.id;
  return own;
}

/// Throws `reply.no_id`, `reply.shape`.
Listener read_listener(const Json& item) {
  Result<std::string> id = id_of(item, "id", Effect::kReads);
  if (!id) throw std::move(id).error();
  Result<std::optional<std::string>> fallback = reference_of(item, "default_tls_container_ref");
  if (!fallback) throw std::move(fallback).error();
  Listener out{.id = *std::move(id),
               .balancer = {},
               .protocol = text_of(item, "protocol"),
               .port = integer_of(item, "protocol_port").value_or(0),
               .fallback = fallback->value_or(""),
               .sni = {},
               .match = text_of(item, "sni_match_algo"),
               .settings = {}};
  if (out.id.contains(',')) throw bad_shape("a listener's id is none", Effect::kReads);
  const Json* owners = member(item, "loadbalancers");
  if (owners != nullptr && owners->is_array() && !owners->empty()) {
    out.balancer = text_of(owners->front(), "id");
  }
  const Json* refs = member(item, "sni_container_refs");
  if (refs != nullptr && !refs->is_array()) {
    throw bad_shape("'sni_container_refs' of a listener is no list", Effect::kReads);
  }
  for (const Json& ref : refs == nullptr ? Json::array() : *refs) {
    Result<std::string> one = id_of(Json{{"id", ref}}, "id", Effect::kReads);
    if (!one) throw std::move(one).error();
    out.sni.push_back(*std::move(one));
  }
  for (const char* key : {"client_ca_tls_container_ref",
                          "default_pool_id",
                          "enhance_l7policy_enable",
                          "gzip_enable",
                          "http2_enable",
                          "insert_headers",
                          "keepalive_timeout",
                          "name",
                          "protocol_port",
                          "security_policy_id",
                          "sni_match_algo",
                          "ssl_early_data_enable",
                          "tls_ciphers_policy"}) {
    const Json* value = member(item, key);
    if (value != nullptr) out.settings.emplace(out.id + "." + key, json_text(*value));
  }
  return out;
}

bool presents_certificates(const Listener& listener) {
  return !listener.fallback.empty() || !listener.sni.empty();
}

bool can_be_looked_at(const Listener& listener) {
  constexpr std::array<std::string_view, 3> kProtocols{"HTTPS", "TERMINATED_HTTPS", "TLS"};
  return std::ranges::find(kProtocols, listener.protocol) != kProtocols.end();
}

const Own* own_of(const Owns& owns, const std::string& id) {
  const auto found = owns.find(id);
  return found == owns.end() ? nullptr : &found->second;
}

/// Whether a wildcard of the certificates that are chosen by name takes it.
bool is_taken(const Listener& listener, const Owns& owns, const std::string& name) {
  for (const std::string& id : listener.sni) {
    const Own* own = own_of(owns, id);
    if (own == nullptr) continue;
    for (const std::string& pattern : own->names) {
      if (!pattern.starts_with("*.")) continue;
      if (name_covers(pattern, name)) return true;
      if (listener.match == "longest_suffix" && name.ends_with(pattern.substr(1))) return true;
    }
  }
  return false;
}

/// The certificates that a listener presents for each of its names.
std::map<std::string, std::vector<std::string>> names_at(const Listener& listener,
                                                         const Owns& owns) {
  std::map<std::string, std::vector<std::string>> out;
  for (const std::string& id : listener.sni) {
    const Own* own = own_of(owns, id);
    if (own == nullptr) continue;
    for (const std::string& name : own->names) out[name].push_back(id);
  }
  const Own* fallback = own_of(owns, listener.fallback);
  if (fallback == nullptr) return out;
  for (const std::string& name : fallback->names) {
    if (!out.contains(name) && !is_taken(listener, owns, name)) out[name] = {listener.fallback};
  }
  return out;
}

/// Of several the one that counts as the name's: ours, or else the first.
std::string main_of(const std::vector<std::string>& ids, const Owns& owns) {
  for (const std::string& id : ids) {
    const Own* own = own_of(owns, id);
    if (own != nullptr && !own->stored_id.starts_with(kOwnPrefix)) return own->stored_id;
  }
  const Own* own = own_of(owns, ids.front());
  return own == nullptr ? std::string(kOwnPrefix) + ids.front() : own->stored_id;
}

Error not_here(const std::string& what) {
  return Error(ErrorKind::kNotFound, what).with_code("vendor.not_found");
}

/// The names in a certificate for whom no other is meant that clients get it for, though others
/// stand beside it. A copy of ours is for those that it was made for: a renewal may leave one out.
std::set<std::string> reached_as_fallback(const Listener& listener,
                                          const Owns& owns,
                                          const Own& fallback) {
  std::set<std::string> out;
  if (!fallback.stored_id.starts_with(kOwnPrefix)) return out;
  for (const std::string& name : fallback.inner) {
    const auto is_for_it = [&](const std::string& id) {
      const Own* own = own_of(owns, id);
      return own != nullptr && own->names.contains(name);
    };
    if (std::ranges::any_of(listener.sni, is_for_it) || is_taken(listener, owns, name)) continue;
    out.insert(name);
  }
  return out;
}

/// Throws rejected when one of the names would not be covered.
void require_covered(const std::set<std::string>& names,
                     const std::vector<std::string>& dns_names,
                     const std::string& doing) {
  for (const std::string& name : names) {
    if (any_covers(dns_names, {}, name)) continue;
    throw Error(ErrorKind::kRejected,
                "what it has now serves " + printable(name, 80) +
                    " there as well, which this certificate does not cover")
        .with_code("vendor.rejected")
        .with_hint(
            "take a certificate that covers them all, or give each name a certificate of its own "
            "for SNI in the console of ELB")
        .while_doing(doing);
  }
}

}  // namespace

HuaweiCloudCall HuaweiCloudElb::call(HuaweiCloudAction action,
                                     std::string path,
                                     std::string doing) const {
  return {
      .service = HuaweiCloudService::kElb,
      .action = action,
      .doing = std::move(doing),
      .path = "/v3/" + url_encode(account_.project_id(HuaweiCloudService::kElb)) + "/elb/" + path};
}

Task<std::vector<Json>> HuaweiCloudElb::walk(HuaweiCloudCall call,
                                             std::string array,
                                             unsigned size) {
  const std::string project = account_.enterprise_project();
  call.query.emplace_back("enterprise_project_id", project == "all" ? "all_granted_eps" : project);
  call.query.emplace_back("limit", std::to_string(size));
  std::vector<Json> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    HuaweiCloudCall page = call;
    if (!walk.marker().empty()) page.query.emplace_back("marker", walk.marker());
    const Json reply = co_await account_.call(std::move(page));
    const Json* items = member(reply, array);
    const Json* info = member(reply, "page_info");
    if (items == nullptr || !items->is_array() || info == nullptr || !info->is_object()) {
      throw bad_shape("the answer has no list '" + array + "' or no 'page_info'", Effect::kReads)
          .while_doing(call.doing);
    }
    all.insert(all.end(), items->begin(), items->end());
    // A marker may stand behind the last item as well.
    const Result<bool> taken = walk.take(items->empty() ? "" : text_of(*info, "next_marker"));
    if (!taken) throw Error(taken.error()).while_doing(call.doing);
    more = *taken;
  }
  co_return all;
}

Task<std::map<std::string, HuaweiCloudElb::Balancer>> HuaweiCloudElb::balancers(std::string doing) {
  const std::vector<Json> items =
      co_await walk(call(kListBalancers, "loadbalancers", doing), "loadbalancers", 500);
  std::map<std::string, Balancer> all;
  for (const Json& item : items) {
    const Result<std::string> id = id_of(item, "id", Effect::kReads);
    if (!id) throw Error(id.error()).while_doing(doing);
    Balancer balancer;
    const Json* eips = member(item, "eips");
    if (eips != nullptr && eips->is_array() && eips->size() == 1) {
      balancer.address = canonical_ip(text_of(eips->front(), "eip_address")).value_or("");
    }
    const Json* up = member(item, "admin_state_up");
    const std::string status = words_of(item, "operating_status");
    if (up != nullptr && *up == false) {
      balancer.why_not = "offline";  // as every product here says it
    } else if (!status.empty() && status != "ONLINE") {
      balancer.why_not = to_lower(status);
    }
    all.emplace(*id, std::move(balancer));
  }
  co_return all;
}

Task<std::vector<Listener>> HuaweiCloudElb::listeners(std::string doing) {
  const std::vector<Json> items =
      co_await walk(call(kListListeners, "listeners", doing), "listeners", 500);
  std::vector<Listener> all;
  try {
    for (const Json& item : items) {
      Listener one = read_listener(item);
      if (presents_certificates(one)) all.push_back(std::move(one));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(doing));
  }
  co_return all;
}

Task<void> HuaweiCloudElb::read_certificates_anew(std::string doing) {
  HuaweiCloudCall question = call(kListOwn, "certificates", doing);
  question.query.emplace_back("type", "server");
  // A hundred with their chains are as much as an answer may hold with safety.
  const std::vector<Json> items = co_await walk(std::move(question), "certificates", 100);
  Owns all;
  ReadLeaves known;
  try {
    for (const Json& item : items) {
      Own own = read_own(item, known);
      all.emplace(own.id, std::move(own));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(doing));
  }
  owns_ = std::move(all);
}

Task<std::vector<Binding>> HuaweiCloudElb::list() {
  const std::string doing = "listing the listeners of ELB at Huawei Cloud";
  asked_ = true;
  looked_for_.clear();
  const std::map<std::string, Balancer> owners = co_await balancers(doing);
  const std::vector<Listener> all = co_await listeners(doing);
  co_await read_certificates_anew(doing);
  std::vector<Binding> bindings;
  std::map<std::string, std::size_t> at;  // by canonical name
  struct Places {
    std::vector<std::optional<std::string>> in_service;
    std::vector<std::optional<std::string>> others;
    std::set<std::string> addresses;
    bool seen = false;  ///< at a port where somebody looks
  };
  std::map<std::string, Places> places;
  const auto row = [&](const std::string& name) -> Binding& {
    const auto [place, first] = at.emplace(name, bindings.size());
    if (first) bindings.push_back({.name = name, .vendor_name = name});
    return bindings[place->second];
  };
  for (const Listener& listener : all) {
    const auto owner = owners.find(listener.balancer);
    // One that is in no list was made or deleted in between.
    const Balancer balancer =
        owner == owners.end() ? Balancer{.address = {}, .why_not = "unknown"} : owner->second;
    const auto names = names_at(listener, owns_);
    if (!can_be_looked_at(listener) || names.empty()) {
      Binding& one = row(listener.balancer + "/" + listener.id);
      one.status = can_be_looked_at(listener) ? "its certificates name nothing"
                                              : "a listener of " + printable(listener.protocol, 20);
      const bool by_name = listener.fallback.empty();
      one.stored_id = main_of({by_name ? listener.sni.front() : listener.fallback}, owns_);
      continue;
    }
    for (const auto& [name, ids] : names) {
      Binding& one = row(name);
      Places& of_name = places[name];
      if (!balancer.why_not.empty()) {
        of_name.others.emplace_back(main_of(ids, owns_));
        one.status = balancer.why_not;
        continue;
      }
      of_name.in_service.emplace_back(main_of(ids, owns_));
      of_name.addresses.insert(balancer.address);
      of_name.seen = of_name.seen || listener.port == kHttpsPort;
      std::string& where = one.settings[kListeners];
      where += (where.empty() ? "" : ",") + listener.id;
      one.settings.insert(listener.settings.begin(), listener.settings.end());
    }
  }
  for (Binding& one : bindings) {
    const auto found = places.find(one.name);
    if (found == places.end()) continue;
    const Places& of_name = found->second;
    const bool usable = canonical_name(one.name).has_value();
    one.online = of_name.seen && usable;
    one.stored_id = together(of_name.in_service.empty() ? of_name.others : of_name.in_service);
    if (of_name.in_service.empty()) continue;
    one.status = one.online ? "online" : usable ? "at no listener with port 443" : "no name";
    if (of_name.addresses.size() == 1) one.edge_name = *of_name.addresses.begin();
  }
  co_return bindings;
}

Task<Own> HuaweiCloudElb::make_copy(BindRequest request, Own in_place_of) {
  const std::string doing =
      "copying certificate " + printable(request.stored_id, 100) + " to ELB at Huawei Cloud";
  Own own{.id = {},
          .name = copy_name(request.stored_id, request.bundle->fingerprint()),
          .stored_id = request.stored_id,
          .names = in_place_of.names,
          .names_are_set = true,
          .inner = request.bundle->leaf.dns_names,
          .algorithm = request.bundle->leaf.key.algorithm};
  const std::vector<std::string> names(own.names.begin(), own.names.end());
  JsonBody inner;
  inner.text("name", own.name)
      .text("type", "server")
      .text("domain", join(names, ","))
      .text("certificate", request.bundle->chain_pem)
      .text("private_key", request.bundle->key_pem.reveal());
  if (account_.enterprise_project() != "all") {
    inner.text("enterprise_project_id", account_.enterprise_project());
  }
  JsonBody body;
  body.json("certificate", inner.take().reveal());
  HuaweiCloudCall order = call(kCopy, "certificates", doing);
  order.method = "POST";
  order.body = body.take();
  const Json reply = co_await account_.call(std::move(order));
  const Json* made = member(reply, "certificate");
  Result<std::string> id = id_of(made == nullptr ? Json() : *made, "id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  own.id = *std::move(id);
  co_return own;
}

Task<std::string> HuaweiCloudElb::copy_for(BindRequest request,
                                           Own in_place_of,
                                           std::set<std::string> reached,
                                           std::string doing) {
  const std::string wanted = request.stored_id;
  const auto fits = [&](const auto& one) {
    return one.second.stored_id == wanted && one.second.names == in_place_of.names;
  };
  auto copy = std::ranges::find_if(owns_, fits);
  if (copy == owns_.end() && !looked_for_.contains(wanted)) {
    co_await read_certificates_anew(doing);
    looked_for_.insert(wanted);
    copy = std::ranges::find_if(owns_, fits);
  }
  if (copy != owns_.end()) {
    require_covered(reached, copy->second.inner, doing);
    co_return copy->first;
  }
  if (wanted.starts_with(kOwnPrefix)) {
    // Somebody's own, which is for the names that it is for.
    const Own* own = own_of(owns_, wanted.substr(kOwnPrefix.size()));
    if (own == nullptr) {
      throw not_here("ELB has no certificate " + printable(wanted, 100) + " any more")
          .while_doing(std::move(doing));
    }
    require_covered(
        in_place_of.names, std::vector<std::string>(own->names.begin(), own->names.end()), doing);
    require_covered(reached, own->inner, doing);
    co_return own->id;
  }
  if (request.bundle == nullptr || request.bundle->chain_pem.empty()) {
    throw not_here("ELB has no copy of certificate " + printable(wanted, 100) +
                   " for these names, and what is in it is not here to make one of")
        .while_doing(std::move(doing));
  }
  require_covered(in_place_of.names, request.bundle->leaf.dns_names, doing);
  require_covered(reached, request.bundle->leaf.dns_names, doing);
  // One whose answer is lost has to be looked for.
  looked_for_.erase(wanted);
  Own made = co_await make_copy(std::move(request), std::move(in_place_of));
  looked_for_.insert(wanted);
  const std::string id = made.id;
  owns_.insert_or_assign(id, std::move(made));
  co_return id;
}

Task<std::optional<HuaweiCloudElb::Swap>> HuaweiCloudElb::plan(BindRequest request,
                                                               std::string listener,
                                                               std::string doing) {
  const HuaweiCloudCall question = call(kAskListener, "listeners/" + url_encode(listener), doing);
  const Json reply = co_await account_.call(question);
  const Json* found = member(reply, "listener");
  if (found == nullptr || text_of(*found, "id") != listener) {
    throw bad_shape("the answer is not about this listener", Effect::kReads).while_doing(doing);
  }
  Listener now;
  try {
    now = read_listener(*found);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(doing));
  }
  // Somebody else gave it a certificate since they were listed.
  std::vector<std::string> all = now.sni;
  if (!now.fallback.empty()) all.push_back(now.fallback);
  const auto is_known = [&](const std::string& id) { return owns_.contains(id); };
  if (!std::ranges::all_of(all, is_known)) co_await read_certificates_anew(doing);
  const auto names = names_at(now, owns_);
  const auto at = names.find(request.binding.name);
  if (at == names.end()) {
    throw not_here("the listener has no certificate for this name any more")
        .while_doing(std::move(doing));
  }
  const std::vector<std::string> ids = at->second;
  for (const std::string& id : ids) {
    if (owns_.at(id).stored_id == request.stored_id) co_return std::nullopt;
  }
  // One for each kind of key may serve the same name; the one of the same kind is replaced.
  std::vector<std::string> replaced = ids;
  if (ids.size() > 1) {
    KeyType::Algorithm wanted = KeyType::Algorithm::kOther;
    if (request.bundle) wanted = request.bundle->leaf.key.algorithm;
    for (const auto& [id, own] : owns_) {
      if (own.stored_id == request.stored_id) wanted = own.algorithm;
    }
    std::erase_if(replaced,
                  [&](const std::string& id) { return owns_.at(id).algorithm != wanted; });
    if (replaced.size() != 1 || wanted == KeyType::Algorithm::kOther) {
      throw Error(ErrorKind::kRejected,
                  "it has several certificates, and which of them has a key as this one cannot be "
                  "told")
          .with_code("vendor.two_certificates")
          .with_hint("set the certificate in the console of ELB once; renewals go by its key")
          .while_doing(std::move(doing));
    }
  }
  Swap swap{.listener = std::move(now), .from = replaced.front(), .to = {}};
  const Own in_place_of = owns_.at(swap.from);
  std::set<std::string> reached;
  if (swap.from == swap.listener.fallback) {
    reached = reached_as_fallback(swap.listener, owns_, in_place_of);
  }
  swap.to = co_await copy_for(std::move(request), in_place_of, std::move(reached), doing);
  co_return swap;
}

Task<bool> HuaweiCloudElb::carry_out(Swap swap, std::string doing) {
  const Listener& listener = swap.listener;
  const auto after = [&](const std::string& id) { return id == swap.from ? swap.to : id; };
  Json wanted = Json::object();
  if (!listener.fallback.empty()) wanted["default_tls_container_ref"] = after(listener.fallback);
  if (!listener.sni.empty()) {
    Json refs = Json::array();
    for (const std::string& id : listener.sni) refs.push_back(after(id));
    wanted["sni_container_refs"] = std::move(refs);
    if (!listener.match.empty()) wanted["sni_match_algo"] = listener.match;
  }
  HuaweiCloudCall order = call(kBind, "listeners/" + url_encode(listener.id), doing);
  order.method = "PUT";
  order.body = Secret(Json{{"listener", wanted}}.dump());
  const Json reply = co_await account_.call(std::move(order));
  const Json* changed = member(reply, "listener");
  if (changed == nullptr || text_of(*changed, "id") != listener.id) {
    throw bad_shape("the answer is not about this listener", Effect::kChanges)
        .while_doing(std::move(doing));
  }
  co_return true;
}

Task<BindDone> HuaweiCloudElb::bind(BindRequest request) {
  const std::string doing = "giving " + printable(request.binding.vendor_name, 100) +
                            " of ELB at Huawei Cloud certificate " +
                            printable(request.stored_id, 100);
  const auto listed = request.binding.settings.find(kListeners);
  if (listed == request.binding.settings.end()) {
    throw not_here("no list says which listener of ELB the name is of").while_doing(doing);
  }
  // What another bind puts into the same listener must not be taken out again; and as many as a
  // listener has names may come at once.
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing, minutes(5));
  if (owns_.empty()) co_await read_certificates_anew(doing);
  std::vector<Swap> swaps;
  for (const std::string& listener : split(listed->second, ',')) {
    std::optional<Swap> swap = co_await plan(request, listener, doing);
    if (swap) swaps.push_back(*std::move(swap));
  }
  const auto carry_out_one = [&](const Swap& swap) { return carry_out(swap, doing); };
  const bool sent = co_await bind_each_place(std::move(swaps), carry_out_one);
  co_return BindDone{.wrote_settings = sent};
}

Task<void> HuaweiCloudElb::remove_copies(std::string stored_id) {
  const std::string doing =
      "deleting the copies of certificate " + printable(stored_id, 100) + " in ELB at Huawei Cloud";
  const std::vector<Listener> all = co_await listeners(doing);
  co_await read_certificates_anew(doing);
  std::vector<std::string> copies;
  for (const auto& [id, own] : owns_) {
    if (own.stored_id == stored_id) copies.push_back(id);
  }
  for (const Listener& listener : all) {
    for (const std::string& id : copies) {
      const bool used =
          listener.fallback == id || std::ranges::find(listener.sni, id) != listener.sni.end();
      if (!used) continue;
      const std::vector<std::string> users = {"listener " + listener.id};
      throw still_used(stored_id, users).while_doing(doing);
    }
  }
  for (const std::string& id : copies) {
    HuaweiCloudCall order = call(kDelete, "certificates/" + url_encode(id), doing);
    order.method = "DELETE";
    co_await account_.call(std::move(order));
    owns_.erase(id);
  }
}

}  // namespace certferry
