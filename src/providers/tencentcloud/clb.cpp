// CLB (load balancers, CLB 2018-03-17): HTTPS listeners of one region.
//
// How a listener is a target. A listener with SNI has a certificate for each domain of its rules:
// each is a target. One without has a single certificate for all of them: each of its domains is a
// target all the same, and whoever binds one binds them all, so a bundle that does not cover every
// domain of the listener is refused before anything is sent. A domain at several listeners is one
// target, which a bind brings to each of them in turn; while they differ it is listed as set to
// "this and that". What has no name (TCP_SSL, QUIC, a listener without rules, a pattern) is listed
// under its ids and left alone, so that nothing is deleted that it has.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a listener or domain may have two certificates, of two keys; the one of the same key as what
//    is bound is replaced, and the other sent along ................. docs: MultiCertInfo
//  - what a bind leaves out of the certificate's block goes back to its default: how clients are
//    verified is read right before and sent along ................... docs: SSLMode's default
//  - the id of a bind's task is its RequestId ....................... docs: DescribeTaskStatus
//  - a load balancer takes one change at a time ..................... error code InvalidLBStatus
//  - listeners can be listed only load balancer by load balancer, without pages
//  - rules are one for each path: a domain comes several times ...... docs: RuleOutput
// API: https://cloud.tencent.com/document/api/214/30681

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/quotable.h"
#include "base/text.h"
#include "model/label.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/placed_names.h"
#include "providers/common/turn.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kClb{.id = "clb", .version = "2018-03-17"};
constexpr TencentAction kListBalancers{.service = &kClb, .name = "DescribeLoadBalancers"};
constexpr TencentAction kListListeners{.service = &kClb, .name = "DescribeListeners"};
constexpr TencentAction kAskTask{.service = &kClb, .name = "DescribeTaskStatus"};
constexpr TencentAction kBindListener{
    .service = &kClb, .name = "ModifyListener", .effect = Effect::kChanges};
constexpr TencentAction kBindDomain{
    .service = &kClb, .name = "ModifyDomainAttributes", .effect = Effect::kChanges};

/// A task takes seconds; it is looked at for a good minute.
constexpr int kLooksMost = 24;
constexpr milliseconds kBetweenLooks = seconds(3);

/// What a listener, or one domain of it, presents to its clients.
struct Certificates {
  std::vector<std::string> ids;  ///< of servers, the main one first
  std::string mode;              ///< "MUTUAL": clients are verified
  std::string verify;            ///< how strictly, then
  std::string client_ca;         ///< by which

  bool verifies_clients() const { return mode == "MUTUAL"; }
};

/// One place where a name has certificates.
struct Place {
  std::string balancer;
  std::string listener;
  std::string domain;  ///< as it is spelled there, where it has its own; empty: the listener's
};

/// A place as the list has it.
struct Seen {
  Place place;
  std::string spelled;
  Certificates certificates;
  std::string why_not;  ///< that it is no target; empty: it is one
  std::map<std::string, std::string> settings = {};
};

Certificates certificates_of(const Json& owner) {
  Certificates out;
  const Json* block = member(owner, "Certificate");
  if (block == nullptr) return out;
  out.mode = text_of(*block, "SSLMode");
  out.verify = text_of(*block, "SSLVerifyClient");
  out.client_ca = tencent_reference(*block, "CertCaId");
  if (std::string id = tencent_reference(*block, "CertId"); !id.empty()) out.ids.push_back(id);
  const Json* more = member(*block, "ExtCertIds");
  for (const Json& one : more != nullptr && more->is_array() ? *more : Json::array()) {
    const std::string id = tencent_reference(Json{{"id", one}}, "id");
    if (!id.empty() && std::ranges::find(out.ids, id) == out.ids.end()) out.ids.push_back(id);
  }
  return out;
}

std::vector<std::string> domains_of(const Json& rule) {
  std::vector<std::string> out;
  const Json* several = member(rule, "Domains");
  for (const Json& one : several != nullptr && several->is_array() ? *several : Json::array()) {
    if (one.is_string() && !one.get<std::string>().empty()) out.push_back(one.get<std::string>());
  }
  if (std::string one = text_of(rule, "Domain"); out.empty() && !one.empty()) out.push_back(one);
  return out;
}

/// Each domain of a listener with the first of its rules, in their order.
std::vector<std::pair<std::string, const Json*>> rules_of(const Json& listener) {
  std::vector<std::pair<std::string, const Json*>> out;
  std::set<std::string> known;
  const Json* rules = member(listener, "Rules");
  if (rules == nullptr || !rules->is_array()) return out;
  for (const Json& rule : *rules) {
    for (std::string& domain : domains_of(rule)) {
      if (known.insert(domain).second) out.emplace_back(std::move(domain), &rule);
    }
  }
  return out;
}

bool has_sni(const Json& listener) {
  return text_of(listener, "SniSwitch") == "1";
}

void add_settings(Seen& seen, const Json& from, const std::vector<std::string>& keys) {
  Binding collected;
  for (const std::string& key : keys) {
    list_tencent_setting(collected, seen.place.listener + "." + key, member(from, key));
  }
  seen.settings.merge(collected.settings);
}

void add_verification(Seen& seen) {
  const Certificates& has = seen.certificates;
  if (has.ids.empty()) {
    seen.settings.insert(kHttpsOff);
    return;
  }
  for (const auto& [key, value] : {std::pair("SSLMode", has.mode),
                                   std::pair("SSLVerifyClient", has.verify),
                                   std::pair("CertCaId", has.client_ca)}) {
    if (!value.empty()) seen.settings.emplace("https." + seen.place.listener + "." + key, value);
  }
}

/// All places of one listener that have a certificate of their own or share its own.
std::vector<Seen> places_of(const Json& listener, const Place& at) {
  std::vector<Seen> out;
  const std::string protocol = text_of(listener, "Protocol");
  if (protocol != "HTTPS" && protocol != "TCP_SSL" && protocol != "QUIC") return out;
  const auto rules = protocol == "HTTPS" ? rules_of(listener) : decltype(rules_of(listener)){};
  for (const auto& [domain, rule] : rules) {
    Seen seen{.place = at, .spelled = domain};
    if (has_sni(listener)) seen.place.domain = domain;
    seen.certificates = certificates_of(has_sni(listener) ? *rule : listener);
    if (!canonical_name(domain)) seen.why_not = "a pattern, which no certificate can be held to";
    out.push_back(std::move(seen));
  }
  // With SNI it has a certificate of its own no more.
  if (rules.empty() && !has_sni(listener)) {
    Seen seen{.place = at, .spelled = at.balancer + "/" + at.listener};
    seen.certificates = certificates_of(listener);
    seen.why_not = "a listener of " + printable(protocol, 20) + " without a name";
    out.push_back(std::move(seen));
  }
  for (Seen& seen : out) {
    add_verification(seen);
    add_settings(seen,
                 listener,
                 {"AttrFlags",
                  "DataCompressMode",
                  "KeepaliveEnable",
                  "ListenerName",
                  "MaxConn",
                  "MaxCps",
                  "Port",
                  "Scheduler",
                  "SessionExpireTime",
                  "SniSwitch"});
    const auto rule =
        std::ranges::find(rules, seen.spelled, [](const auto& one) { return one.first; });
    if (rule == rules.end()) continue;
    add_settings(seen,
                 *rule->second,
                 {"DefaultServer", "Domains", "ForwardType", "Http2", "HttpGzip", "QuicStatus"});
  }
  return out;
}

/// Whether the load balancer serves at all, and the vendor's reason if not.
std::string out_of_service(const Json& balancer) {
  const Json* flags = member(balancer, "AttributeFlags");
  const bool stopped = flags != nullptr && flags->is_array() &&
                       std::ranges::find(*flags, Json("Stop")) != flags->end();
  if (stopped) return "offline";  // as every product here says it
  if (text_of(balancer, "Isolation") == "1") return "isolated";
  return text_of(balancer, "Status") == "0" ? "being created" : "";
}

class TencentClb final : public TencentProduct {
 public:
  TencentClb(TencentAccount& account, TencentSsl& ssl, Sleeper* sleeper)
      : account_(account), ssl_(ssl), sleeper_(sleeper) {}

  std::string_view id() const override { return "clb"; }
  std::string_view name() const override { return "CLB"; }
  bool may_be_unopened() const override { return !listed_; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  std::string region() const {
    const std::string& region = account_.config().clb_region;
    return region.empty() ? "ap-guangzhou" : region;
  }
  /// `listener` empty: all of them.
  Task<std::vector<Json>> listeners(std::string balancer, std::string listener, std::string doing);
  Task<std::vector<Seen>> list_places(std::string doing);
  /// Of several certificates the one that counts as the name's: ours, or else the main one.
  Task<std::map<std::string, TencentKind>> kinds_of_pairs(std::vector<Seen> seen);
  /// Whether anything had to be sent.
  Task<bool> bind_place(BindRequest request, Place place);
  Task<Json> block_for(BindRequest request, Certificates has);
  Task<void> wait_for(std::string task, std::string doing);

  TencentAccount& account_;
  TencentSsl& ssl_;
  Sleeper* sleeper_;
  BindTurn turn_;
  std::map<std::string, std::vector<Place>> places_;  ///< by the canonical name
  bool listed_ = false;
};

Task<std::vector<Json>> TencentClb::listeners(std::string balancer,
                                              std::string listener,
                                              std::string doing) {
  Json parameters = {{"LoadBalancerId", balancer}};
  if (!listener.empty()) parameters["ListenerIds"] = Json::array({listener});
  TencentCall call{.action = kListListeners,
                   .doing = doing,
                   .body = tencent_body(parameters),
                   .region = region()};
  const Json reply = co_await account_.call(std::move(call));
  const std::optional<std::int64_t> count = integer_of(reply, "TotalCount");
  const Json* found = member(reply, "Listeners");
  const Json all = found == nullptr && count == 0 ? Json::array()
                   : found == nullptr             ? Json()
                                                  : *found;
  if (!all.is_array()) {
    throw bad_shape("the answer has no list 'Listeners'", Effect::kReads).while_doing(doing);
  }
  // It comes without pages; one that is shorter than it says would hide a certificate.
  if (count && !std::cmp_equal(*count, all.size())) {
    throw bad_paging("the list is not as long as it says").while_doing(doing);
  }
  co_return std::vector<Json>(all.begin(), all.end());
}

Task<std::vector<Seen>> TencentClb::list_places(std::string doing) {
  TencentList wanted{.action = kListBalancers,
                     .doing = doing,
                     .parameters = {{"Forward", 1}},
                     .items = "LoadBalancerSet",
                     .region = region()};
  const std::vector<Json> balancers = co_await account_.list(std::move(wanted));
  listed_ = true;
  std::vector<Seen> all;
  for (const Json& balancer : balancers) {
    Result<std::string> id = id_of(balancer, "LoadBalancerId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    std::vector<Json> rows;
    try {
      rows = co_await listeners(*id, "", doing);
    } catch (const Error& error) {
      // It was deleted since the list of load balancers.
      if (error.vendor_code != "InvalidParameter.LBIdNotFound") throw;
    }
    const std::string why = out_of_service(balancer);
    for (const Json& row : rows) {
      Result<std::string> listener = id_of(row, "ListenerId", Effect::kReads);
      if (!listener) throw std::move(listener).error().while_doing(doing);
      std::vector<Seen> here;
      try {
        here = places_of(row, {.balancer = *id, .listener = *listener});
      } catch (Error& error) {
        throw std::move(error).while_doing(doing);
      }
      for (Seen& one : here) {
        if (!why.empty()) one.why_not = why;
        all.push_back(std::move(one));
      }
    }
  }
  co_return all;
}

Task<std::map<std::string, TencentKind>> TencentClb::kinds_of_pairs(std::vector<Seen> seen) {
  std::set<std::string> ids;
  for (const Seen& one : seen) {
    if (one.certificates.ids.size() > 1) {
      ids.insert(one.certificates.ids.begin(), one.certificates.ids.end());
    }
  }
  std::vector<std::string> asked(ids.begin(), ids.end());
  co_return co_await ssl_.kinds_of(std::move(asked));
}

std::optional<std::string> main_of(const std::vector<std::string>& ids,
                                   const std::map<std::string, TencentKind>& kinds) {
  if (ids.empty()) return std::nullopt;
  const auto ours = std::ranges::find_if(ids, [&](const std::string& id) {
    const auto kind = kinds.find(id);
    return ids.size() > 1 && kind != kinds.end() && fingerprint_in_label(kind->second.label);
  });
  return ours == ids.end() ? ids.front() : *ours;
}

Task<std::vector<TencentDomain>> TencentClb::list() {
  const std::string doing = "listing the listeners of CLB at Tencent Cloud";
  const std::vector<Seen> seen = co_await list_places(doing);
  const std::map<std::string, TencentKind> kinds = co_await kinds_of_pairs(seen);
  std::vector<ListedPlace<Place>> listed;
  for (const Seen& one : seen) {
    listed.push_back({.place = one.place,
                      .name = tencent_name(one.spelled),
                      .spelled = one.spelled,
                      .stored_id = main_of(one.certificates.ids, kinds),
                      .certificates = one.certificates.ids,
                      .why_not = one.why_not,
                      .settings = one.settings});
  }
  std::vector<TencentDomain> all;
  std::map<std::string, std::vector<Place>> places;
  for (PlacedName<Place>& one : gather_names(std::move(listed))) {
    places[one.binding.name] = std::move(one.places);
    all.push_back({.binding = std::move(one.binding), .certificates = std::move(one.certificates)});
  }
  places_ = std::move(places);
  co_return all;
}

/// The block that takes the certificate there and leaves all else as it is.
Task<Json> TencentClb::block_for(BindRequest request, Certificates has) {
  const std::string doing = tencent_binding(request, name());
  if (has.verifies_clients() && has.client_ca.empty()) {
    throw Error(ErrorKind::kRejected,
                "the listener verifies its clients, by a certificate that CLB does not name")
        .with_code("vendor.client_certificate")
        .with_hint("a bind would take that away: set the certificate in the console of CLB")
        .while_doing(doing);
  }
  Json block = {{"SSLMode", has.mode.empty() ? "UNIDIRECTIONAL" : has.mode}};
  if (has.verifies_clients() && !has.verify.empty()) block["SSLVerifyClient"] = has.verify;
  if (has.ids.size() < 2) {
    block["CertId"] = request.stored_id;
    if (has.verifies_clients()) block["CertCaId"] = has.client_ca;
    co_return Json{{"Certificate", block}};
  }
  std::vector<std::string> asked = has.ids;
  asked.push_back(request.stored_id);
  std::map<std::string, TencentKind> kinds = co_await ssl_.kinds_of(std::move(asked));
  // On the way back to a certificate of somebody else's, its key is known to the store alone.
  const KeyType::Algorithm wanted =
      request.bundle ? request.bundle->leaf.key.algorithm : kinds[request.stored_id].algorithm;
  Json set = Json::array({{{"CertId", request.stored_id}}});
  std::size_t replaced = 0;
  for (const std::string& id : has.ids) {
    if (wanted != KeyType::Algorithm::kOther && kinds[id].algorithm == wanted) {
      ++replaced;
    } else {
      set.push_back({{"CertId", id}});
    }
  }
  if (replaced != 1) {
    throw Error(
        ErrorKind::kRejected,
        "it has several certificates, and which of them has a key as this one cannot be told")
        .with_code("vendor.two_certificates")
        .with_hint("set the certificate in the console of CLB once; renewals go by its key")
        .while_doing(doing);
  }
  if (has.verifies_clients()) set.push_back({{"CertId", has.client_ca}});
  block["CertList"] = std::move(set);
  co_return Json{{"MultiCertInfo", block}};
}

Task<void> TencentClb::wait_for(std::string task, std::string doing) {
  const Json parameters = {{"TaskId", task}};
  for (int look = 0; look < (sleeper_ == nullptr ? 1 : kLooksMost); ++look) {
    if (look > 0) co_await sleeper_->sleep(kBetweenLooks);
    Json reply;
    try {
      TencentCall call{
          .action = kAskTask, .doing = doing, .body = tencent_body(parameters), .region = region()};
      reply = co_await account_.call(std::move(call));
    } catch (const Error& error) {
      // The change was taken; that its outcome could not be read says nothing of it.
      if (error.kind == ErrorKind::kCancelled) throw;
      continue;
    }
    const std::string status = text_of(reply, "Status");
    if (status == "0") co_return;
    if (status != "1") continue;
    throw Error(ErrorKind::kRejected, "the task that was to set the certificate failed")
        .with_code("vendor.rejected")
        .with_vendor("Status 1", quotable(text_of(reply, "Message")))
        .while_doing(doing);
  }
}

Error not_there(std::string doing) {
  return Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(std::move(doing));
}

/// Whoever binds a listener without SNI binds all of its domains.
void check_all_covered(const BindRequest& request, const Json& listener, const std::string& doing) {
  if (!request.bundle) return;  // the way back to what it had
  std::vector<std::string> domains;
  for (const auto& [domain, rule] : rules_of(listener)) domains.push_back(domain);
  const std::optional<std::string> other = first_uncovered(request.bundle->leaf, domains);
  if (!other) return;
  throw Error(ErrorKind::kRejected,
              "the listener has one certificate for all of its domains, and this one does not "
              "cover " +
                  printable(*other, 80))
      .with_code("vendor.rejected")
      .with_hint("switch SNI on for the listener, or take a certificate that covers them all")
      .while_doing(doing);
}

Task<bool> TencentClb::bind_place(BindRequest request, Place place) {
  const std::string doing = tencent_binding(request, name());
  const std::vector<Json> rows = co_await listeners(place.balancer, place.listener, doing);
  const auto row = std::ranges::find_if(
      rows, [&](const Json& one) { return text_of(one, "ListenerId") == place.listener; });
  if (row == rows.end()) throw not_there(doing);
  const Json* owner = &*row;
  const auto rules = rules_of(*row);
  if (place.domain.empty() != !has_sni(*row)) throw not_there(doing);
  if (!place.domain.empty()) {
    const auto rule =
        std::ranges::find(rules, place.domain, [](const auto& one) { return one.first; });
    if (rule == rules.end()) throw not_there(doing);
    owner = rule->second;
  } else {
    check_all_covered(request, *row, doing);
  }
  Certificates has;
  try {
    has = certificates_of(*owner);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  if (std::ranges::find(has.ids, request.stored_id) != has.ids.end()) co_return false;
  Json order = co_await block_for(request, has);
  order["LoadBalancerId"] = place.balancer;
  order["ListenerId"] = place.listener;
  if (!place.domain.empty()) order["Domain"] = place.domain;
  TencentCall call{.action = place.domain.empty() ? kBindListener : kBindDomain,
                   .doing = doing,
                   .body = tencent_body(order),
                   .region = region()};
  const Json reply = co_await account_.call(std::move(call));
  co_await wait_for(text_of(reply, "RequestId"), doing);
  co_return true;
}

Task<BindDone> TencentClb::bind(BindRequest request) {
  const std::string doing = tencent_binding(request, name());
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  const std::string wanted = tencent_name(request.binding.vendor_name);
  if (!places_.contains(wanted)) (void)co_await list();
  const std::vector<Place> places = places_[wanted];
  if (places.empty()) throw not_there(doing);
  bool sent = false;
  for (const Place& place : places) {
    try {
      const bool now = co_await bind_place(request, place);
      sent = sent || now;
    } catch (Error& error) {
      if (!sent) throw;
      throw stopped_halfway(std::move(error));
    }
  }
  co_return BindDone{.wrote_settings = sent};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_clb(TencentAccount& account,
                                                 TencentSsl& ssl,
                                                 Sleeper* sleeper) {
  return std::make_unique<TencentClb>(account, ssl, sleeper);
}

}  // namespace certferry
