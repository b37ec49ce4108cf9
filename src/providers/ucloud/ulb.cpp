// ULB (load balancers of one region): HTTPS listeners of ALB, and VServers of the classic CLB.
//
// How a listener is a target. The names that its rules forward are its targets; where no rule names
// any, those that its certificates are for. ALB presents the certificate, of those added to the
// listener, that is for the name, and else the listener's default one; a VServer has one
// certificate at most. ULB keeps certificates of its own, so what goes there is copied from USSL
// once, under a name that says of which; all else goes by USSL's number.
//
// How a bind leaves no moment in which nothing is served. A certificate gives way to another in one
// call, and only to one that is for all names that it is needed for, since whoever is served by it
// is served by the other from then on; the classic CLB has no other way without a gap, and a
// VServer is bound in no other. At an ALB a default one that has to stay does, and the new one is
// added beside it. What cannot be done so is refused before anything is sent.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a list of certificates has their private keys: it is never quoted .. docs: describe_sslv2
//  - a name has 50 characters ........................................... docs: error_code, 4114
//  - of several certificates for one name the one that was bound last is presented, and no list
//    says which that was ........................................ docs:
//    alb/guide/listeners/certificates
//  - a listener takes a certificate once, and its default one is replaced and never removed
//  - a host of a rule is a regular expression unless it says otherwise ... docs: describe_rules
// API: https://docs.ucloud.cn/api/ulb-api/

#include "providers/ucloud/ulb.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "crypto/keys.h"
#include "crypto/pem.h"
#include "model/name.h"
#include "providers/common/each_place.h"
#include "providers/common/json_api.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kCopyPrefix = "certferry-";
constexpr std::size_t kFingerprintDigits = 16;
constexpr unsigned kItemsAPage = 100;
/// Each has a chain and a key in it.
constexpr unsigned kCertificatesAPage = 50;

std::string copy_name(const std::string& stored_id, const std::string& fingerprint) {
  return std::string(kCopyPrefix) + fingerprint.substr(0, kFingerprintDigits) + "-" + stored_id;
}

/// The number in USSL of what a copy of that name was made of, if it has that leaf, or shows none.
/// Anybody may call a certificate whatever he likes.
std::optional<std::string> copied_number(const std::string& name, const std::string& leaf) {
  if (!name.starts_with(kCopyPrefix)) return std::nullopt;
  const std::string rest = name.substr(kCopyPrefix.size());
  if (rest.size() < kFingerprintDigits + 2 || rest[kFingerprintDigits] != '-') return std::nullopt;
  const std::string number = rest.substr(kFingerprintDigits + 1);
  const bool digits = number.find_first_not_of("0123456789") == std::string::npos;
  const bool same = leaf.empty() || leaf.starts_with(rest.substr(0, kFingerprintDigits));
  return digits && same && number.front() != '0' ? std::optional(number) : std::nullopt;
}

/// The items of an array that may be missing where it is empty. Error `reply.shape`.
Result<Json> array_in(const Json& object, std::string_view key) {
  const Json* items = member(object, key);
  if (items == nullptr) return Json::array();
  if (items->is_array()) return *items;
  return std::unexpected(
      bad_shape("an entry of the list has no list '" + std::string(key) + "'", Effect::kReads));
}

bool is_true(const Json& object, std::string_view key) {
  const Json* value = member(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// As a rule has it: "Wildcard" lets .example.com stand for every name below it, and anything else
/// is a regular expression, of which those without any sign of one are names.
void add_host(const std::string& spelled,
              const std::string& mode,
              std::vector<std::string>& hosts,
              std::vector<std::string>& patterns) {
  const std::string name = canonical_of_spelled(spelled);
  const bool plain = canonical_name(spelled).has_value() && !spelled.starts_with("*");
  const bool is_name = mode == "Wildcard" ? canonical_name(name).has_value() : plain;
  std::vector<std::string>& into = is_name && !spelled.ends_with('.') ? hosts : patterns;
  if (std::ranges::find(into, spelled) == into.end()) into.push_back(spelled);
}

std::vector<std::string> names_in(const std::string& listed) {
  std::vector<std::string> names;
  for (const std::string& text : split(listed, ',')) {
    const Result<std::string> name = canonical_name(trim(text));
    if (name) names.push_back(*name);
  }
  return names;
}

Error not_there(const std::string& doing) {
  return Error(ErrorKind::kNotFound, "ULB has no such name at its listeners in this region")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

Error no_copy(const std::string& stored_id) {
  return Error(ErrorKind::kNotFound,
               "ULB has no copy of certificate " + printable(stored_id, 100) +
                   ", and what is in it is not here to make one of")
      .with_code("vendor.not_found");
}

Error would_take_away(const std::string& ssl_id, const std::string& doing) {
  return Error(ErrorKind::kRejected,
               "the listener has certificate " + printable(ssl_id, 60) +
                   ", which is for names that this one does not cover, and it would have to go")
      .with_code("vendor.rejected")
      .with_hint("take a certificate that covers all of its names, or change it in the console")
      .while_doing(doing);
}

/// Why nobody is served at that port as far as a probe can tell; empty: it can.
std::string out_of_sight(const std::string& port) {
  return port == "443" ? "" : "at port " + printable(port, 20) + ", where nobody looks";
}

/// What a name is set to by what its places are set to.
std::optional<std::string> together(const std::set<std::string>& each) {
  if (each.empty()) return std::nullopt;
  if (each.size() == 1 && *each.begin() == "none") return std::nullopt;
  if (each.size() == 1) return *each.begin();
  return printable(join(std::vector<std::string>(each.begin(), each.end()), " and "), 120);
}

}  // namespace

Result<UcloudUlb::Certificate> UcloudUlb::read_certificate(const Json& item,
                                                           const UcloudOriginals& originals) {
  TRY(std::string ssl_id, id_of(item, "SSLId", Effect::kReads));
  Certificate one{.ssl_id = std::move(ssl_id), .name = text_of(item, "SSLName")};
  const auto chain = read_certificates(text_of(item, "SSLContent"), "a certificate of ULB");
  std::string leaf;
  if (chain && !chain->empty()) {
    leaf = chain->front().fingerprint;
    one.dns_names = chain->front().dns_names;
    one.ip_addresses = chain->front().ip_addresses;
  } else {
    one.dns_names = names_in(text_of(item, "Domains") + "," + text_of(item, "DNSNames"));
  }
  const std::optional<std::string> copied = copied_number(one.name, leaf);
  const std::optional<std::string> number = copied ? copied : originals.number_of(leaf, one.name);
  one.stands_for = number.value_or("ulb:" + one.ssl_id);
  one.is_copy = copied.has_value();
  TRY(const Json relations, array_in(item, "Relations"));
  for (const Json& relation : relations) {
    one.users.push_back(words_of(relation, "LoadBalancerId") + "/" +
                        words_of(relation, "ListenerId") + " of ULB");
  }
  return one;
}

/// Nothing: it is not for HTTPS.
Result<std::optional<UcloudUlb::Listener>> UcloudUlb::read_listener(const Json& item,
                                                                    const std::string& balancer) {
  if (text_of(item, "ListenerProtocol") != "HTTPS") return std::nullopt;
  TRY(std::string id, id_of(item, "ListenerId", Effect::kReads));
  Listener listener{.balancer = balancer,
                    .id = std::move(id),
                    .why_not = out_of_sight(text_of(item, "ListenerPort"))};
  TRY(const Json certificates, array_in(item, "Certificates"));
  for (const Json& certificate : certificates) {
    TRY(std::string ssl_id, id_of(certificate, "SSLId", Effect::kReads));
    const bool is_default = is_true(certificate, "IsDefault") || certificates.size() == 1;
    if (is_default && !listener.fallback) {
      listener.fallback = std::move(ssl_id);
    } else {
      listener.others.push_back(std::move(ssl_id));
    }
  }
  TRY(const Json rules, array_in(item, "Rules"));
  for (const Json& rule : rules) {
    TRY(const Json conditions, array_in(rule, "RuleConditions"));
    for (const Json& condition : conditions) {
      const Json* host = member(condition, "HostConfig");
      if (text_of(condition, "Type") != "Host" || host == nullptr) continue;
      TRY(const Json values, array_in(*host, "Values"));
      for (const Json& value : values) {
        const std::string spelled = value.is_string() ? value.get<std::string>() : "";
        if (spelled.empty()) continue;
        add_host(spelled, text_of(*host, "MatchMode"), listener.hosts, listener.patterns);
      }
    }
  }
  return listener;
}

Result<std::optional<UcloudUlb::Listener>> UcloudUlb::read_vserver(const Json& item,
                                                                   const std::string& balancer) {
  if (text_of(item, "Protocol") != "HTTPS") return std::nullopt;
  TRY(std::string id, id_of(item, "VServerId", Effect::kReads));
  Listener listener{.balancer = balancer,
                    .id = std::move(id),
                    .classic = true,
                    .why_not = out_of_sight(text_of(item, "FrontendPort"))};
  TRY(const Json certificates, array_in(item, "SSLSet"));
  for (const Json& certificate : certificates) {
    TRY(std::string ssl_id, id_of(certificate, "SSLId", Effect::kReads));
    if (!listener.fallback) {
      listener.fallback = std::move(ssl_id);
    } else {
      listener.others.push_back(std::move(ssl_id));
    }
  }
  TRY(const Json policies, array_in(item, "PolicySet"));
  for (const Json& policy : policies) {
    const std::string match = text_of(policy, "Match");
    if (text_of(policy, "Type") != "Domain" || match.empty()) continue;
    add_host(match, text_of(policy, "DomainMatchMode"), listener.hosts, listener.patterns);
  }
  return listener;
}

bool UcloudUlb::is_for(const Certificates& all,
                       const std::string& ssl_id,
                       const std::string& name) {
  const auto found = all.find(ssl_id);
  return found != all.end() &&
         any_covers(found->second.dns_names, found->second.ip_addresses, name);
}

/// Which of a listener's certificates a client that asks for the name may be shown: none, one, or
/// several, of which nobody can tell the one.
std::vector<std::string> UcloudUlb::presented(const Listener& listener,
                                              const Certificates& all,
                                              const std::string& name) {
  std::vector<std::string> fitting;
  for (const std::string& ssl_id : listener.others) {
    if (is_for(all, ssl_id, name)) fitting.push_back(ssl_id);
  }
  if (fitting.empty() && listener.fallback && is_for(all, *listener.fallback, name)) {
    fitting.push_back(*listener.fallback);
  }
  return fitting;
}

std::vector<std::string> UcloudUlb::names_of(const Listener& listener, const Certificates& all) {
  if (!listener.hosts.empty()) return listener.hosts;
  std::vector<std::string> ids = listener.others;
  if (listener.fallback) ids.insert(ids.begin(), *listener.fallback);
  std::vector<std::string> names;
  for (const std::string& ssl_id : ids) {
    const auto found = all.find(ssl_id);
    if (found == all.end()) continue;
    for (const std::string& name : found->second.dns_names) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

/// The names for which a certificate at the listener is needed, as far as anybody can tell; nothing
/// where nobody can.
///
/// What was added from here was added for names of rules. What somebody else added may be for any
/// of its names, and so may the default one and that of a VServer, whoever put it there: it may
/// have taken the place of somebody else's, and the last rule forwards whatever no other does.
std::optional<std::vector<std::string>> UcloudUlb::needed_of(const Listener& listener,
                                                             const Certificates& all,
                                                             const std::string& ssl_id) {
  const auto found = all.find(ssl_id);
  if (found == all.end() || found->second.dns_names.empty()) return std::nullopt;
  std::vector<std::string> hosts;
  for (const std::string& spelled : listener.hosts) hosts.push_back(canonical_of_spelled(spelled));
  const bool named = !hosts.empty() && listener.patterns.empty() &&
                     std::ranges::none_of(hosts, [](const auto& one) { return one[0] == '*'; });
  const bool added = std::ranges::find(listener.others, ssl_id) != listener.others.end();
  if (!found->second.is_copy || !added || !named) return found->second.dns_names;
  std::erase_if(hosts, [&](const std::string& host) { return !is_for(all, ssl_id, host); });
  return hosts;
}

UcloudCall UcloudUlb::question(std::string_view action,
                               std::string doing,
                               UcloudParameters parameters) {
  parameters.emplace_back("Region", Secret(account_.region()));
  const bool answers_key = action == "DescribeSSLV2" || action == "DescribeVServer";
  return {.action = {.name = action, .answers_key = answers_key},
          .doing = std::move(doing),
          .parameters = std::move(parameters)};
}

Task<UcloudUlb::Certificates> UcloudUlb::certificates(std::string doing) {
  const UcloudOriginals originals = co_await ussl_.originals();
  UcloudList wanted =
      ucloud_offsets(question("DescribeSSLV2", doing, {}), "DataSet", kCertificatesAPage);
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  Certificates all;
  for (const Json& item : items) {
    Result<Certificate> one = read_certificate(item, originals);
    if (!one) throw std::move(one).error().while_doing(doing);
    const std::string ssl_id = one->ssl_id;
    all.insert_or_assign(ssl_id, *std::move(one));
  }
  co_return all;
}

Task<std::vector<UcloudUlb::Listener>> UcloudUlb::listeners(Listener place, std::string doing) {
  const char* action = place.classic ? "DescribeVServer" : "DescribeListeners";
  UcloudParameters parameters = {
      {place.classic ? "ULBId" : "LoadBalancerId", Secret(place.balancer)}};
  if (!place.id.empty()) {
    parameters.emplace_back(place.classic ? "VServerId" : "ListenerId", Secret(place.id));
  }
  UcloudList wanted = ucloud_offsets(question(action, doing, std::move(parameters)),
                                     place.classic ? "DataSet" : "Listeners",
                                     kItemsAPage);
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<Listener> all;
  for (const Json& item : items) {
    Result<std::optional<Listener>> one =
        place.classic ? read_vserver(item, place.balancer) : read_listener(item, place.balancer);
    if (!one) throw std::move(one).error().while_doing(doing);
    if (!*one) continue;
    if (!place.why_not.empty()) (*one)->why_not = place.why_not;
    all.push_back(**std::move(one));
  }
  co_return all;
}

Task<std::vector<UcloudUlb::Listener>> UcloudUlb::all_listeners(std::string doing) {
  std::vector<Listener> all;
  for (const bool classic : {false, true}) {
    UcloudParameters parameters;
    if (!classic) parameters.emplace_back("Type", Secret("Application"));
    const char* action = classic ? "DescribeULBSimple" : "DescribeLoadBalancers";
    UcloudList wanted = ucloud_offsets(question(action, doing, std::move(parameters)),
                                       classic ? "DataSet" : "LoadBalancers",
                                       kItemsAPage);
    const std::vector<Json> balancers = co_await account_.list(std::move(wanted));
    for (const Json& balancer : balancers) {
      Result<std::string> id =
          id_of(balancer, classic ? "ULBId" : "LoadBalancerId", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
      Listener place{.balancer = *std::move(id), .id = {}, .classic = classic};
      // As every product here says what its owner, or a debt, has switched off.
      if (text_of(balancer, "Status") == "Arrears") place.why_not = "offline";
      std::vector<Listener> here;
      try {
        here = co_await listeners(std::move(place), doing);
      } catch (const Error& error) {
        // It was deleted since the list of load balancers.
        if (error.kind != ErrorKind::kNotFound || error.vendor_code.empty()) throw;
      }
      for (Listener& one : here) all.push_back(std::move(one));
    }
  }
  co_return all;
}

Task<std::vector<Binding>> UcloudUlb::list() {
  const std::string doing = "listing the listeners of ULB at UCloud";
  if (account_.region().empty()) throw no_ucloud_region("ULB").while_doing(doing);
  const std::vector<Listener> found = co_await all_listeners(doing);
  std::vector<Binding> bindings;
  if (found.empty()) co_return bindings;
  const Certificates certificates = co_await this->certificates(doing);
  std::map<std::string, std::vector<Listener>> places;
  std::map<std::string, std::size_t> at;
  std::map<std::string, std::set<std::string>> set_to;
  const auto leave_alone = [&](const std::string& spelled, const std::string& why) {
    if (!at.emplace(to_lower(spelled), bindings.size()).second) return;
    bindings.push_back({.name = to_lower(spelled), .vendor_name = spelled, .status = why});
  };
  for (const Listener& one : found) {
    const std::vector<std::string> names = names_of(one, certificates);
    for (const std::string& spelled : names) {
      const std::string name = canonical_of_spelled(spelled);
      const bool serves = one.why_not.empty();
      const auto [place, first] = at.emplace(name, bindings.size());
      if (first) bindings.push_back({.name = name, .vendor_name = spelled});
      Binding& binding = bindings[place->second];
      // One that serves nobody is none that a bind goes to, unless there is no other.
      if (!serves && binding.online) continue;
      if (first || serves != binding.online) {
        binding.online = serves;
        binding.status = serves ? "online" : one.why_not;
        set_to[name].clear();
        places[name].clear();
      }
      const std::vector<std::string> ids = presented(one, certificates, name);
      if (ids.empty()) set_to[name].insert("none");
      for (const std::string& id : ids) set_to[name].insert(certificates.at(id).stands_for);
      if (serves) places[name].push_back(one);
    }
    for (const std::string& pattern : one.patterns) {
      leave_alone(pattern, "a pattern, which no certificate can be held to");
    }
    if (names.empty() && one.patterns.empty()) {
      leave_alone(one.balancer + "/" + one.id, "a listener without a name");
    }
  }
  for (Binding& binding : bindings) {
    const auto each = set_to.find(binding.name);
    if (each != set_to.end()) binding.stored_id = together(each->second);
  }
  places_ = std::move(places);
  co_return bindings;
}

Task<void> UcloudUlb::change(std::string_view action,
                             UcloudParameters parameters,
                             std::string doing) {
  UcloudCall order = question(action, std::move(doing), std::move(parameters));
  order.action = {.name = action, .effect = Effect::kChanges};
  (void)co_await account_.call(std::move(order));
}

Task<UcloudUlb::Certificate> UcloudUlb::make_copy(BindRequest request,
                                                  Secret key,
                                                  std::string doing) {
  if (request.bundle == nullptr || request.bundle->chain_pem.empty()) {
    throw no_copy(request.stored_id).while_doing(doing);
  }
  const auto [leaf, chain] = leaf_and_chain(request.bundle->chain_pem);
  const std::string copying =
      "copying certificate " + printable(request.stored_id, 100) + " to ULB at UCloud";
  Certificate made{.ssl_id = {},
                   .name = copy_name(request.stored_id, request.bundle->fingerprint()),
                   .stands_for = request.stored_id,
                   .is_copy = true,
                   .dns_names = request.bundle->leaf.dns_names,
                   .ip_addresses = request.bundle->leaf.ip_addresses,
                   .users = {}};
  UcloudCall order = question("CreateSSL",
                              copying,
                              {{"SSLName", Secret(made.name)},
                               {"SSLType", Secret("Pem")},
                               {"UserCert", Secret(std::string(leaf))},
                               {"PrivateKey", key}});
  if (!chain.empty()) order.parameters.emplace_back("CaCert", Secret(std::string(chain)));
  order.action = {.name = "CreateSSL", .effect = Effect::kChanges, .carried_key = true};
  const Json reply = co_await account_.call(std::move(order));
  Result<std::string> id = id_of(reply, "SSLId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(copying);
  made.ssl_id = *std::move(id);
  co_return made;
}

Task<bool> UcloudUlb::bind_at(
    Listener place, std::string name, Certificate wanted, Certificates all, std::string doing) {
  const std::vector<Listener> seen = co_await listeners(place, doing);
  const auto now = std::ranges::find(seen, place.id, &Listener::id);
  if (now == seen.end()) throw not_there(doing);
  const Listener& listener = *now;
  const auto gives_way = [&](const std::string& ssl_id) {
    const std::optional<std::vector<std::string>> needed = needed_of(listener, all, ssl_id);
    return needed && std::ranges::all_of(*needed, [&](const std::string& one) {
             return any_covers(wanted.dns_names, wanted.ip_addresses, one);
           });
  };
  const UcloudParameters at = {{"LoadBalancerId", Secret(listener.balancer)},
                               {"ListenerId", Secret(listener.id)}};
  const auto instead_of = [&](const std::string& ssl_id) {
    UcloudParameters parameters = at;
    parameters.emplace_back("OldSSLId", Secret(ssl_id));
    parameters.emplace_back("NewSSLId", Secret(wanted.ssl_id));
    return parameters;
  };

  if (listener.classic) {
    if (listener.fallback == wanted.ssl_id) co_return false;
    if (!listener.fallback) {
      co_await change("BindSSL",
                      {{"ULBId", Secret(listener.balancer)},
                       {"VServerId", Secret(listener.id)},
                       {"SSLId", Secret(wanted.ssl_id)}},
                      doing);
      co_return true;
    }
    if (!listener.others.empty() || !gives_way(*listener.fallback)) {
      throw would_take_away(*listener.fallback, doing);
    }
    co_await change("UpdateSSLBinding", instead_of(*listener.fallback), doing);
    co_return true;
  }

  std::vector<std::string> old = presented(listener, all, name);
  const bool by_name = !old.empty() && old.front() != listener.fallback;
  if (std::erase(old, wanted.ssl_id) > 0 && old.empty()) co_return false;
  const bool there = listener.fallback == wanted.ssl_id ||
                     std::ranges::find(listener.others, wanted.ssl_id) != listener.others.end();
  // The default one stays where it is for other names as well.
  if (old.empty() || (!by_name && !gives_way(old.front()))) {
    UcloudParameters parameters = at;
    parameters.emplace_back("SSLIds.0", Secret(wanted.ssl_id));
    co_await change("AddSSLBinding", std::move(parameters), doing);
    co_return true;
  }
  for (const std::string& ssl_id : old) {
    if (!gives_way(ssl_id)) throw would_take_away(ssl_id, doing);
  }
  if (!there) {
    const std::string first = old.front();
    old.erase(old.begin());
    co_await change("UpdateSSLBinding", instead_of(first), doing);
  }
  if (old.empty()) co_return true;
  UcloudParameters rest = at;
  for (std::size_t i = 0; i < old.size(); ++i) {
    rest.emplace_back("SSLIds." + std::to_string(i), Secret(old[i]));
  }
  try {
    co_await change("DeleteSSLBinding", std::move(rest), doing);
  } catch (Error& error) {
    if (there) throw;
    throw after_a_change(std::move(error), "it was put in the place of one of several");
  }
  co_return true;
}

Task<void> UcloudUlb::bind(BindRequest request) {
  const std::string doing = "pointing " + printable(request.binding.vendor_name, 100) +
                            " of ULB at UCloud at certificate " + printable(request.stored_id, 100);
  Secret key;
  if (request.bundle != nullptr && !request.bundle->key_pem.empty()) {
    Result<Secret> written = write_key(request.bundle->key_pem, KeyForm::kTraditional);
    if (!written) throw std::move(written).error().while_doing(doing);
    key = *std::move(written);
  }
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  const std::string name = canonical_of_spelled(request.binding.vendor_name);
  if (!places_.contains(name)) (void)co_await list();
  const std::vector<Listener> places = places_[name];
  if (places.empty()) throw not_there(doing);
  Certificates all = co_await certificates(doing);
  const auto copy = std::ranges::find_if(
      all, [&](const auto& one) { return one.second.stands_for == request.stored_id; });
  Certificate wanted;
  if (copy != all.end()) {
    wanted = copy->second;
  } else if (made_.contains(request.stored_id)) {
    wanted = made_[request.stored_id];  // its list lags
  } else {
    wanted = co_await make_copy(request, key, doing);
    made_[request.stored_id] = wanted;
  }
  all.insert_or_assign(wanted.ssl_id, wanted);
  try {
    const auto bind_one = [&](const Listener& place) {
      return bind_at(place, name, wanted, all, doing);
    };
    co_await bind_each_place(places, bind_one);
  } catch (const Error&) {
    made_.erase(request.stored_id);  // it may have been deleted again
    throw;
  }
}

Task<void> UcloudUlb::remove_copies(std::string stored_id) {
  const std::string doing =
      "deleting ULB's copy of certificate " + printable(stored_id, 100) + " at UCloud";
  const Certificates all = co_await certificates(doing);
  for (const auto& [ssl_id, one] : all) {
    if (one.stands_for == stored_id && !one.users.empty()) {
      throw still_used(stored_id, one.users).while_doing(doing);
    }
  }
  for (const auto& [ssl_id, one] : all) {
    // What only has the same leaf was not made by us.
    if (one.stands_for != stored_id || !one.is_copy) continue;
    made_.erase(stored_id);
    co_await change("DeleteSSL", {{"SSLId", Secret(ssl_id)}}, doing);
  }
}

}  // namespace certferry
