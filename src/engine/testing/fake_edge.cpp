#include "engine/testing/fake_edge.h"

#include <algorithm>
#include <utility>

namespace certferry::testing {

FakeEdge::FakeEdge(VirtualTime& time) : time_(time) {}

std::string FakeEdge::edge_name(const std::string& name) {
  return name + ".edge.test";
}

const std::vector<Address>& FakeEdge::addresses() {
  static const std::vector<Address> kAddresses = {{.ip = "192.0.2.7"}, {.ip = "2001:db8::7"}};
  return kAddresses;
}

FakeEdge::Manner& FakeEdge::at(const std::string& name, std::size_t address) {
  return sites_[name].manners[addresses()[address]];
}

void FakeEdge::turn_to(const std::string& name, std::vector<Certificate> chain, Time when) {
  sites_[name].switches.push_back({when, std::move(chain)});
}

bool FakeEdge::serves(const std::string& fingerprint) const {
  for (const auto& [name, site] : sites_) {
    for (const Address& address : addresses()) {
      const std::vector<Certificate> chain = served(site, address);
      if (!chain.empty() && chain.front().fingerprint == fingerprint) return true;
    }
  }
  return false;
}

bool FakeEdge::serves_everywhere(const std::string& name, const std::string& fingerprint) const {
  const auto site = sites_.find(name);
  return site != sites_.end() && std::ranges::all_of(addresses(), [&](const Address& address) {
           const std::vector<Certificate> chain = served(site->second, address);
           return !chain.empty() && chain.front().fingerprint == fingerprint;
         });
}

Task<std::vector<Address>> FakeEdge::resolve(std::string name, milliseconds /*timeout*/) {
  resolved.push_back(name);
  co_await time_.sleep(milliseconds(5));
  if (unresolved.contains(name)) {
    throw Error(ErrorKind::kNotFound, name + " has no address").with_code("dns.no_address");
  }
  co_return addresses();
}

bool FakeEdge::overridden(const std::string& name) const {
  return overrides.contains(name);
}

Task<Probe> FakeEdge::probe(ProbeRequest request) {
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

FakeEdge::Manner FakeEdge::manner(const Site& site, const Address& address) {
  const auto found = site.manners.find(address);
  return found == site.manners.end() ? Manner() : found->second;
}

std::vector<Certificate> FakeEdge::served(const Site& site, const Address& address) const {
  const Manner how = manner(site, address);
  const Switch* last = nullptr;
  for (const Switch& one : site.switches) {
    const bool stuck = how.stuck_since && one.when >= *how.stuck_since;
    const bool arrived = one.when + how.delay <= time_.now() - time_.wall_jump();
    if (!stuck && arrived && (last == nullptr || one.when >= last->when)) last = &one;
  }
  return last == nullptr ? std::vector<Certificate>() : last->chain;
}

}  // namespace certferry::testing
