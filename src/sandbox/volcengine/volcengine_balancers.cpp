// CLB and ALB: load balancers of one region, their HTTPS listeners with extensions and without, and
// changes that take a while, one at a time.
//
// Each domain has an extension at the listener of its load balancer, or a listener of its own. What
// the documents leave open is answered as would harm most: CLB's list leaves out extensions, and
// what a change of ALB leaves out goes back to its default. A listener whose change is under way
// shows already what it was told to; what a refusal meanwhile is called was seen nowhere.

#include <array>
#include <set>

#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

constexpr std::size_t kDomainsABalancer = 100;
constexpr std::string_view kWhere = "cn-beijing";

/// A domain with where it is; those that are offline are at a load balancer that is stopped.
struct Seat {
  const Domain* domain = nullptr;
  std::string balancer;
  std::string listener;
  std::string extension;  ///< empty: the listener has no other
};

std::vector<Seat> seats_of(const World& world,
                           const VolcengineListeners& listeners,
                           std::string_view service) {
  std::vector<Seat> seats;
  std::size_t served = 0;
  for (const Domain* domain : domains_of(world, service)) {
    const std::string number =
        domain->online ? std::to_string(served++ / kDomainsABalancer) : "stopped";
    const std::string id = std::to_string(domain->id);
    const bool alone = listeners.alone.contains(domain->name);
    Seat seat{.domain = domain, .balancer = std::string(service) + "-" + number};
    seat.listener = "lsn-" + (alone ? id : seat.balancer);
    if (!alone) seat.extension = "de-" + id;
    seats.push_back(std::move(seat));
  }
  return seats;
}

bool is_busy(const std::vector<Seat>& seats, const std::string& where) {
  return std::ranges::any_of(seats, [&](const Seat& one) {
    return (one.balancer == where || one.listener == where) && one.domain->busy();
  });
}

std::string status_of(const std::vector<Seat>& seats, const std::string& where) {
  return is_busy(seats, where) ? "Configuring" : "Active";
}

/// What the listener or the extension presents.
Json certificate_of(const Domain* domain, std::string_view service, SteadyTime at) {
  const bool failed = domain != nullptr && domain->job && domain->job->failed;
  const EntryPtr entry = domain == nullptr ? nullptr
                         : failed          ? domain->bound_at(at)
                                           : domain->told_at(at);
  // There is always one: before any of the centre's, one of the load balancer's own store.
  return {{"CertificateSource", entry ? "cert_center" : std::string(service)},
          {"CertificateId", entry ? "" : "cert-1iidd2pahdyio74adhfr9ajwg"},
          {"CertCenterCertificateId", entry ? volcengine_id(entry->id) : ""},
          {"PcaLeafCertificateId", ""}};
}

/// Certificates aside, as they are where nobody has set them.
Json defaults(std::string_view service) {
  if (service == "clb") {
    return {{"AclIds", Json::array()},
            {"AclStatus", "off"},
            {"CaEnabled", "off"},
            {"Http2Enabled", "off"},
            {"SecurityPolicyId", "default_policy"}};
  }
  return {{"AclIds", Json::array()},
          {"AclStatus", "off"},
          {"AclType", ""},
          {"CACertificateId", ""},
          {"CACertificateSource", ""},
          {"CustomizedCfgId", " "},
          {"EnableHttp2", "off"},
          {"EnableQuic", "off"},
          {"PcaRootCACertificateId", ""},
          {"PcaSubCACertificateId", ""}};
}

Json listener_of(const std::vector<Seat>& seats,
                 const VolcengineListeners& listeners,
                 const std::string& id,
                 std::string_view service,
                 SteadyTime at) {
  const auto found = std::ranges::find(seats, id, &Seat::listener);
  const bool alone = found->extension.empty();
  const auto own = listeners.settings.find(id);
  Json listener = own == listeners.settings.end() ? defaults(service) : own->second;
  listener.update(certificate_of(alone ? found->domain : nullptr, service, at));
  listener.update({{"ListenerId", id},
                   {"ListenerName", "sandbox"},
                   {"LoadBalancerId", found->balancer},
                   {"Protocol", "HTTPS"},
                   {"Port", alone ? 8000 + found->domain->id : 443},
                   {"Enabled", "on"},
                   {"Status", status_of(seats, id)},
                   {"UpdateTime", std::to_string(at.time_since_epoch().count())}});
  Json extensions = Json::array();
  for (const Seat& seat : seats) {
    if (seat.listener != id || seat.extension.empty()) continue;
    Json one = certificate_of(seat.domain, service, at);
    one.update({{"DomainExtensionId", seat.extension},
                {"ListenerId", id},
                {"Domain", seat.domain->name},
                {"San", seat.domain->name}});
    extensions.push_back(std::move(one));
  }
  listener["DomainExtensions"] = std::move(extensions);
  return listener;
}

/// Of a query, where they are text.
std::variant<Page, VolcengineRefusal> page_in_query(const Json& parameters) {
  Json numbers = Json::object();
  for (const char* key : {"PageNumber", "PageSize"}) {
    const Json* given = member(parameters, key);
    if (given == nullptr) continue;
    const std::string text = text_of(parameters, key);
    std::int64_t number = 0;
    const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = failed == std::errc() && rest == text.data() + text.size();
    numbers[key] = whole ? Json(number) : Json(text);
  }
  return page_of(numbers, "PageNumber", "PageSize");
}

/// Nothing may be asked for that the call does not have.
std::optional<VolcengineRefusal> refuse_others(const VolcengineRequest& call,
                                               const std::set<std::string_view>& known) {
  for (const auto& [key, value] : call.parameters.items()) {
    if (!known.contains(key)) return invalid(key);
  }
  return std::nullopt;
}

VolcengineRefusal unknown_listener() {
  return {.status = 404,
          .code = "InvalidListener.NotFound",
          .message = "The specified listener does not exist."};
}

VolcengineAnswer page_answer(const std::vector<Json>& all, const Page& page, const char* items) {
  return Json{{"RequestId", "sandbox"},
              {"TotalCount", all.size()},
              {"PageNumber", page.number},
              {"PageSize", page.size},
              {items, page.of(all)}};
}

/// The order's parameters of a certificate, wherever they stand.
struct Order {
  std::string where;  ///< before their names: "DomainExtensions.1."; empty: the listener's own
  std::string extension;
};

Order order_in(const VolcengineRequest& call) {
  if (call.action->verb == VolcengineVerb::kChangeExtensions) {
    const std::string where = "ModifyDomainExtensions.1.";
    return {.where = where, .extension = text_of(call.parameters, where + "DomainExtensionId")};
  }
  const std::string where = "DomainExtensions.1.";
  const std::string extension = text_of(call.parameters, where + "DomainExtensionId");
  return {.where = extension.empty() ? "" : where, .extension = extension};
}

const Seat* seat_of(const std::vector<Seat>& seats, const VolcengineRequest& call) {
  const Order order = order_in(call);
  const std::string listener = text_of(call.parameters, "ListenerId");
  const auto found = std::ranges::find_if(seats, [&](const Seat& one) {
    return one.listener == listener && one.extension == order.extension;
  });
  return found == seats.end() ? nullptr : &*found;
}

/// What the settings are after a change of ALB: all that it is not given is at its default.
Json settings_after(const Json& parameters) {
  Json settings = defaults("alb");
  for (auto& [key, value] : settings.items()) {
    if (key == "AclIds") continue;
    const std::string given = text_of(parameters, key);
    if (!given.empty()) value = given;
  }
  for (int i = 1; parameters.contains("AclIds." + std::to_string(i)); ++i) {
    settings["AclIds"].push_back(text_of(parameters, "AclIds." + std::to_string(i)));
  }
  return settings;
}

std::optional<VolcengineRefusal> refuse_change(const VolcengineRequest& call) {
  const Order order = order_in(call);
  const bool clb = call.action->service == "clb";
  const bool of_extension = !order.where.empty();
  std::set<std::string> known = {
      "ListenerId", order.where + "CertificateSource", order.where + "CertCenterCertificateId"};
  if (of_extension) known.insert(order.where + "DomainExtensionId");
  if (of_extension && !clb) {
    known.insert(order.where + "Action");
    known.insert(order.where + "Domain");
    if (text_of(call.parameters, order.where + "Action") != "modify") {
      return missing(order.where + "Action");
    }
  }
  if (!clb) {
    const Json settings = defaults("alb");
    for (const auto& [key, value] : settings.items()) known.insert(key);
    for (int i = 1; i <= 5; ++i) known.insert("AclIds." + std::to_string(i));
    const bool lists = text_of(call.parameters, "AclStatus") == "on";
    if (lists && !call.parameters.contains("AclIds.1")) return missing("AclIds.N");
  }
  if (auto refusal = refuse_others(call, {known.begin(), known.end()})) return refusal;
  for (const char* key : {"CertificateSource", "CertCenterCertificateId"}) {
    if (text_of(call.parameters, order.where + key).empty()) return missing(order.where + key);
  }
  // The stores of the load balancers themselves are not emulated.
  if (text_of(call.parameters, order.where + "CertificateSource") == "cert_center") {
    return std::nullopt;
  }
  return invalid(order.where + "CertificateSource");
}

}  // namespace

VolcengineAnswer list_balancers(const World& world,
                                const VolcengineListeners& listeners,
                                const VolcengineRequest& call) {
  if (auto refusal = refuse_others(call, {"PageNumber", "PageSize", "LoadBalancerIds.1"})) {
    return *refusal;
  }
  const auto page = page_in_query(call.parameters);
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  const std::vector<Seat> seats = seats_of(world, listeners, call.action->service);
  const std::string wanted = text_of(call.parameters, "LoadBalancerIds.1");
  std::vector<Json> all;
  std::set<std::string> known;
  for (const Seat& seat : seats) {
    const bool asked = wanted.empty() || wanted == seat.balancer;
    if (call.region != kWhere || !asked || !known.insert(seat.balancer).second) continue;
    all.push_back(
        {{"LoadBalancerId", seat.balancer},
         {"LoadBalancerName", "sandbox"},
         {"Type", "public"},
         {"BusinessStatus", "Normal"},
         {"Status",
          seat.domain->online ? status_of(seats, seat.balancer) : std::string("Inactive")}});
  }
  return page_answer(all, std::get<Page>(page), "LoadBalancers");
}

VolcengineAnswer list_listeners(const World& world,
                                const VolcengineListeners& listeners,
                                const VolcengineRequest& call,
                                SteadyTime at) {
  if (auto refusal = refuse_others(call, {"PageNumber", "PageSize", "LoadBalancerId"})) {
    return *refusal;
  }
  const auto page = page_in_query(call.parameters);
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  const std::string_view service = call.action->service;
  const std::vector<Seat> seats = seats_of(world, listeners, service);
  const std::string balancer = text_of(call.parameters, "LoadBalancerId");
  std::vector<Json> all;
  std::set<std::string> known;
  for (const Seat& seat : seats) {
    const bool asked = balancer.empty() || balancer == seat.balancer;
    if (call.region != kWhere || !asked || !known.insert(seat.listener).second) continue;
    Json one = listener_of(seats, listeners, seat.listener, service, at);
    if (service == "clb") one.erase("DomainExtensions");
    all.push_back(std::move(one));
  }
  if (!all.empty()) {
    all.push_back({{"ListenerId", "lsn-plain"},
                   {"Protocol", "HTTP"},
                   {"Port", 80},
                   {"Enabled", "on"},
                   {"Status", "Active"},
                   {"CertificateId", ""}});
  }
  return page_answer(all, std::get<Page>(page), "Listeners");
}

VolcengineAnswer get_listener(const World& world,
                              const VolcengineListeners& listeners,
                              const VolcengineRequest& call,
                              SteadyTime at) {
  if (auto refusal = refuse_others(call, {"ListenerId"})) return *refusal;
  const std::string_view service = call.action->service;
  const std::vector<Seat> seats = seats_of(world, listeners, service);
  const std::string id = text_of(call.parameters, "ListenerId");
  if (id.empty()) return missing("ListenerId");
  const bool known = std::ranges::find(seats, id, &Seat::listener) != seats.end();
  if (!known || call.region != kWhere) return unknown_listener();
  return listener_of(seats, listeners, id, service, at);
}

VolcengineAnswer list_rules(const World& world,
                            const VolcengineListeners& listeners,
                            const VolcengineRequest& call) {
  if (auto refusal = refuse_others(call, {"ListenerId"})) return *refusal;
  const std::string id = text_of(call.parameters, "ListenerId");
  if (id.empty()) return missing("ListenerId");
  Json rules = Json::array();
  bool known = false;
  for (const Seat& seat : seats_of(world, listeners, call.action->service)) {
    if (seat.listener != id || call.region != kWhere) continue;
    known = true;
    for (const char* url : {"/", "/api"}) {
      rules.push_back({{"RuleId", "rule-" + std::to_string(seat.domain->id) + url},
                       {"Domain", seat.domain->name},
                       {"Url", url},
                       {"ServerGroupId", "rsp-1"}});
    }
  }
  if (!known) return unknown_listener();
  return Json{{"RequestId", "sandbox"}, {"Rules", rules}};
}

VolcengineAnswer change_listener(World& world,
                                 VolcengineListeners& listeners,
                                 const VolcengineRequest& call) {
  if (auto refusal = refuse_change(call)) return *refusal;
  const std::vector<Seat> seats = seats_of(world, listeners, call.action->service);
  const Seat* seat = seat_of(seats, call);
  if (seat == nullptr || call.region != kWhere) return unknown_listener();
  if (is_busy(seats, seat->balancer)) {
    return VolcengineRefusal{.status = 409,
                             .code = "SandboxDoesNotKnowTheCode",
                             .message = "The load balancer is at another change."};
  }
  const Order order = order_in(call);
  const Json* spelled = member(call.parameters, order.where + "Domain");
  if (spelled != nullptr && *spelled != seat->domain->name) return invalid(order.where + "Domain");
  const auto id = read_id(text_of(call.parameters, order.where + "CertCenterCertificateId"));
  if (!id || !world.entries().contains(*id)) {
    return VolcengineRefusal{.status = 404,
                             .code = "InvalidCertificate.NotFound",
                             .message = "The specified certificate does not exist."};
  }
  const std::string listener = seat->listener;
  if (world.start_bind(*id, seat->domain->name) != Outcome::kDone) {
    return invalid(order.where + "CertCenterCertificateId");
  }
  if (call.action->service == "alb") {
    listeners.settings[listener] = settings_after(call.parameters);
  }
  return Json{{"RequestId", "sandbox"}};
}

}  // namespace certferry::sandbox::volcengine

namespace certferry::sandbox {

std::string domain_of_change(const World& world,
                             const VolcengineState& state,
                             const VolcengineRequest& call) {
  const bool changes =
      call.action != nullptr && call.action->is_regional() && call.action->changes();
  if (!changes) return {};
  const auto seats = volcengine::seats_of(world, state.listeners, call.action->service);
  const auto* seat = volcengine::seat_of(seats, call);
  return seat == nullptr ? std::string() : seat->domain->name;
}

std::string listener_of(const World& world, const VolcengineState& state, const std::string& name) {
  for (const std::string_view service : {"clb", "alb"}) {
    for (const auto& seat : volcengine::seats_of(world, state.listeners, service)) {
      if (seat.domain->name == name) return seat.listener;
    }
  }
  return {};
}

}  // namespace certferry::sandbox
