#include "sandbox/aws/balancers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "base/text.h"
#include "model/name.h"

namespace certferry::sandbox {

namespace {

using enum AwsVerb;

constexpr std::int64_t kDomainsABalancer = 100;
constexpr std::int64_t kFirstDomain = 501;
constexpr std::size_t kCertificatesInList = 25;
constexpr std::size_t kPageMost = 400;
constexpr std::string_view kStopped = "sandbox-failed";
constexpr std::string_view kOfIam = "arn:aws:iam::123456789012:server-certificate/sandbox-default";
constexpr std::string_view kArns = "arn:aws:elasticloadbalancing:us-east-1:123456789012:";

AwsRefusal refusal(std::string code, std::string message) {
  return {.code = std::move(code), .message = std::move(message)};
}

AwsRefusal invalid(std::string message) {
  return refusal("ValidationError", std::move(message));
}

std::string text_in(const AwsRequest& call, const char* key) {
  const auto found = call.query.find(key);
  return found == call.query.end() ? "" : found->second;
}

std::string node(std::string_view name, std::string_view inside) {
  return "<" + std::string(name) + ">" + std::string(inside) + "</" + std::string(name) + ">";
}

AwsXmlBody answer(const AwsRequest& call, const std::string& inside) {
  return {.text = "<" + call.name + "Response xmlns=\"" + std::string(kAwsBalancersNamespace) +
                  "\">" + node(call.name + "Result", inside) +
                  node("ResponseMetadata", node("RequestId", "sandbox")) + "</" + call.name +
                  "Response>"};
}

/// The page of a list that is asked for, in the vendor's form.
AwsAnswer page_of(const AwsRequest& call,
                  std::string_view list,
                  const std::vector<std::string>& members) {
  std::size_t size = kPageMost;
  const std::string wanted = text_in(call, "PageSize");
  if (!wanted.empty()) {
    const auto read = std::from_chars(wanted.data(), wanted.data() + wanted.size(), size);
    if (read.ptr != wanted.data() + wanted.size() || size < 1 || size > kPageMost) {
      return invalid("PageSize is from 1 to 400.");
    }
  }
  std::size_t from = 0;
  const std::string marker = text_in(call, "Marker");
  if (!marker.empty()) {
    const auto read = std::from_chars(marker.data() + 1, marker.data() + marker.size(), from);
    if (marker.front() != 'm' || read.ptr != marker.data() + marker.size()) {
      return invalid("Marker is none.");
    }
  }
  from = std::min(from, members.size());
  const std::size_t to = std::min(members.size(), from + size);
  std::string items;
  for (std::size_t i = from; i < to; ++i) items += node("member", members[i]);
  return answer(
      call,
      node(list, items) +
          (to < members.size() ? node("NextMarker", "m" + std::to_string(to)) : std::string()));
}

bool covers(const Entry& entry, const std::string& name) {
  return any_covers(entry.pair.leaf.dns_names, entry.pair.leaf.ip_addresses, name);
}

}  // namespace

std::string AwsBalancers::arn_of(std::int64_t id) const {
  return id == 0 ? std::string(kOfIam) : certificates_.arn_of(id);
}

std::string AwsBalancers::certificate_xml(std::int64_t id, bool is_default) const {
  return node("CertificateArn", arn_of(id)) + node("IsDefault", is_default ? "true" : "false");
}

std::string AwsListenerSettings::text() const {
  return ssl_policy + "\n" + client_verification + "\n" + std::to_string(port);
}

AwsListenerSettings AwsBalancers::settings_of(const Domain& domain) const {
  const auto found = settings_.find(domain.name);
  return found == settings_.end() ? AwsListenerSettings() : found->second;
}

std::vector<AwsBalancers::Balancer> AwsBalancers::balancers() const {
  std::vector<Balancer> all;
  for (const Domain& domain : world_.domains()) {
    if (domain.product != "elb") continue;
    const AwsListenerSettings settings = settings_of(domain);
    const std::int64_t group = (domain.id - kFirstDomain) / kDomainsABalancer;
    const std::string id = !domain.online   ? std::string(kStopped)
                           : settings.alone ? "sandbox-alone-" + std::to_string(domain.id)
                                            : "sandbox-" + std::to_string(group);
    auto at = std::ranges::find(all, id, &Balancer::id);
    if (at == all.end()) {
      at = all.insert(all.end(),
                      {.id = id, .active = domain.online, .domains = {}, .settings = settings});
    }
    at->domains.push_back(&domain);
  }
  return all;
}

AwsBalancers::Certificates AwsBalancers::certificates_of(const Balancer& balancer,
                                                         SteadyTime moment) const {
  Certificates out;
  const auto told = told_.find(balancer.id);
  if (told != told_.end()) out = told->second;
  const auto is_gone = [&](std::int64_t id) {
    const auto entry = world_.entries().find(id);
    if (entry == world_.entries().end()) return true;
    // A test has taken it away from the domain by hand.
    return std::ranges::any_of(balancer.domains, [&](const Domain* domain) {
      return domain->bound() == nullptr && covers(*entry->second, domain->name);
    });
  };
  std::erase_if(out.list, is_gone);
  if (out.standard != 0 && is_gone(out.standard)) out.standard = 0;
  for (const Domain* domain : balancer.domains) {
    const EntryPtr bound = domain->bound_at(moment);
    if (bound == nullptr || out.has(bound->id)) continue;
    if (balancer.settings.alone && out.standard == 0) {
      out.standard = bound->id;
    } else {
      out.list.insert(bound->id);
    }
  }
  return out;
}

std::set<std::int64_t> AwsBalancers::attached() const {
  std::set<std::int64_t> all;
  for (const Balancer& balancer : balancers()) {
    const Certificates has = certificates_of(balancer, world_.steady_now());
    all.insert(has.list.begin(), has.list.end());
    all.insert(has.standard);
  }
  return all;
}

/// By AWS's order; what that leaves open goes to the one that was there before, which is the worse
/// for whoever has just added one, but that the longer validity is taken for the better.
std::int64_t AwsBalancers::chosen(const Certificates& certificates, const std::string& name) const {
  const auto rank = [&](std::int64_t id) {
    const Certificate& leaf = world_.entries().at(id)->pair.leaf;
    return std::tuple(leaf.key.algorithm == KeyType::Algorithm::kEcdsa,
                      leaf.not_after >= world_.now(),
                      leaf.key.bits,
                      leaf.not_after - leaf.not_before,
                      -id);
  };
  std::optional<std::int64_t> best;
  for (const std::int64_t id : certificates.list) {
    if (!covers(*world_.entries().at(id), name)) continue;
    if (!best || rank(id) > rank(*best)) best = id;
  }
  if (best) return *best;
  const auto standard = world_.entries().find(certificates.standard);
  const bool fits = standard != world_.entries().end() && covers(*standard->second, name);
  return fits ? certificates.standard : 0;
}

void AwsBalancers::set(const Balancer& balancer, const Certificates& certificates) {
  told_[balancer.id] = certificates;
  std::vector<std::pair<std::string, std::int64_t>> now;
  for (const Domain* domain : balancer.domains) {
    const std::int64_t id = chosen(certificates, domain->name);
    const EntryPtr bound = domain->bound();
    if ((bound == nullptr ? 0 : bound->id) != id) now.emplace_back(domain->name, id);
  }
  for (const auto& [name, id] : now) {
    id == 0 ? world_.unbind(name) : world_.bind(id, name);
  }
}

namespace {

/// "app/sandbox-0/50dc6c495c0c9188"
std::string path_of(const std::string& id, bool network) {
  return std::string(network ? "net/" : "app/") + id + "/50dc6c495c0c9188";
}

}  // namespace

std::variant<AwsBalancers::Balancer, AwsRefusal> AwsBalancers::balancer_in(
    const AwsRequest& call) const {
  const bool by_balancer = call.verb == kListListeners;
  const char* key = by_balancer ? "LoadBalancerArn" : "ListenerArn";
  const std::string arn = text_in(call, key);
  if (arn.empty()) return invalid("You must specify " + std::string(key) + ".");
  for (Balancer& one : balancers()) {
    const std::string path = path_of(one.id, one.settings.network);
    const std::string its = by_balancer
                                ? std::string(kArns) + "loadbalancer/" + path
                                : std::string(kArns) + "listener/" + path + "/f2f7dc8efc522ab2";
    if (arn == its) return std::move(one);
  }
  const std::string what = by_balancer ? "LoadBalancer" : "Listener";
  return refusal(what + "NotFound", "One or more of them were not found.");
}

AwsAnswer AwsBalancers::list_balancers(const AwsRequest& call) const {
  std::vector<std::string> members;
  for (const Balancer& one : balancers()) {
    members.push_back(
        node("LoadBalancerArn",
             std::string(kArns) + "loadbalancer/" + path_of(one.id, one.settings.network)) +
        node("LoadBalancerName", one.id) + node("DNSName", one.id + ".sandbox-edge.test") +
        node("Scheme", "internet-facing") +
        node("State", node("Code", one.active ? "active" : "failed")) +
        node("Type", one.settings.network ? "network" : "application"));
  }
  members.push_back(node("LoadBalancerArn", std::string(kArns) + "loadbalancer/gwy/sandbox/0") +
                    node("Type", "gateway"));
  return page_of(call, "LoadBalancers", members);
}

std::string AwsBalancers::listener_xml(const Balancer& balancer,
                                       const std::string& certificate) const {
  const std::string path = path_of(balancer.id, balancer.settings.network);
  return node("ListenerArn", std::string(kArns) + "listener/" + path + "/f2f7dc8efc522ab2") +
         node("LoadBalancerArn", std::string(kArns) + "loadbalancer/" + path) +
         node("Protocol", balancer.settings.network ? "TLS" : "HTTPS") +
         node("Port", std::to_string(balancer.settings.port)) +
         node("Certificates", node("member", node("CertificateArn", certificate))) +
         node("SslPolicy", balancer.settings.ssl_policy) +
         node("MutualAuthentication", node("Mode", balancer.settings.client_verification)) +
         node("DefaultActions", node("member", node("Type", "fixed-response")));
}

AwsAnswer AwsBalancers::list_listeners(const AwsRequest& call, SteadyTime moment) const {
  const auto found = balancer_in(call);
  if (const auto* no = std::get_if<AwsRefusal>(&found)) return *no;
  const auto& balancer = std::get<Balancer>(found);
  const std::string certificate = arn_of(certificates_of(balancer, moment).standard);
  const std::string plain =
      node("ListenerArn",
           std::string(kArns) + "listener/" + path_of(balancer.id, balancer.settings.network) +
               "/0467ef3c8400ae65") +
      node("Protocol", balancer.settings.network ? "TCP" : "HTTP") + node("Port", "80");
  return page_of(call, "Listeners", {plain, listener_xml(balancer, certificate)});
}

AwsAnswer AwsBalancers::list_certificates(const AwsRequest& call, SteadyTime moment) const {
  const auto found = balancer_in(call);
  if (const auto* no = std::get_if<AwsRefusal>(&found)) return *no;
  const Certificates has = certificates_of(std::get<Balancer>(found), moment);
  std::vector<std::string> members = {certificate_xml(has.standard, true)};
  for (const std::int64_t id : has.list) members.push_back(certificate_xml(id, false));
  return page_of(call, "Certificates", members);
}

AwsAnswer AwsBalancers::list_rules(const AwsRequest& call) const {
  const auto found = balancer_in(call);
  if (const auto* no = std::get_if<AwsRefusal>(&found)) return *no;
  const auto& balancer = std::get<Balancer>(found);
  if (balancer.settings.network) {
    return refusal("UnsupportedProtocol", "The protocol of the listener has no rules.");
  }
  std::vector<std::string> members;
  for (const Domain* domain : balancer.domains) {
    const std::string value = node("member", domain->name);
    members.push_back(node("RuleArn", std::string(kArns) + "listener-rule/" + domain->name) +
                      node("Priority", std::to_string(domain->id)) +
                      node("Conditions",
                           node("member", node("Field", "path-pattern")) +
                               node("member",
                                    node("Field", "host-header") + node("Values", value) +
                                        node("HostHeaderConfig", node("Values", value)))) +
                      node("IsDefault", "false"));
  }
  members.push_back(node("Priority", "default") + node("IsDefault", "true"));
  return page_of(call, "Rules", members);
}

AwsAnswer AwsBalancers::changed(const AwsRequest& call,
                                const Balancer& balancer,
                                std::int64_t id) const {
  if (call.verb == kRemoveCertificates) return answer(call, "");
  if (call.verb == kAddCertificates) {
    return answer(call, node("Certificates", node("member", certificate_xml(id, false))));
  }
  return answer(call, node("Listeners", node("member", listener_xml(balancer, arn_of(id)))));
}

AwsAnswer AwsBalancers::change(const AwsRequest& call) {
  const auto found = balancer_in(call);
  if (const auto* no = std::get_if<AwsRefusal>(&found)) return *no;
  const auto& balancer = std::get<Balancer>(found);
  constexpr const char* kFirst = "Certificates.member.1.CertificateArn";
  for (const auto& [key, value] : call.query) {
    const bool known = key == "Action" || key == "Version" || key == "ListenerArn" || key == kFirst;
    if (!known) return invalid("Not emulated, or one certificate too many: " + key);
  }
  const std::string arn = text_in(call, kFirst);
  if (arn.empty()) return invalid("You must specify a certificate.");
  const bool of_iam = arn == kOfIam;
  const std::int64_t id = of_iam ? 0 : certificates_.find_arn(arn).value_or(-1);
  if (id < 0) {
    return refusal("CertificateNotFound", "Certificate '" + arn + "' not found");
  }
  Certificates has = certificates_of(balancer, world_.steady_now());
  if (call.verb == kRemoveCertificates) {
    if (has.standard == id && !has.list.contains(id)) {
      return refusal("OperationNotPermitted", "The default certificate cannot be removed.");
    }
    has.list.erase(id);
  } else if (of_iam) {
    return invalid("To give a listener what the world does not have is not emulated.");
  } else if (call.verb == kSetDefault) {
    has.standard = id;
  } else {
    has.list.insert(id);
    if (has.list.size() > kCertificatesInList) {
      return refusal("TooManyCertificates", "The quota of certificates has been reached.");
    }
  }
  set(balancer, has);
  return changed(call, balancer, id);
}

AwsAnswer AwsBalancers::run(const AwsRequest& call, SteadyTime moment) {
  switch (*call.verb) {
    case kListBalancers:
      return list_balancers(call);
    case kListListeners:
      return list_listeners(call, moment);
    case kListListenerCertificates:
      return list_certificates(call, moment);
    case kListRules:
      return list_rules(call);
    default:
      return change(call);
  }
}

AwsAnswer AwsBalancers::pretend(const AwsRequest& call) const {
  const auto found = balancer_in(call);
  if (const auto* no = std::get_if<AwsRefusal>(&found)) return *no;
  const auto id = certificates_.find_arn(text_in(call, "Certificates.member.1.CertificateArn"));
  return changed(call, std::get<Balancer>(found), id.value_or(0));
}

}  // namespace certferry::sandbox
