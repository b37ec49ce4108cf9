#include "sandbox/baiducloud/blb_calls.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/fields.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum BaiduCloudVerb;

constexpr std::size_t kHostsABalancer = 100;
constexpr std::int64_t kPort = 443;
/// Somebody else's, which each listener has for itself.
constexpr std::string_view kOther = "cert-ofanotherone";
constexpr std::array<std::string_view, 8> kRegions{
    "bj", "gz", "su", "hkg", "fwh", "bd", "fsh", "sin"};

BaiduCloudRefusal invalid(const std::string& what) {
  return {.status = 400, .code = "InappropriateJSON", .message = what + " is not appropriate."};
}

BaiduCloudRefusal unknown_balancer() {
  return {.status = 404, .code = "LoadBalancerNotFound", .message = "There is no such instance."};
}

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_application(const BaiduCloudRequest& call) {
  return call.operation->path.starts_with("/v1/appblb");
}

std::vector<const Domain*> hosts_at(const World& world,
                                    const BaiduCloudState& state,
                                    const std::string& balancer) {
  std::vector<const Domain*> hosts;
  for (const Domain& one : world.domains()) {
    if (one.product != "blb" || state.forgotten.contains(one.name)) continue;
    if (blb_of(world, state, one.name).id == balancer) hosts.push_back(&one);
  }
  return hosts;
}

std::vector<BlbSeat> balancers(const World& world, const BaiduCloudState& state, bool application) {
  std::vector<BlbSeat> all;
  for (const Domain& one : world.domains()) {
    if (one.product != "blb") continue;
    BlbSeat seat = blb_of(world, state, one.name);
    if (seat.application != application) continue;
    if (std::ranges::find(all, seat.id, &BlbSeat::id) == all.end()) all.push_back(std::move(seat));
  }
  return all;
}

bool is_busy(const World& world, const BaiduCloudState& state, const std::string& balancer) {
  const auto changed = state.changed.find(balancer);
  return changed != state.changed.end() && changed->second + state.operating > world.steady_now();
}

Json balancer_as_json(const World& world, const BaiduCloudState& state, const BlbSeat& seat) {
  return {{"blbId", seat.id},
          {"name", "sandbox"},
          {"address", "192.168.0.7"},
          {"publicIp", "192.0.2.7"},
          {"status",
           seat.stopped                     ? "paused"
           : is_busy(world, state, seat.id) ? "updating"
                                            : "available"}};
}

/// One page of a list; the marker is the number of the item at which the next one begins.
BaiduCloudAnswer page_of(const Json& all, const BaiduCloudRequest& call, const char* key) {
  std::size_t from = 0;
  std::size_t size = 1000;
  const Fields query(call.query.begin(), call.query.end());
  if (query.contains("maxKeys")) {
    const auto given = integer_field(query, "maxKeys");
    if (!given || *given < 1 || *given > 1000) return invalid("maxKeys");
    size = static_cast<std::size_t>(*given);
  }
  if (query.contains("marker")) {
    const auto given = integer_field(query, "marker");
    if (!given || std::cmp_greater_equal(*given, all.size())) return invalid("marker");
    from = static_cast<std::size_t>(*given);
  }
  Json items = Json::array();
  for (std::size_t at = from; at < std::min(all.size(), from + size); ++at)
    items.push_back(all[at]);
  Json out = {{key, items}, {"maxKeys", size}, {"isTruncated", from + size < all.size()}};
  if (from + size < all.size()) out["nextMarker"] = std::to_string(from + size);
  return out.dump();
}

Json& settings_of(BaiduCloudState& state, const std::string& balancer) {
  return state.listeners
      .try_emplace(balancer,
                   Json{{"scheduler", "RoundRobin"},
                        {"backendPort", 80},
                        {"keepSession", true},
                        {"keepSessionType", "insert"},
                        {"xForwardedFor", true},
                        {"serverTimeout", 30},
                        {"encryptionType", "tls_cipher_policy_1_2"},
                        {"certIds", Json::array({kOther})},
                        {"dualAuth", false},
                        {"clientCertIds", Json::array()}})
      .first->second;
}

BaiduCloudAnswer list_secure(const World& world,
                             BaiduCloudState& state,
                             const BaiduCloudRequest& call,
                             SteadyTime moment) {
  const auto all = balancers(world, state, is_application(call));
  if (std::ranges::find(all, call.subject, &BlbSeat::id) == all.end()) return unknown_balancer();
  Json listener = settings_of(state, call.subject);
  listener["listenerPort"] = kPort;
  listener["additionalCertDomains"] = Json::array();
  for (const Domain* one : hosts_at(world, state, call.subject)) {
    const EntryPtr bound = one->bound_at(moment);
    listener["additionalCertDomains"].push_back(
        {{"host", one->name},
         {"certId", bound ? baiducloud_certificate_id(bound->id) : std::string(kOther)}});
  }
  const auto port = call.query.find("listenerPort");
  const bool wanted = port == call.query.end() || port->second == std::to_string(kPort);
  return page_of(wanted ? Json::array({listener}) : Json::array(), call, "listenerList");
}

struct Wanted {
  std::string host;
  std::optional<std::int64_t> id;  ///< none: it keeps the certificate of somebody else's
};

/// The hosts of a change, or why it cannot be.
std::variant<std::vector<Wanted>, BaiduCloudRefusal> wanted_in(const World& world,
                                                               const Json& domains) {
  std::vector<Wanted> out;
  for (const Json& one : domains) {
    const std::string host = text_in(one, "host");
    const std::string certificate = text_in(one, "certId");
    const Domain* domain = world.find_domain(canonical_name(host).value_or(host));
    if (domain == nullptr || domain->product != "blb") return invalid("host");
    if (certificate == kOther) {
      out.push_back({.host = domain->name, .id = std::nullopt});
      continue;
    }
    const auto id = baiducloud_certificate_number(certificate);
    const Outcome outcome = id ? world.check_bind(*id, domain->name) : Outcome::kUnknownCertificate;
    if (outcome == Outcome::kNotCovered) return invalid("certId of " + host);
    if (outcome != Outcome::kDone) {
      return BaiduCloudRefusal{
          .status = 404, .code = "CertificateNotFound", .message = "There is no such certificate."};
    }
    out.push_back({.host = domain->name, .id = id});
  }
  return out;
}

/// What is sent is changed, and what is not sent stays; the list of hosts is one thing.
BaiduCloudAnswer update(World& world, BaiduCloudState& state, const BaiduCloudRequest& call) {
  const auto all = balancers(world, state, is_application(call));
  if (std::ranges::find(all, call.subject, &BlbSeat::id) == all.end()) return unknown_balancer();
  const auto port = call.query.find("listenerPort");
  if (port == call.query.end()) return invalid("listenerPort");
  if (port->second != std::to_string(kPort)) {
    return BaiduCloudRefusal{.status = 404,
                             .code = "ListenerNotFound",
                             .message = "The specified listener does not exist."};
  }
  if (is_busy(world, state, call.subject)) {
    return BaiduCloudRefusal{.status = 409,
                             .code = "LastOperationNotFinished",
                             .message = "Last operation has not finished."};
  }
  const Json body = Json::parse(call.body, nullptr, false);
  if (!body.is_object()) return invalid("the body");
  const std::string scheduler = text_in(body, "scheduler");
  if (is_application(call) && scheduler != "RoundRobin" && scheduler != "LeastConnection") {
    return invalid("scheduler");
  }
  const auto own = body.find("certIds");
  if (own != body.end() && (!own->is_array() || own->empty())) return invalid("certIds");
  const auto domains = body.find("additionalCertDomains");
  if (domains != body.end() && !domains->is_array()) return invalid("additionalCertDomains");
  const auto wanted = wanted_in(world, domains == body.end() ? Json::array() : *domains);
  if (const auto* no = std::get_if<BaiduCloudRefusal>(&wanted)) return *no;
  Json& settings = settings_of(state, call.subject);
  for (const auto& [key, value] : body.items()) {
    if (settings.contains(key)) settings[key] = value;
  }
  state.changed[call.subject] = world.steady_now();
  if (domains == body.end()) return "";
  std::set<std::string> kept;
  for (const Wanted& one : std::get<std::vector<Wanted>>(wanted)) {
    kept.insert(one.host);
    const EntryPtr bound = world.find_domain(one.host)->bound();
    const bool same = one.id ? bound && bound->id == *one.id : bound == nullptr;
    if (same) continue;
    if (one.id) {
      world.bind(*one.id, one.host);
    } else {
      world.unbind(one.host);
    }
  }
  for (const Domain* one : hosts_at(world, state, call.subject)) {
    if (!kept.contains(one->name)) state.forgotten.insert(one->name);
  }
  return "";
}

}  // namespace

BlbSeat blb_of(const World& world, const BaiduCloudState& state, const std::string& name) {
  const Domain* domain = world.find_domain(name);
  if (domain != nullptr && !domain->online) return {.id = "lb-stopped", .stopped = true};
  if (state.apart.contains(name)) return {.id = "lb-apart", .application = true};
  std::size_t before = 0;
  for (const Domain& one : world.domains()) {
    if (one.name == name) break;
    if (one.product == "blb" && one.online && !state.apart.contains(one.name)) ++before;
  }
  const std::size_t number = before / kHostsABalancer;
  return {.id = "lb-" + std::to_string(7000 + number), .application = number % 2 == 1};
}

Json blb_certificate(const World& world) {
  const bool any =
      std::ranges::any_of(world.domains(), [](const Domain& one) { return one.product == "blb"; });
  if (!any) return nullptr;
  return {{"certId", kOther},
          {"certName", "of-somebody-else"},
          {"certCommonName", "old.invalid"},
          {"certDNSNames", "old.invalid"},
          {"certStartTime", "2016-01-01T00:00:00Z"},
          {"certStopTime", "2017-01-01T00:00:00Z"},
          {"certType", 1},
          {"status", "IN_USE"},
          {"expired", true},
          {"resources", {{{"serviceName", "BLB"}, {"resourceId", "lb-7000"}}}}};
}

BaiduCloudAnswer run_blb_call(World& world,
                              BaiduCloudState& state,
                              const BaiduCloudRequest& call,
                              SteadyTime moment) {
  if (std::ranges::find(kRegions, call.region) == kRegions.end()) {
    return BaiduCloudRefusal{
        .status = 400, .code = "InvalidURI", .message = "Could not parse the specified URI."};
  }
  const std::vector<BlbSeat> all =
      call.region == "bj" ? balancers(world, state, is_application(call)) : std::vector<BlbSeat>();
  const auto seat = std::ranges::find(all, call.subject, &BlbSeat::id);
  if (call.operation->verb == kListBalancers) {
    Json items = Json::array();
    for (const BlbSeat& one : all) items.push_back(balancer_as_json(world, state, one));
    return page_of(items, call, "blbList");
  }
  if (seat == all.end()) return unknown_balancer();
  switch (call.operation->verb) {
    case kGetBalancer:
      return balancer_as_json(world, state, *seat).dump();
    case kListSecure:
      return list_secure(world, state, call, moment);
    case kListPlain:
      return page_of(Json::array(), call, "listenerList");
    default:
      return update(world, state, call);
  }
}

}  // namespace certferry::sandbox
