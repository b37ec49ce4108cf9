// Elastic Load Balancing (ELBv2, 2015-12-01): HTTPS and TLS listeners of Application and Network
// Load Balancers. One product for both: one list has them, and every call is the same.
//
// What a target is. A listener has certificates and no names; which of them a client is presented
// the load balancer chooses by the name that the client says. So a target is a name that a
// listener of port 443 answers for: one that a rule there routes by (host-header), or that a
// certificate there is for which is for none of those. Of the latter a pattern is one only where no
// name below it is known. So each certificate is reached by some name. Whether it is
// served can be seen at the load balancer's own address, under that name. A bind adds the
// certificate to the listener's list, or puts it in the default's place, and takes off those that
// it has all names of: so no name ever loses a certificate that it had, and a certificate that
// another one would be presented before is refused before anything is sent (presented.cpp).
//
// What cannot be named or looked at is listed under its id, as not online, and left alone:
// certificates of another store than the account's, which does not tell their names, and names at
// other ports alone. A name at port 443 is bound at the listeners of other ports that have it too.
// One at several load balancers is one target, looked at under its own address.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a listener's list of certificates leaves out, or repeats, the default ... docs:
//    DescribeListenerCertificates
//  - certificates are added and taken off one a call ......................... docs
//  - lists say where they go on by NextMarker, and end without one ........... docs
//  - Network Load Balancers have no rules .................................... docs
// API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html

#include "providers/aws/elb.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "model/name.h"
#include "providers/common/each_place.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"
#include "providers/common/xml_api.h"

namespace certferry {

namespace {

constexpr AwsService kElb{.host = "elasticloadbalancing.{region}",
                          .scope = "elasticloadbalancing",
                          .iam = "elasticloadbalancing",
                          .version = "2015-12-01"};
constexpr AwsAction kListBalancers{.service = &kElb, .name = "DescribeLoadBalancers"};
constexpr AwsAction kListListeners{.service = &kElb, .name = "DescribeListeners"};
constexpr AwsAction kListCertificates{.service = &kElb, .name = "DescribeListenerCertificates"};
constexpr AwsAction kListRules{.service = &kElb, .name = "DescribeRules"};
constexpr AwsAction kAdd{
    .service = &kElb, .name = "AddListenerCertificates", .effect = Effect::kChanges};
constexpr AwsAction kSetDefault{
    .service = &kElb, .name = "ModifyListener", .effect = Effect::kChanges};
constexpr AwsAction kRemove{
    .service = &kElb, .name = "RemoveListenerCertificates", .effect = Effect::kChanges};

constexpr const char* kItemsAPage = "100";
/// Where edges are looked at.
constexpr std::string_view kHttpsPort = "443";

pugi::xml_node result_of(const AwsXml& reply, const AwsAction& action) {
  const std::string name(action.name);
  return reply.document.child((name + "Response").c_str()).child((name + "Result").c_str());
}

std::string arn_in(const pugi::xml_node& owner, const char* key) {
  std::string arn = xml_text(owner, key);
  const bool usable =
      arn.starts_with("arn:") && arn.size() <= 2048 && is_printable(arn) && !arn.contains(' ');
  if (usable) return arn;
  throw Error(ErrorKind::kUnavailable, "the list has an entry without a usable " + std::string(key))
      .with_code("reply.no_id");
}

/// "app/my-balancer/50dc6c495c0c9188/f2f7dc8efc522ab2": what tells a listener from others.
std::string short_id(const std::string& listener) {
  constexpr std::string_view kMark = ":listener/";
  const auto mark = listener.find(kMark);
  return mark == std::string::npos ? listener : listener.substr(mark + kMark.size());
}

/// Of a certificate, to tell it from others of the same listener.
std::string last_part(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

/// One that has failed was never set up and will not be, so it is left out as what its owner has
/// switched off, for which the engine has this word. Other states pass.
constexpr std::string_view kNeverServes = "offline";

std::string state_of(const pugi::xml_node& balancer) {
  const std::string code = xml_text(balancer.child("State"), "Code");
  return code == "failed" ? std::string(kNeverServes) : printable(code, 40);
}

bool is_gone(const Error& error) {
  return error.vendor_code == "LoadBalancerNotFound" || error.vendor_code == "ListenerNotFound";
}

AwsFormCall list_call(const AwsAction& action, std::string doing) {
  return {.action = action, .doing = std::move(doing), .fields = {{"PageSize", kItemsAPage}}};
}

Error not_there(std::string doing) {
  return Error(ErrorKind::kNotFound, "no listener of the account has this name")
      .with_code("vendor.not_found")
      .while_doing(std::move(doing));
}

}  // namespace

/// A listener with what it answers for.
struct AwsElb::Listener {
  std::string arn;
  std::string protocol;
  std::string port;
  std::map<std::string, std::string> settings;
  std::string balancer;
  std::string edge_name;
  std::string state;  ///< of its load balancer
  std::vector<AwsAttached> attached;
  std::set<std::string> routed;  ///< names of rules, canonical

  bool serves() const { return state == "active" || state == "active_impaired"; }
  bool can_be_looked_at() const { return serves() && port == kHttpsPort; }
  /// The names that it answers for.
  std::set<std::string> names(const AwsKnown& known) const;
};

std::set<std::string> AwsElb::Listener::names(const AwsKnown& known) const {
  std::set<std::string> all = routed;
  std::set<std::string> patterns;
  for (const AwsAttached& one : attached) {
    const AwsCertificate* certificate = known.find(one.arn);
    if (certificate == nullptr) continue;
    // Else it is reached by that name, and a bind would make targets of what it is for besides.
    const bool is_for_a_rule = std::ranges::any_of(
        routed, [&](const std::string& name) { return any_covers(certificate->names, {}, name); });
    if (is_for_a_rule) continue;
    for (const std::string& name : certificate->names) {
      if (!canonical_name(name)) continue;
      (name.starts_with("*.") ? patterns : all).insert(name);
    }
  }
  for (const std::string& pattern : patterns) {
    const bool known_below = std::ranges::any_of(
        all, [&](const std::string& name) { return name_covers(pattern, name); });
    if (!known_below) all.insert(pattern);
  }
  return all;
}

Task<std::vector<AwsXml>> AwsElb::pages(AwsFormCall call) {
  std::vector<AwsXml> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    AwsFormCall page = call;
    if (!walk.marker().empty()) page.fields.emplace_back("Marker", walk.marker());
    AwsXml reply = co_await account_.call(std::move(page));
    const pugi::xml_node result = result_of(reply, call.action);
    if (!result) {
      throw bad_shape("the answer has no list", Effect::kReads).while_doing(call.doing);
    }
    const Result<bool> taken = walk.take(xml_text(result, "NextMarker"));
    if (!taken) throw Error(taken.error()).while_doing(call.doing);
    more = *taken;
    all.push_back(std::move(reply));
  }
  co_return all;
}

Task<std::vector<AwsElb::Listener>> AwsElb::listeners_of(std::string balancer, std::string doing) {
  AwsFormCall call = list_call(kListListeners, doing);
  call.fields.emplace_back("LoadBalancerArn", balancer);
  const std::vector<AwsXml> replies = co_await pages(std::move(call));
  std::vector<Listener> all;
  try {
    for (const AwsXml& reply : replies) {
      const pugi::xml_node result = result_of(reply, kListListeners);
      for (const pugi::xml_node& one : result.child("Listeners").children("member")) {
        const std::string protocol = xml_text(one, "Protocol");
        if (protocol != "HTTPS" && protocol != "TLS") continue;
        Listener listener{.arn = arn_in(one, "ListenerArn"),
                          .protocol = protocol,
                          .port = xml_text(one, "Port"),
                          .settings = {},
                          .balancer = balancer,
                          .edge_name = {},
                          .state = {},
                          .attached = {},
                          .routed = {}};
        const std::string at = short_id(listener.arn) + ".";
        for (const char* key : {"Protocol", "Port", "SslPolicy"}) {
          listener.settings[at + key] = xml_text(one, key);
        }
        listener.settings[at + "AlpnPolicy"] = xml_text(one.child("AlpnPolicy"), "member");
        listener.settings[at + "MutualAuthentication"] =
            xml_text(one.child("MutualAuthentication"), "Mode");
        all.push_back(std::move(listener));
      }
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  co_return all;
}

Task<std::vector<AwsAttached>> AwsElb::attached_to(std::string listener, std::string doing) {
  AwsFormCall call = list_call(kListCertificates, doing);
  call.fields.emplace_back("ListenerArn", listener);
  const std::vector<AwsXml> replies = co_await pages(std::move(call));
  std::vector<AwsAttached> all;
  try {
    for (const AwsXml& reply : replies) {
      const pugi::xml_node result = result_of(reply, kListCertificates);
      for (const pugi::xml_node& one : result.child("Certificates").children("member")) {
        const std::string arn = arn_in(one, "CertificateArn");
        auto known = std::ranges::find(all, arn, &AwsAttached::arn);
        if (known == all.end()) known = all.insert(all.end(), {.arn = arn});
        const bool is_default = xml_text(one, "IsDefault") == "true";
        known->is_default = known->is_default || is_default;
        known->in_list = known->in_list || !is_default;
      }
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  co_return all;
}

Task<std::set<std::string>> AwsElb::names_in_rules(std::string listener, std::string doing) {
  AwsFormCall call = list_call(kListRules, doing);
  call.fields.emplace_back("ListenerArn", listener);
  const std::vector<AwsXml> replies = co_await pages(std::move(call));
  std::set<std::string> all;
  for (const AwsXml& reply : replies) {
    const pugi::xml_node result = result_of(reply, kListRules);
    for (const pugi::xml_node& rule : result.child("Rules").children("member")) {
      for (const pugi::xml_node& one : rule.child("Conditions").children("member")) {
        if (xml_text(one, "Field") != "host-header") continue;
        pugi::xml_node values = one.child("HostHeaderConfig").child("Values");
        if (!values) values = one.child("Values");
        for (const pugi::xml_node& value : values.children("member")) {
          // What else may stand there ("*example.com", "www?.example.com") is no name.
          const Result<std::string> name = canonical_name(trim(value.text().get()));
          if (name) all.insert(*name);
        }
      }
    }
  }
  co_return all;
}

Task<std::vector<AwsElb::Listener>> AwsElb::listeners(std::string doing) {
  const std::vector<AwsXml> replies = co_await pages(list_call(kListBalancers, doing));
  std::vector<pugi::xml_node> balancers;
  for (const AwsXml& reply : replies) {
    const pugi::xml_node result = result_of(reply, kListBalancers);
    for (const pugi::xml_node& one : result.child("LoadBalancers").children("member")) {
      if (xml_text(one, "Type") != "gateway") balancers.push_back(one);
    }
  }
  std::vector<Listener> all;
  for (const pugi::xml_node& balancer : balancers) {
    std::vector<Listener> here;
    try {
      const std::string arn = arn_in(balancer, "LoadBalancerArn");
      here = co_await listeners_of(arn, doing);
    } catch (Error& error) {
      // It was deleted since the list of load balancers.
      if (!is_gone(error)) throw std::move(error).while_doing(doing);
    }
    for (Listener& listener : here) {
      listener.edge_name = xml_text(balancer, "DNSName");
      listener.state = state_of(balancer);
      const bool still_there = co_await look_into(&listener, doing);
      if (still_there) all.push_back(std::move(listener));
    }
  }
  co_return all;
}

/// Whether it is there: it may have been deleted since the list of listeners.
Task<bool> AwsElb::look_into(Listener* listener, std::string doing) {
  bool gone = false;
  try {
    listener->attached = co_await attached_to(listener->arn, doing);
    if (listener->protocol == "HTTPS") {
      listener->routed = co_await names_in_rules(listener->arn, doing);
    }
  } catch (const Error& error) {
    if (!is_gone(error)) throw;
    gone = true;
  }
  co_return !gone;
}

namespace {

/// A name with the listeners that have it.
Binding binding_of(const std::string& name,
                   const std::vector<const AwsElb::Listener*>& listeners,
                   const AwsKnown& known) {
  Binding out{.name = name, .vendor_name = name};
  std::vector<const AwsElb::Listener*> serving = listeners;
  std::erase_if(serving, [](const auto* one) { return !one->serves(); });
  out.online =
      std::ranges::any_of(serving, [](const auto* one) { return one->can_be_looked_at(); });
  // Of those that do not serve, one that will holds the name rather than one that never will.
  const auto first_at = std::ranges::find_if(listeners, [&](const auto* one) {
    return serving.empty() ? one->state != kNeverServes : one->serves();
  });
  const AwsElb::Listener& first = first_at == listeners.end() ? *listeners.front() : **first_at;
  out.status = out.online || serving.empty() ? first.state : "at port " + printable(first.port, 10);
  std::vector<std::optional<std::string>> set_to;
  std::set<std::string> edges;
  for (const AwsElb::Listener* one : serving.empty() ? listeners : serving) {
    set_to.push_back(aws_certificate_for(one->attached, known, name));
    out.settings.insert(one->settings.begin(), one->settings.end());
    if (one->can_be_looked_at()) edges.insert(one->edge_name);
  }
  out.stored_id = aws_together(set_to);
  if (edges.size() == 1) out.edge_name = *edges.begin();
  return out;
}

}  // namespace

Task<std::vector<Binding>> AwsElb::list() {
  const std::string doing = "listing the listeners of load balancers at AWS";
  const std::vector<Listener> all = co_await listeners(doing);
  std::set<std::string> arns;
  attached_.clear();
  for (const Listener& one : all) {
    for (const AwsAttached& attached : one.attached) {
      arns.insert(attached.arn);
      attached_.emplace(attached.arn, short_id(one.arn));
    }
  }
  AwsKnown known{.certificates = {}, .now = account_.now()};
  known.certificates = co_await store_.certificates_of(arns, doing);
  std::map<std::string, std::vector<const Listener*>> by_name;
  std::vector<Binding> bindings;
  for (const Listener& one : all) {
    for (const std::string& name : one.names(known)) by_name[name].push_back(&one);
    for (const AwsAttached& attached : one.attached) {
      const AwsCertificate* certificate = known.find(attached.arn);
      if (certificate != nullptr && !certificate->names.empty()) continue;
      const std::string id = short_id(one.arn) + " " + last_part(attached.arn);
      bindings.push_back({.name = canonical_of_spelled(id),
                          .vendor_name = id,
                          .edge_name = {},
                          .online = false,
                          .status = "its names are not known",
                          .stored_id = attached.arn});
    }
  }
  std::map<std::string, std::vector<std::string>> places;
  for (const auto& [name, here] : by_name) {
    bindings.push_back(binding_of(name, here, known));
    if (!bindings.back().online) continue;
    for (const Listener* one : here) {
      if (one->serves()) places[name].push_back(one->arn);
    }
  }
  places_ = std::move(places);
  certificates_ = std::move(known.certificates);
  co_return bindings;
}

void AwsElb::require_unattached(const std::string& arn) const {
  const auto found = attached_.find(arn);
  if (found == attached_.end()) return;
  const std::vector<std::string> users = {"listener " + found->second};
  throw still_used(arn, users);
}

/// What the last list knew, and whatever is missing there of these and of what is to be bound.
Task<AwsKnown> AwsElb::known_with(std::set<std::string> arns,
                                  BindRequest request,
                                  std::string doing) {
  std::set<std::string> missing;
  for (const std::string& arn : arns) {
    if (!certificates_.contains(arn)) missing.insert(arn);
  }
  if (request.bundle) {
    const Certificate& leaf = request.bundle->leaf;
    certificates_[request.stored_id] = {.names = leaf.dns_names,
                                        .algorithm = leaf.key.algorithm,
                                        .not_after = leaf.not_after,
                                        .label = request.label};
    missing.erase(request.stored_id);
  } else if (!certificates_.contains(request.stored_id)) {
    missing.insert(request.stored_id);
  }
  if (!missing.empty()) {
    std::map<std::string, AwsCertificate> more =
        co_await store_.certificates_of(std::move(missing), doing);
    certificates_.merge(more);
  }
  if (certificates_.contains(request.stored_id)) {
    co_return AwsKnown{.certificates = certificates_, .now = account_.now()};
  }
  throw Error(ErrorKind::kNotFound, "the account's store has no such certificate")
      .with_code("vendor.not_found")
      .while_doing(std::move(doing));
}

Task<bool> AwsElb::change(std::string listener,
                          AwsListenerChange change,
                          std::string wanted,
                          std::string doing) {
  const auto order = [&](const AwsAction& action, const std::string& arn) {
    return AwsFormCall{
        .action = action,
        .doing = doing,
        .fields = {{"ListenerArn", listener}, {"Certificates.member.1.CertificateArn", arn}}};
  };
  const auto confirm = [&](const pugi::xml_node& certificates) {
    for (const pugi::xml_node& one : certificates.children("member")) {
      if (xml_text(one, "CertificateArn") == wanted) return;
    }
    throw bad_shape("the answer does not name the certificate", Effect::kChanges)
        .while_doing(doing);
  };
  bool changed = false;
  try {
    if (change.add) {
      AwsFormCall call = order(kAdd, wanted);
      const AwsXml reply = co_await account_.call(std::move(call));
      confirm(result_of(reply, kAdd).child("Certificates"));
      changed = true;
    }
    if (change.set_default) {
      AwsFormCall call = order(kSetDefault, wanted);
      const AwsXml reply = co_await account_.call(std::move(call));
      const pugi::xml_node now = result_of(reply, kSetDefault).child("Listeners").child("member");
      confirm(now.child("Certificates"));
      changed = true;
    }
    // Nothing is taken away on the word of an answer alone: a name would be left with none.
    if (changed && !change.remove.empty()) {
      const std::vector<AwsAttached> now = co_await attached_to(listener, doing);
      if (std::ranges::find(now, wanted, &AwsAttached::arn) == now.end()) {
        throw bad_shape("the listener does not list what it was given", Effect::kChanges)
            .while_doing(doing);
      }
    }
    for (const std::string& arn : change.remove) {
      AwsFormCall call = order(kRemove, arn);
      co_await account_.call(std::move(call));
      changed = true;
    }
  } catch (Error& error) {
    if (!changed) throw;
    throw after_a_change(std::move(error), "a part of a listener's change was made");
  }
  co_return changed;
}

Task<BindDone> AwsElb::bind(BindRequest request) {
  const std::string doing = "giving listeners for " + printable(request.binding.vendor_name, 100) +
                            " certificate " + printable(request.stored_id, 100) + " of AWS";
  const std::string name = request.binding.name;
  if (!places_.contains(name)) (void)co_await list();
  const std::vector<std::string> places = places_[name];
  if (places.empty()) throw not_there(doing);
  std::map<std::string, AwsListenerChange> changes;
  for (const std::string& listener : places) {
    const std::vector<AwsAttached> attached = co_await attached_to(listener, doing);
    std::set<std::string> arns;
    for (const AwsAttached& one : attached) arns.insert(one.arn);
    const AwsKnown known = co_await known_with(std::move(arns), request, doing);
    // Of what it goes back to there is no bundle here.
    const AwsWay way = request.bundle ? AwsWay::kOnward : AwsWay::kBack;
    Result<AwsListenerChange> wanted =
        aws_change_for(attached, known, request.stored_id, name, way);
    if (!wanted) throw std::move(wanted).error().while_doing(doing);
    changes[listener] = *std::move(wanted);
  }
  const auto change_one = [&](const std::string& listener) {
    return change(listener, changes.at(listener), request.stored_id, doing);
  };
  co_await bind_each_place(places, change_one);
  co_return BindDone{.wrote_settings = std::ranges::any_of(
                         changes, [](const auto& one) { return one.second.set_default; })};
}

}  // namespace certferry
