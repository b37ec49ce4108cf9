// Edges and the DNS that leads to them: every address follows the vendor in its own time.
#pragma once

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

  explicit FakeEdge(VirtualTime& time);

  static std::string edge_name(const std::string& name);
  static const std::vector<Address>& addresses();

  Manner& at(const std::string& name, std::size_t address);

  /// From `when` on the addresses turn to the chain, each after its delay.
  void turn_to(const std::string& name, std::vector<Certificate> chain, Time when);

  /// Whether some address of some name that answers serves the leaf now.
  bool serves(const std::string& fingerprint) const;

  /// Whether every address of the name serves the leaf now.
  bool serves_everywhere(const std::string& name, const std::string& fingerprint) const;

  std::set<std::string> unresolved;  ///< names without addresses
  std::set<std::string> overrides;   ///< names that the configuration gives addresses for
  std::vector<std::string> resolved;
  std::size_t probes = 0;
  std::set<std::string> asked_for;  ///< server names

  Task<std::vector<Address>> resolve(std::string name, milliseconds timeout) override;
  bool overridden(const std::string& name) const override;
  Task<Probe> probe(ProbeRequest request) override;

 private:
  struct Switch {
    Time when{};
    std::vector<Certificate> chain;
  };
  struct Site {
    std::vector<Switch> switches;
    std::map<Address, Manner> manners;
  };

  static Manner manner(const Site& site, const Address& address);
  std::vector<Certificate> served(const Site& site, const Address& address) const;

  VirtualTime& time_;
  std::map<std::string, Site> sites_;
};

}  // namespace certferry::testing
