// The way to the edges: names, addresses and handshakes, over what the vendors truly serve.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ports/resolver.h"
#include "ports/tls_prober.h"
#include "sim/vendor.h"

namespace certferry::sim {

/// One handshake as it truly was.
struct TrueProbe {
  SteadyTime at{};
  const Generation* served = nullptr;
  bool well = false;    ///< a client would take it for the name
  bool reached = true;  ///< the address could be looked at from here
};

class Edges final : public TlsProber, public Resolver {
 public:
  Edges(Scene& scene, std::vector<std::unique_ptr<Vendor>>& vendors);

  std::set<std::string> unresolved;            ///< accounts whose edge names do not resolve for now
  std::set<Address> unreachable;               ///< addresses that do not answer for now
  std::set<Address> without_route;             ///< addresses that this machine has no way to
  std::map<Address, const Generation*> ahead;  ///< served there to its names, whatever is bound
  std::function<void(const std::string& name)> on_look;
  std::function<void(const std::string& name, const Address&, const TrueProbe&)> on_probe;

  /// What the address truly serves for the name now; null: nothing that anybody issued.
  const Generation* truth(Vendor& vendor, std::size_t edge, const std::string& name);

  Task<std::vector<Address>> resolve(std::string name, milliseconds timeout) override;
  bool overridden(const std::string& /*name*/) const override { return false; }
  Task<Probe> probe(ProbeRequest request) override;

 private:
  struct Place {
    Vendor* vendor = nullptr;
    std::size_t edge = 0;
  };
  Probe look(const ProbeRequest& request, bool silent);
  void note_met(const Vendor& vendor, std::size_t edge, const Address& address);
  void hit(Hazard hazard);
  Time true_now() const;

  Scene& scene_;
  std::vector<std::unique_ptr<Vendor>>& vendors_;
  std::map<Address, Place> places_;
  Chance chance_;
  const Generation* default_certificate(bool expired);

  const Generation* expired_ = nullptr;
  const Generation* self_signed_ = nullptr;
};

}  // namespace certferry::sim
