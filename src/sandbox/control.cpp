#include "sandbox/control.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "model/name.h"
#include "model/probe.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

struct Route {
  std::string_view method_and_path;
  std::vector<std::string> keys;
};

const std::vector<Route>& routes() {
  static const std::vector<Route> kRoutes{
      {"POST /fault",
       {"kind", "endpoint", "domain", "skip", "count", "delay", "code", "message", "edge"}},
      {"DELETE /faults", {}},
      {"POST /domain", {"name", "status", "cert_id"}},
      {"POST /latency", {"latency"}},
      {"POST /propagation", {"propagation", "edge"}},
      {"POST /quota", {"quota"}},
      {"POST /reset", {}},
  };
  return kRoutes;
}

Error refused(std::string message) {
  return Error(ErrorKind::kInvalidInput, std::move(message)).with_code("sandbox.control");
}

Error not_found(std::string message) {
  return Error(ErrorKind::kNotFound, std::move(message)).with_code("sandbox.control");
}

Reply json_reply(int status, const Json& json) {
  Reply reply;
  reply.status = status;
  reply.body = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return reply;
}

Reply error_reply(const Error& error) {
  const int status = error.kind == ErrorKind::kNotFound ? 404 : 400;
  return json_reply(status, {{"error", error.message}});
}

Result<void> check_keys(const Route& route, const Fields& fields) {
  for (const auto& [key, value] : fields) {
    if (std::ranges::find(route.keys, key) != route.keys.end()) continue;
    return std::unexpected(refused("unknown key '" + printable(key) + "'; there are: " +
                                   (route.keys.empty() ? "none" : join(route.keys, ", "))));
  }
  return {};
}

Result<unsigned> number_field(const Fields& fields, std::string_view name) {
  const auto value = integer_field(fields, name);
  if (!value || *value > std::numeric_limits<int>::max()) {
    return std::unexpected(refused("'" + std::string(name) + "' is not a number"));
  }
  return static_cast<unsigned>(*value);
}

Result<milliseconds> duration_field(const Fields& fields, std::string_view name) {
  return parse_duration(text_field(fields, name));
}

std::vector<std::string> fault_names() {
  std::vector<std::string> names;
  for (const FaultTraits& each : all_fault_traits()) names.emplace_back(each.name);
  return names;
}

Json state_of(const Domain& domain) {
  const EntryPtr entry = domain.bound();
  return {{"id", domain.id},
          {"name", domain.name},
          {"cname", domain.cname},
          {"origin", domain.origin},
          {"status", domain.online ? "online" : "offline"},
          {"cert_id", entry ? entry->id : 0},
          {"fingerprint", entry ? entry->pair.leaf.fingerprint : ""}};
}

/// The key stays where it is: only named fields of a certificate ever leave.
Json state_of(const Entry& entry, std::size_t domain_count) {
  const Certificate& leaf = entry.pair.leaf;
  return {{"id", entry.id},
          {"note", entry.note},
          {"fingerprint", leaf.fingerprint},
          {"names", leaf.dns_names},
          {"not_before", format_time(leaf.not_before)},
          {"not_after", format_time(leaf.not_after)},
          {"domain_count", domain_count}};
}

Json state_of(const Edge& edge) {
  return {{"address", edge.address},
          {"port", edge.port},
          {"propagation_ms", edge.propagation.count()},
          {"fault", edge.fault ? Json(std::string(to_string(edge.fault->kind))) : Json(nullptr)}};
}

Json state_of(const Fault& fault) {
  return {{"kind", std::string(traits(fault.kind).name)},
          {"endpoint", fault.endpoint},
          {"domain", fault.domain},
          {"skip", fault.skip},
          {"count", fault.count ? Json(*fault.count) : Json(nullptr)}};
}

Json state_of(const CallCounters& counters) {
  return {{"by_endpoint", counters.by_endpoint},
          {"unknown", counters.unknown},
          {"unauthorized", counters.unauthorized},
          {"changing", counters.changing},
          {"applied", counters.applied}};
}

}  // namespace

Control::Control(World& world, Faults& faults, Api& api, ControlHooks hooks)
    : world_(world), faults_(faults), api_(api), hooks_(std::move(hooks)) {}

Reply Control::handle(const Request& request) {
  world_.advance();
  const std::string what = request.method + " " + request.target;
  if (what == "GET /state") {
    Reply reply;
    reply.body = state();
    return reply;
  }
  const auto route = std::ranges::find(routes(), what, &Route::method_and_path);
  if (route == routes().end()) return error_reply(not_found("there is no " + printable(what)));
  const Result<Fields> fields = parse_json_fields(request.body);
  if (!fields) return error_reply(fields.error());
  Result<void> done = check_keys(*route, *fields);
  if (done) done = act(what, *fields);
  return done ? json_reply(200, {{"ok", true}}) : error_reply(done.error());
}

Result<void> Control::act(const std::string& what, const Fields& fields) {
  if (what == "POST /fault") {
    return fields.contains("edge") ? add_edge_fault(fields) : add_fault(fields);
  }
  if (what == "POST /domain") return change_domain(fields);
  if (what == "POST /latency") return change_latency(fields);
  if (what == "POST /propagation") return change_propagation(fields);
  if (what == "POST /quota") return change_quota(fields);
  if (what == "POST /reset") {
    reset();
  } else {
    clear_faults();
  }
  return {};
}

Result<void> Control::add_fault(const Fields& fields) {
  const auto kind = fault_kind(text_field(fields, "kind"));
  if (!kind)
    return std::unexpected(refused("unknown kind; there are: " + join(fault_names(), ", ")));
  Fault fault{.kind = *kind,
              .endpoint = std::string(text_field(fields, "endpoint")),
              .domain = std::string(text_field(fields, "domain"))};
  if (fields.contains("skip")) {
    TRY(fault.skip, number_field(fields, "skip"));
  }
  if (fields.contains("count")) {
    TRY(fault.count, number_field(fields, "count"));
    if (*fault.count == 0) return std::unexpected(refused("'count' must be at least 1"));
  }
  if (fields.contains("delay")) {
    TRY(fault.delay, duration_field(fields, "delay"));
  }
  if (fields.contains("code")) {
    TRY(const unsigned code, number_field(fields, "code"));
    fault.code = static_cast<int>(code);
  }
  if (fields.contains("message")) fault.message = text_field(fields, "message");
  faults_.add(std::move(fault));
  return {};
}

Result<void> Control::add_edge_fault(const Fields& fields) {
  const auto kind = edge_fault_kind(text_field(fields, "kind"));
  if (!kind) return std::unexpected(refused("unknown kind of edge fault"));
  TRY(const std::vector<std::size_t> edges, edges_named(text_field(fields, "edge")));
  EdgeFault fault{.kind = *kind, .count = {}};
  if (fields.contains("count")) {
    if (*kind == EdgeFaultKind::kRefuse) {
      return std::unexpected(refused("refused connections cannot be counted: leave 'count' out"));
    }
    TRY(fault.count, number_field(fields, "count"));
    if (*fault.count == 0) return std::unexpected(refused("'count' must be at least 1"));
  }
  for (const std::size_t edge : edges) world_.set_edge_fault(edge, fault);
  hooks_.edge_faults_changed();
  return {};
}

Result<void> Control::change_domain(const Fields& fields) {
  const std::string_view status = text_field(fields, "status");
  if (!status.empty() && status != "online" && status != "offline") {
    return std::unexpected(refused("'status' is online or offline"));
  }
  TRY(const std::string name, canonical_name(text_field(fields, "name")));
  world_.ensure_domain(name);
  if (!status.empty()) world_.set_online(name, status == "online");
  if (!fields.contains("cert_id")) return {};

  const auto id = integer_field(fields, "cert_id");
  if (!id) return std::unexpected(refused("'cert_id' is not a number"));
  const Outcome outcome = *id == 0 ? world_.unbind(name) : world_.bind(*id, name);
  if (outcome == Outcome::kUnknownCertificate) return std::unexpected(not_found("no such cert_id"));
  if (outcome != Outcome::kDone) {
    return std::unexpected(refused("the certificate does not cover " + name));
  }
  return {};
}

Result<void> Control::change_latency(const Fields& fields) {
  TRY(const milliseconds latency, duration_field(fields, "latency"));
  hooks_.set_latency(latency);
  return {};
}

Result<void> Control::change_propagation(const Fields& fields) {
  TRY(const milliseconds propagation, duration_field(fields, "propagation"));
  TRY(const std::vector<std::size_t> edges, edges_named(text_field(fields, "edge")));
  for (const std::size_t edge : edges) world_.edges()[edge].propagation = propagation;
  return {};
}

Result<void> Control::change_quota(const Fields& fields) {
  TRY(const unsigned quota, number_field(fields, "quota"));
  world_.set_quota(quota);
  return {};
}

void Control::clear_faults() {
  faults_.clear();
  for (std::size_t edge = 0; edge < world_.edges().size(); ++edge) {
    world_.set_edge_fault(edge, std::nullopt);
  }
  hooks_.edge_faults_changed();
}

void Control::reset() {
  clear_faults();
  world_.reset();
  api_.reset_counters();
}

Result<std::vector<std::size_t>> Control::edges_named(std::string_view name) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < world_.edges().size(); ++i) {
    const Edge& edge = world_.edges()[i];
    const bool named =
        name == edge.address || name == to_string(Address{.ip = edge.address, .port = edge.port});
    if (name.empty() || named) found.push_back(i);
  }
  if (found.empty()) return std::unexpected(not_found("no edge " + printable(name)));
  return found;
}

std::string Control::state() const {
  const auto counts = world_.use_counts();
  Json domains = Json::array();
  for (const Domain& domain : world_.domains()) domains.push_back(state_of(domain));
  Json certificates = Json::array();
  for (const auto& [id, entry] : world_.entries()) {
    const auto count = counts.find(id);
    certificates.push_back(state_of(*entry, count == counts.end() ? 0 : count->second));
  }
  Json edges = Json::array();
  for (const Edge& edge : std::as_const(world_).edges()) edges.push_back(state_of(edge));
  Json faults = Json::array();
  for (const Fault& fault : faults_.active()) faults.push_back(state_of(fault));
  const Connections connections = hooks_.connections();
  const Json all{{"domains", std::move(domains)},
                 {"certificates", std::move(certificates)},
                 {"edges", std::move(edges)},
                 {"faults", std::move(faults)},
                 {"calls", state_of(api_.counters())},
                 {"latency_ms", hooks_.latency().count()},
                 {"connections",
                  {{"api_accepted", connections.api_accepted},
                   {"api_open", connections.api_open},
                   {"edges_accepted", connections.edges_accepted}}}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace certferry::sandbox
