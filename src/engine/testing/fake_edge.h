// Edges and the DNS that leads to them: every address follows the vendor in its own time.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/testing/virtual_time.h"
#include "ports/resolver.h"
#include "ports/tls_prober.h"

namespace certferry::testing {

/// Two addresses serve every name, each with what was switched to last and has arrived there.
class FakeEdge final : public TlsProber, public Resolver {
 public:
  /// How one address behaves for one name.
  struct Manner {
    milliseconds delay = seconds(20);
    std::optional<Time> stuck_since;  ///< later switches never arrive
    Probe::Outcome outcome = Probe::Outcome::kServed;
    bool no_route = false;
  };

  explicit FakeEdge(VirtualTime& time) : time_(time) {}

  static std::string edge_name(const std::string& name) { return name + ".edge.test"; }
  static const std::vector<Address>& addresses() {
    static const std::vector<Address> kAddresses = {{.ip = "192.0.2.7"}, {.ip = "2001:db8::7"}};
    return kAddresses;
  }

  Manner& at(const std::string& name, std::size_t address) {
    return sites_[name].manners[addresses()[address]];
  }

  /// From `when` on the addresses turn to the chain, each after its delay.
  void turn_to(const std::string& name, std::vector<Certificate> chain, Time when) {
    sites_[name].switches.push_back({when, std::move(chain)});
  }

  /// Whether some address of some name that answers serves the leaf now.
  bool serves(const std::string& fingerprint) const {
    for (const auto& [name, site] : sites_) {
      for (const Address& address : addresses()) {
        const std::vector<Certificate> chain = served(site, address);
        if (!chain.empty() && chain.front().fingerprint == fingerprint) return true;
      }
    }
    return false;
  }

  /// Whether every address of the name serves the leaf now.
  bool serves_everywhere(const std::string& name, const std::string& fingerprint) const {
    const auto site = sites_.find(name);
    return site != sites_.end() && std::ranges::all_of(addresses(), [&](const Address& address) {
             const std::vector<Certificate> chain = served(site->second, address);
             return !chain.empty() && chain.front().fingerprint == fingerprint;
           });
  }

  std::set<std::string> unresolved;  ///< names without addresses
  std::set<std::string> overrides;   ///< names that the configuration gives addresses for
  std::vector<std::string> resolved;
  std::size_t probes = 0;
  std::set<std::string> asked_for;  ///< server names

  Task<std::vector<Address>> resolve(std::string name, milliseconds /*timeout*/) override {
    resolved.push_back(name);
    co_await time_.sleep(milliseconds(5));
    if (unresolved.contains(name)) {
      throw Error(ErrorKind::kNotFound, name + " has no address").with_code("dns.no_address");
    }
    co_return addresses();
  }

  bool overridden(const std::string& name) const override { return overrides.contains(name); }

  Task<Probe> probe(ProbeRequest request) override {
    ++probes;
    asked_for.insert(request.server_name);
    co_await time_.sleep(milliseconds(15));
    Probe probe{.address = request.address, .tls_version = "TLSv1.3", .elapsed = milliseconds(15)};
    const Site& site = sites_[request.server_name];
    probe.outcome = manner(site, request.address).outcome;
    probe.no_route = manner(site, request.address).no_route;
    if (probe.outcome == Probe::Outcome::kServed) probe.chain = served(site, request.address);
    if (probe.outcome == Probe::Outcome::kServed && probe.chain.empty()) {
      probe.outcome = Probe::Outcome::kAlert;
    }
    if (probe.outcome == Probe::Outcome::kUnreachable) probe.detail = "connection refused";
    if (probe.outcome == Probe::Outcome::kAlert) probe.detail = "alert unrecognized_name";
    co_return probe;
  }

 private:
  struct Switch {
    Time when{};
    std::vector<Certificate> chain;
  };
  struct Site {
    std::vector<Switch> switches;
    std::map<Address, Manner> manners;
  };

  static Manner manner(const Site& site, const Address& address) {
    const auto found = site.manners.find(address);
    return found == site.manners.end() ? Manner() : found->second;
  }

  std::vector<Certificate> served(const Site& site, const Address& address) const {
    const Manner how = manner(site, address);
    const Switch* last = nullptr;
    for (const Switch& one : site.switches) {
      const bool stuck = how.stuck_since && one.when >= *how.stuck_since;
      const bool arrived = one.when + how.delay <= time_.now();
      if (!stuck && arrived && (last == nullptr || one.when >= last->when)) last = &one;
    }
    return last == nullptr ? std::vector<Certificate>() : last->chain;
  }

  VirtualTime& time_;
  std::map<std::string, Site> sites_;
};

}  // namespace certferry::testing
