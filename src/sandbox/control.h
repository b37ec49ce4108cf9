// The control API: looking at the sandbox and breaking it, while it runs.
//
//   GET    /state        domains, bindings, certificates without keys, edges, counters, faults
//   POST   /fault        {"kind":"throttle", "endpoint":…, "domain":…, "skip":…, "count":…, …}
//                        {"kind":"stuck", "edge":"127.0.0.2", "count":…}
//   DELETE /faults       clears all of them, at the edges too
//   POST   /domain       {"name":…, "status":"online"|"offline", "cert_id":…}; adds it when new
//   POST   /latency      {"latency":"50ms"}
//   POST   /propagation  {"propagation":"2s", "edge":…}; without edge, all of them
//   POST   /quota        {"quota":2}: so many certificates fit into the store; 0: any number
//   POST   /reset        certificates, bindings, faults and counters go; domains and edges stay
#pragma once

#include <cstdint>
#include <functional>

#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct Connections {
  std::uint64_t api_accepted = 0;
  std::size_t api_open = 0;
  std::uint64_t edges_accepted = 0;
};

/// What lies outside the world but is still to be looked at or changed.
struct ControlHooks {
  std::function<milliseconds()> latency;
  std::function<void(milliseconds)> set_latency;
  std::function<void()> edge_faults_changed;
  std::function<Connections()> connections;
};

/// Lifetime: all it refers to outlives it.
class Control {
 public:
  Control(World& world, Faults& faults, Api& api, ControlHooks hooks);

  Reply handle(const Request& request);

 private:
  Result<void> act(const std::string& what, const Fields& fields);
  Result<void> add_fault(const Fields& fields);
  Result<void> add_edge_fault(const Fields& fields);
  Result<void> change_domain(const Fields& fields);
  Result<void> change_latency(const Fields& fields);
  Result<void> change_propagation(const Fields& fields);
  Result<void> change_quota(const Fields& fields);
  void clear_faults();
  void reset();
  Result<std::vector<std::size_t>> edges_named(std::string_view name) const;
  std::string state() const;

  World& world_;
  Faults& faults_;
  Api& api_;
  ControlHooks hooks_;
};

}  // namespace certferry::sandbox
