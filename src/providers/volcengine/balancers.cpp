// CLB (clb 2020-04-01) and ALB (alb 2020-04-01): load balancers of one region, their listeners, and
// the certificates of the certificate centre that these present.
//
// How a listener is a target. A domain with an extension of its own has a certificate of its own:
// each is a target. The other domains of its rules are served by a wildcard's extension, or else by
// the listener's own certificate: each is a target all the same, and whoever binds one binds them
// all, so a bundle that does not cover every one of them is refused before anything is sent. What
// no rule names is forwarded as well, to the listener's own server group, and is served by its own
// certificate: one that somebody else set there gives way only to one that is for all of its names.
// A domain at several listeners is one target, which a bind brings to each of them in turn; while
// they differ it is listed as set to "this and that". What has no name (a listener without rules,
// an extension or a rule with a pattern) is listed under what there is and left alone, so that
// nothing is deleted that it has.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - all calls are GET, also those that change something ... SDK: HTTPMethod of every operation
//  - there are three stores of certificates, with ids that look alike: which one an id is of stands
//    beside it ............................................ docs: CertificateSource
//  - a list may leave out what only the listener itself says .... terraform: listeners
//  - a change is done when the listener is Active again, and its load balancer takes one at a time
//    ...................................................... terraform: LockId, ExtraRefresh
// API: https://www.volcengine.com/docs/6406/71778, https://www.volcengine.com/docs/6767/113683

#include "providers/volcengine/balancers.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "model/label.h"
#include "model/name.h"
#include "providers/common/each_place.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;
using Place = VolcenginePlace;
using Listed = ListedPlace<Place>;

/// A change takes seconds; it is looked at for a good minute.
constexpr int kLooksMost = 24;
constexpr milliseconds kBetweenLooks = seconds(3);
constexpr std::string_view kHttps = "HTTPS";
/// The one that the edge is looked at by.
constexpr std::string_view kHttpsPort = "443";

/// The certificates that a listener, or one extension of it, names.
struct Held {
  std::optional<std::string> counts;  ///< what it presents: an id of the centre, or no id
  std::vector<std::string> all;       ///< also those of a source that is not in force
};

Result<Held> held_by(const Json& owner, const VolcengineBalancerKind& kind) {
  const std::string source = words_of(owner, "CertificateSource");
  TRY(std::optional<std::string> center, reference_of(owner, "CertCenterCertificateId"));
  TRY(std::optional<std::string> own, reference_of(owner, "CertificateId"));
  TRY(std::optional<std::string> leaf, reference_of(owner, "PcaLeafCertificateId"));
  Held held;
  for (const auto& one : {center, own, leaf}) {
    if (one) held.all.push_back(*one);
  }
  if (center && (source.empty() || source == kVolcengineCenter)) {
    held.counts = std::move(center);
    return held;
  }
  // Another store has ids of its own, which must not look like the centre's.
  const std::optional<std::string>& other = source == "pca_leaf" ? leaf : own;
  const std::string store = source.empty() ? std::string(kind.id) : source;
  if (other) {
    held.counts = *other + "-" + store;
  } else if (!source.empty()) {
    held.counts = "unknown-" + store;
  }
  return held;
}

/// What presents a certificate: an extension of a listener, or itself to all names without one.
struct Part {
  std::string id;       ///< of the extension; empty: the listener itself
  std::string spelled;  ///< its domain
  std::string name;     ///< the same, canonical; empty: none that a certificate can be held to
  Held held;

  bool is_for_several() const { return id.empty() || name.starts_with('*'); }
};

struct Parts {
  Part own;
  std::vector<Part> extensions;
};

Result<Parts> parts_of(const Json& listener, const VolcengineBalancerKind& kind) {
  TRY(Held own, held_by(listener, kind));
  Parts parts{.own = {.id = {}, .spelled = {}, .name = {}, .held = std::move(own)},
              .extensions = {}};
  const Json* extensions = member(listener, "DomainExtensions");
  if (extensions == nullptr) return parts;
  if (!extensions->is_array()) {
    return std::unexpected(bad_shape("'DomainExtensions' is no list", Effect::kReads));
  }
  for (const Json& one : *extensions) {
    TRY(Held held, held_by(one, kind));
    Part part{.id = text_of(one, "DomainExtensionId"),
              .spelled = text_of(one, "Domain"),
              .name = {},
              .held = std::move(held)};
    if (part.id.empty()) {
      return std::unexpected(bad_shape("an extension has no id", Effect::kReads));
    }
    if (Result<std::string> name = canonical_name(part.spelled)) part.name = *std::move(name);
    parts.extensions.push_back(std::move(part));
  }
  return parts;
}

/// What serves a domain of the rules: its own extension, or a wildcard's, or the listener itself.
const Part& part_for(const Parts& parts, const std::string& domain) {
  const std::string name = canonical_of_spelled(domain);
  const auto& all = parts.extensions;
  const auto its = std::ranges::find(all, name, &Part::name);
  if (its != all.end()) return *its;
  const auto wider = std::ranges::find_if(
      all, [&](const Part& one) { return !one.name.empty() && name_covers(one.name, name); });
  return wider == all.end() ? parts.own : *wider;
}

/// All domains that would get the certificate of that part.
std::vector<std::string> domains_of(const Parts& parts,
                                    const Part& part,
                                    const std::vector<std::string>& ruled) {
  std::vector<std::string> domains;
  if (!part.id.empty()) domains.push_back(part.spelled);
  std::ranges::copy_if(ruled, std::back_inserter(domains), [&](const std::string& one) {
    return &part_for(parts, one) == &part;
  });
  return domains;
}

/// Why nobody is served from a listener or a load balancer; empty: somebody is. The engine's word
/// for what its owner has switched off is "offline".
std::string idle(const Json& one) {
  std::string words = words_of(one, "Status");
  const std::string status = to_lower(words);
  if (text_of(one, "Enabled") == "off" || status == "inactive" || status == "disabled") {
    return "offline";
  }
  if (status.empty()) return "without a status";
  for (const char* part : {"creat", "delet", "fail", "lock"}) {
    if (status.contains(part)) return words;
  }
  std::string business = words_of(one, "BusinessStatus");
  if (business == "Normal") business.clear();
  return business;
}

bool is_active(std::string_view status) {
  return status == "Active";
}

/// A domain at the part that serves it. One that is spelled as nothing that a certificate can be
/// held to is no target.
Listed place_of(const Part& part, const std::string& spelled, Place at) {
  at.extension = part.id;
  Listed place{.place = std::move(at),
               .name = canonical_of_spelled(spelled),
               .spelled = spelled,
               .stored_id = part.held.counts,
               .certificates = part.held.all};
  if (!canonical_name(spelled)) place.why_not = "no name that a certificate can be held to";
  return place;
}

/// A list of ids in one order, whichever it was given in.
Json in_order(const Json& value) {
  if (!value.is_array()) return value;
  std::vector<Json> items(value.begin(), value.end());
  std::ranges::sort(items);
  return items;
}

/// All places of one listener that have a certificate of their own or share its own.
Result<std::vector<Listed>> places_of(const Json& listener,
                                      const std::vector<std::string>& ruled,
                                      const Place& at,
                                      const VolcengineBalancerKind& kind) {
  TRY(Parts parts, parts_of(listener, kind));
  const std::string id = at.balancer + "/" + at.listener;
  std::vector<Listed> places;
  for (const Part& one : parts.extensions) {
    places.push_back(place_of(one, one.spelled.empty() ? id + "/" + one.id : one.spelled, at));
  }
  bool named = false;
  for (const std::string& domain : ruled) {
    const Part& part = part_for(parts, domain);
    named = named || part.id.empty();
    if (part.name != canonical_of_spelled(domain)) places.push_back(place_of(part, domain, at));
  }
  if (!named && parts.own.held.counts) places.push_back(place_of(parts.own, id, at));
  const std::string why = idle(listener);
  const std::string protocol = words_of(listener, "Protocol");
  const std::string port = words_of(listener, "Port");
  const std::string status = words_of(listener, "Status");
  for (Listed& one : places) {
    if (port != kHttpsPort) one.why_not = "at port " + port + ", where nobody looks";
    if (protocol != kHttps) one.why_not = "a listener of " + protocol;
    if (!why.empty()) one.why_not = why;
    if (!is_active(status)) one.status = "online, " + status;
    for (const std::string_view key : kind.settings) {
      const Json* value = member(listener, key);
      if (value == nullptr) continue;
      one.settings.emplace(at.listener + "." + std::string(key), json_text(in_order(*value)));
    }
  }
  return places;
}

/// The part of the listener as it was listed; null: it has that no more, or under another name.
Result<const Part*> part_at(const Json& listener,
                            const Parts& parts,
                            const Place& place,
                            const std::string& name) {
  if (text_of(listener, "ListenerId") != place.listener) {
    return std::unexpected(
        bad_shape("the answer is not of the listener asked for", Effect::kReads));
  }
  if (place.extension.empty()) return &parts.own;
  const auto found = std::ranges::find(parts.extensions, place.extension, &Part::id);
  const bool same = found != parts.extensions.end() && !found->name.empty() &&
                    (found->name == name || name_covers(found->name, name));
  return same ? &*found : nullptr;
}

/// The domains of one rule; none: it is for all names. ALB's standard edition has them among the
/// rule's conditions.
Result<std::vector<std::string>> domains_of_rule(const Json& rule) {
  std::vector<std::string> domains;
  const std::string one = text_of(rule, "Domain");
  if (!one.empty()) domains.push_back(one);
  const Json* conditions = member(rule, "RuleConditions");
  if (conditions == nullptr) return domains;
  if (!conditions->is_array()) {
    return std::unexpected(bad_shape("'RuleConditions' is no list", Effect::kReads));
  }
  for (const Json& condition : *conditions) {
    const Json* host = member(condition, "HostConfig");
    if (to_lower(text_of(condition, "Type")) != "host" || host == nullptr) continue;
    const Json* values = member(*host, "Values");
    if (values == nullptr) continue;
    if (!values->is_array()) {
      return std::unexpected(bad_shape("a rule's hosts are no list", Effect::kReads));
    }
    for (const Json& value : *values) {
      if (!value.is_string()) {
        return std::unexpected(bad_shape("a rule's host is no text", Effect::kReads));
      }
      if (!value.get<std::string>().empty()) domains.push_back(value.get<std::string>());
    }
  }
  return domains;
}

Error not_there(std::string_view name, const std::string& doing) {
  return Error(ErrorKind::kNotFound, std::string(name) + " has no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

bool is_gone(const Error& error) {
  return error.kind == ErrorKind::kNotFound && !error.vendor_code.empty();
}

/// Before anything was sent to a listener that serves other names by the same certificate.
Error would_cut_off(std::string what, const std::string& hint, const std::string& doing) {
  return Error(ErrorKind::kRejected, std::move(what))
      .with_code("vendor.rejected")
      .with_hint(hint)
      .while_doing(doing);
}

}  // namespace

VolcengineBalancers::VolcengineBalancers(const VolcengineBalancerKind& kind,
                                         VolcengineAccount& account,
                                         VolcengineCenter& center,
                                         std::string region,
                                         Sleeper* sleeper)
    : kind_(kind),
      account_(account),
      center_(center),
      region_(region.empty() ? "cn-beijing" : std::move(region)),
      service_{.site = &kVolcengineSite,
               .id = kind.id,
               .host = "open",
               .region = region_,
               .version = "2020-04-01"},
      sleeper_(sleeper) {}

VolcengineAction VolcengineBalancers::action(std::string_view name, Effect effect) const {
  return {.service = &service_, .name = name, .effect = effect, .method = "GET"};
}

Task<Json> VolcengineBalancers::ask_listener(std::string listener, std::string doing) {
  VolcengineCall question{.action = action("DescribeListenerAttributes"),
                          .doing = std::move(doing),
                          .query = {{"ListenerId", listener}}};
  co_return co_await account_.call(std::move(question));
}

Task<std::vector<std::string>> VolcengineBalancers::ask_rules(std::string listener,
                                                              std::string doing) {
  VolcengineCall question{
      .action = action("DescribeRules"), .doing = doing, .query = {{"ListenerId", listener}}};
  const Json result = co_await account_.call(std::move(question));
  const Json* rules = member(result, "Rules");
  std::vector<std::string> domains;
  if (rules == nullptr && result.is_object()) co_return domains;
  if (rules == nullptr || !rules->is_array()) {
    throw bad_shape("the answer has no list 'Rules'", Effect::kReads).while_doing(doing);
  }
  for (const Json& rule : *rules) {
    Result<std::vector<std::string>> its = domains_of_rule(rule);
    if (!its) throw std::move(its).error().while_doing(doing);
    for (std::string& domain : *its) {
      // Rules are one for each path.
      const bool known = std::ranges::find(domains, domain) != domains.end();
      if (!known) domains.push_back(std::move(domain));
    }
  }
  co_return domains;
}

Task<std::vector<Listed>> VolcengineBalancers::list_listener(Json row,
                                                             std::string balancer,
                                                             std::string doing) {
  Result<std::string> id = id_of(row, "ListenerId", Effect::kReads);
  if (!id) throw std::move(id).error().while_doing(doing);
  std::vector<std::string> ruled;
  if (text_of(row, "Protocol") == kHttps) {
    try {
      if (!row.contains("DomainExtensions")) row = co_await ask_listener(*id, doing);
      ruled = co_await ask_rules(*id, doing);
    } catch (const Error& error) {
      // It was deleted since the list of listeners.
      if (!is_gone(error)) throw;
      co_return std::vector<Listed>();
    }
  }
  const Place at{.balancer = std::move(balancer), .listener = *id, .extension = {}};
  Result<std::vector<Listed>> places = places_of(row, ruled, at, kind_);
  if (!places) throw std::move(places).error().while_doing(doing);
  co_return *std::move(places);
}

Task<std::vector<Listed>> VolcengineBalancers::list_balancer(Json balancer, std::string doing) {
  Result<std::string> id = id_of(balancer, "LoadBalancerId", Effect::kReads);
  if (!id) throw std::move(id).error().while_doing(doing);
  VolcengineList wanted{.action = action("DescribeListeners"),
                        .doing = doing,
                        .parameters = {{"LoadBalancerId", *id}},
                        .page = "PageNumber",
                        .size = "PageSize",
                        .items = "Listeners",
                        .count = "TotalCount"};
  std::vector<Json> rows;
  try {
    rows = co_await account_.list(std::move(wanted));
  } catch (const Error& error) {
    if (!is_gone(error)) throw;  // it was deleted since the list of load balancers
  }
  const std::string why = idle(balancer);
  std::vector<Listed> all;
  for (const Json& row : rows) {
    std::vector<Listed> places = co_await list_listener(row, *id, doing);
    for (Listed& one : places) {
      if (!why.empty()) one.why_not = why;
      all.push_back(std::move(one));
    }
  }
  co_return all;
}

Task<std::vector<VolcengineBalancers::Name>> VolcengineBalancers::list() {
  const std::string doing = "listing the listeners of " + name();
  VolcengineList wanted{.action = action("DescribeLoadBalancers"),
                        .doing = doing,
                        .page = "PageNumber",
                        .size = "PageSize",
                        .items = "LoadBalancers",
                        .count = "TotalCount"};
  const std::vector<Json> balancers = co_await account_.list(std::move(wanted));
  listed_ = true;
  std::vector<Listed> all;
  for (const Json& balancer : balancers) {
    std::vector<Listed> some = co_await list_balancer(balancer, doing);
    std::ranges::move(some, std::back_inserter(all));
  }
  std::vector<Name> names = gather_names(std::move(all));
  places_.clear();
  for (const Name& one : names) places_[one.binding.name] = one.places;
  co_return names;
}

Task<std::string> VolcengineBalancers::ask_balancer(std::string balancer, std::string doing) {
  VolcengineList wanted{.action = action("DescribeLoadBalancers"),
                        .doing = std::move(doing),
                        .parameters = {{"LoadBalancerIds.1", balancer}},
                        .page = "PageNumber",
                        .size = "PageSize",
                        .items = "LoadBalancers",
                        .count = "TotalCount"};
  const std::vector<Json> found = co_await account_.list(std::move(wanted));
  const auto one = std::ranges::find_if(
      found, [&](const Json& row) { return text_of(row, "LoadBalancerId") == balancer; });
  co_return one == found.end() ? std::string() : words_of(*one, "Status");
}

Task<void> VolcengineBalancers::require_idle(Json listener, Place place, std::string doing) {
  std::string status = words_of(listener, "Status");
  if (is_active(status)) status = co_await ask_balancer(place.balancer, doing);
  if (is_active(status)) co_return;
  throw Error(ErrorKind::kUnavailable,
              "the listener or its load balancer is still at an earlier change, or not in service")
      .with_code("vendor.busy")
      .with_vendor("Status " + status, "")
      .with_hint("nothing was changed; try again in some minutes")
      .while_doing(doing);
}

Task<void> VolcengineBalancers::require_covered(BindRequest request,
                                                Json listener,
                                                Place place,
                                                std::string doing) {
  const std::string wanted = canonical_of_spelled(request.binding.vendor_name);
  const std::vector<std::string> ruled = co_await ask_rules(place.listener, doing);
  const Result<Parts> parts = parts_of(listener, kind_);
  if (!parts) throw Error(parts.error()).while_doing(doing);
  const Result<const Part*> part = part_at(listener, *parts, place, wanted);
  if (!part || *part == nullptr) throw not_there(name(), doing);
  const std::vector<std::string> shared = domains_of(*parts, **part, ruled);
  const auto its = std::ranges::find(
      shared, wanted, [](const std::string& one) { return canonical_of_spelled(one); });
  if (its == shared.end()) throw not_there(name(), doing);
  if (!request.bundle) co_return;  // the way back to what it had
  const std::optional<std::string> other = first_uncovered(request.bundle->leaf, shared);
  if (other) {
    throw would_cut_off(
        "several domains of the listener have one certificate, and this one does not cover " +
            printable(*other, 80),
        "give one of them an extension of its own in the console, or take a certificate that "
        "covers them all",
        doing);
  }
  const Held& held = (*part)->held;
  if (!(*part)->id.empty() || held.all.empty()) co_return;
  const std::string& now = held.counts ? *held.counts : held.all.front();
  co_await require_others_covered(request.bundle, now, doing);
}

/// Whatever no rule names is forwarded too, and is served by the listener's own certificate: for
/// which names, only that certificate says. One of ours was put there for the domains of rules.
Task<void> VolcengineBalancers::require_others_covered(BundlePtr bundle,
                                                       std::string now,
                                                       std::string doing) {
  const std::vector<StoredCertificate> stored = co_await center_.list();
  const auto its = std::ranges::find(stored, now, &StoredCertificate::id);
  if (its != stored.end() && is_tagged(its->label)) co_return;
  if (its == stored.end() || its->names.empty()) {
    throw would_cut_off(
        "the listener's own certificate serves every name that no rule has, and which names "
        "the one that is there now (" +
            printable(now, 80) + ") is for cannot be read in the certificate centre",
        "give the domain an extension of its own in the console, or set the listener to a "
        "certificate of the certificate centre there first",
        doing);
  }
  const std::optional<std::string> other = first_uncovered(bundle->leaf, its->names);
  if (!other) co_return;
  throw would_cut_off(
      "the listener's own certificate serves every name that no rule has, and this one does not "
      "cover " +
          printable(*other, 80) + ", as " + printable(now, 80) + " does, which is there now",
      "give the domain an extension of its own in the console, or take a certificate that "
      "covers all of its names",
      doing);
}

Task<void> VolcengineBalancers::wait_for(BindRequest request, Place place, std::string doing) {
  const std::string wanted = canonical_of_spelled(request.binding.vendor_name);
  for (int look = 0; look < (sleeper_ == nullptr ? 1 : kLooksMost); ++look) {
    if (look > 0) co_await sleeper_->sleep(kBetweenLooks);
    try {
      const Json listener = co_await ask_listener(place.listener, doing);
      const Result<Parts> parts = parts_of(listener, kind_);
      if (!parts || !is_active(words_of(listener, "Status"))) continue;
      const Result<const Part*> part = part_at(listener, *parts, place, wanted);
      const bool set = part && *part != nullptr && (*part)->held.counts == request.stored_id;
      if (!set) continue;
      const std::string status = co_await ask_balancer(place.balancer, doing);
      if (is_active(status)) co_return;
    } catch (const Error& error) {
      // The change was taken; that its outcome could not be read says nothing of it.
      if (error.kind == ErrorKind::kCancelled) throw;
    }
  }
}

Task<bool> VolcengineBalancers::bind_place(BindRequest request, Place place, std::string doing) {
  const std::shared_ptr<void> turn = co_await turns_[place.balancer].enter(sleeper_, doing);
  const std::string wanted = canonical_of_spelled(request.binding.vendor_name);
  const Json listener = co_await ask_listener(place.listener, doing);
  const Result<Parts> parts = parts_of(listener, kind_);
  if (!parts) throw Error(parts.error()).while_doing(doing);
  const Result<const Part*> part = part_at(listener, *parts, place, wanted);
  if (!part) throw Error(part.error()).while_doing(doing);
  if (*part == nullptr) throw not_there(name(), doing);
  if ((*part)->held.counts == request.stored_id) co_return false;
  if ((*part)->is_for_several()) co_await require_covered(request, listener, place, doing);
  co_await require_idle(listener, place, doing);
  VolcengineOrder order =
      kind_.order(listener, {.id = (*part)->id, .domain = (*part)->spelled}, request.stored_id);
  order.query.emplace_back("ListenerId", place.listener);
  VolcengineCall call{.action = action(order.action, Effect::kChanges),
                      .doing = doing,
                      .query = std::move(order.query)};
  co_await account_.call(std::move(call));
  co_await wait_for(std::move(request), std::move(place), doing);
  co_return true;
}

Task<BindDone> VolcengineBalancers::bind(BindRequest request) {
  const std::string doing = "pointing " + printable(request.binding.vendor_name, 100) + " of " +
                            name() + " at certificate " + printable(request.stored_id, 100);
  const std::string wanted = canonical_of_spelled(request.binding.vendor_name);
  if (!places_.contains(wanted)) (void)co_await list();
  const std::vector<Place> places = places_[wanted];
  if (places.empty()) throw not_there(name(), doing);
  const auto bind_one = [&](const Place& place) { return bind_place(request, place, doing); };
  const bool sent = co_await bind_each_place(places, bind_one);
  co_return BindDone{.wrote_settings = sent};
}

}  // namespace certferry
