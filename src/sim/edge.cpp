#include "sim/edge.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certferry::sim {

using std::chrono::days;

Edges::Edges(Scene& scene, std::vector<std::unique_ptr<Vendor>>& vendors)
    : scene_(scene), vendors_(vendors), chance_(scene.root.fork("edges")) {
  for (const auto& vendor : vendors_) {
    for (std::size_t i = 0; i < vendor->plan.addresses.size(); ++i) {
      places_[vendor->plan.addresses[i].address] = {.vendor = vendor.get(), .edge = i};
    }
  }
}

/// What an edge falls back to; issued when the first one does.
const Generation* Edges::default_certificate(bool expired) {
  const Generation*& known = expired ? expired_ : self_signed_;
  const Time now = scene_.time.now();
  if (known != nullptr) return known;
  known = &scene_.authority.issue({.certificate = "edge",
                                   .names = {"edge.test"},
                                   .not_before = now - days(90),
                                   .not_after = now + (expired ? -days(1) : days(900)),
                                   .flaw = expired ? Flaw::kNone : Flaw::kUntrusted});
  return known;
}

Time Edges::true_now() const {
  return scene_.time.now() - scene_.time.wall_jump();
}

const Generation* Edges::truth(Vendor& vendor, std::size_t edge, const std::string& name) {
  using Kind = sandbox::Served::Kind;
  const auto own = ahead.find(vendor.plan.addresses[edge].address);
  if (own != ahead.end() && serves_well(*own->second, name, true_now())) return own->second;
  const sandbox::Served served = vendor.world.serve(edge, name);
  switch (served.kind) {
    case Kind::kCertificate:
      return scene_.authority.find(served.entry->pair.leaf.fingerprint);
    case Kind::kExpired:
      return default_certificate(true);
    case Kind::kSelfSigned:
      return default_certificate(false);
    case Kind::kUnrecognizedName:
    case Kind::kSilent:
    case Kind::kNotTls:
      break;
  }
  return nullptr;
}

/// A look is for observing, for deleting, or for confirming.
void Edges::hit(Hazard hazard) {
  const bool other = scene_.step == Step::kObserve || scene_.step == Step::kCleanUp;
  scene_.hit(hazard, other ? scene_.step : Step::kConfirm);
}

Task<std::vector<Address>> Edges::resolve(std::string name, milliseconds timeout) {
  for (const auto& vendor : vendors_) {
    if (!name.ends_with(Vendor::edge_suffix(vendor->plan.name))) continue;
    if (unresolved.contains(vendor->plan.name) || scene_.scripted(Hazard::kDnsFailure)) {
      hit(Hazard::kDnsFailure);
      co_await scene_.time.sleep(timeout);
      throw Error(ErrorKind::kUnavailable, "no name server answered").with_code("dns.unreachable");
    }
    co_await scene_.time.sleep(chance_.between(milliseconds(1), milliseconds(40)));
    std::vector<Address> addresses;
    for (const AddressPlan& one : vendor->plan.addresses) addresses.push_back(one.address);
    std::ranges::sort(addresses);
    const std::string suffix = Vendor::edge_suffix(vendor->plan.name);
    if (on_look) on_look(vendor->plan.name + "/" + name.substr(0, name.size() - suffix.size()));
    co_return addresses;
  }
  throw Error(ErrorKind::kNotFound, name + " has no address").with_code("dns.no_address");
}

Task<Probe> Edges::probe(ProbeRequest request) {
  const bool silent =
      unreachable.contains(request.address) || scene_.scripted(Hazard::kEdgeUnreachable);
  const milliseconds usual = chance_.between(milliseconds(5), milliseconds(200));
  if (silent) hit(Hazard::kEdgeUnreachable);
  const milliseconds wait = silent ? request.timeout : usual;
  co_await scene_.time.sleep(wait);
  Probe probe = look(request, silent || unreachable.contains(request.address));
  probe.elapsed = wait;
  co_return probe;
}

void Edges::note_met(const Vendor& vendor, std::size_t edge, const Address& address) {
  using Kind = sandbox::EdgeFaultKind;
  constexpr std::array kMeans{std::pair{Kind::kStuck, Hazard::kEdgeStuck},
                              std::pair{Kind::kExpired, Hazard::kEdgeExpired},
                              std::pair{Kind::kSelfSigned, Hazard::kEdgeSelfSigned},
                              std::pair{Kind::kNotTls, Hazard::kEdgeNotTls}};
  if (ahead.contains(address)) hit(Hazard::kEdgeAhead);
  const std::optional<sandbox::EdgeFault>& fault = vendor.world.edges()[edge].fault;
  for (const auto& [kind, hazard] : kMeans) {
    if (fault && fault->kind == kind) hit(hazard);
  }
}

Probe Edges::look(const ProbeRequest& request, bool silent) {
  Probe probe{.address = request.address, .tls_version = "TLSv1.3"};
  const auto place = places_.find(request.address);
  ASSERT(place != places_.end());
  Vendor& vendor = *place->second.vendor;
  TrueProbe was{.at = scene_.time.steady_now(),
                .served = truth(vendor, place->second.edge, request.server_name)};
  note_met(vendor, place->second.edge, request.address);
  // Clients go by their own clocks, whatever became of the program's.
  was.well = was.served && serves_well(*was.served, request.server_name, true_now());
  if (without_route.contains(request.address)) {
    hit(Hazard::kNoRoute);
    probe.no_route = true;
    probe.detail = "no route";
    was.well = was.reached = false;
  } else if (silent) {
    probe.detail = "timed out";
    was.well = was.reached = false;
  } else if (was.served == nullptr) {
    probe.outcome = Probe::Outcome::kAlert;
    probe.detail = "alert unrecognized_name";
  } else {
    probe.outcome = Probe::Outcome::kServed;
    probe.chain = was.served->chain;
  }
  if (on_probe) on_probe(vendor.plan.name + "/" + request.server_name, request.address, was);
  return probe;
}

}  // namespace certferry::sim
