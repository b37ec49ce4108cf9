// One account at the emulated vendor, and the wire that leads to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "sandbox/dogecloud_api.h"
#include "sandbox/dogecloud_calls.h"
#include "sandbox/pair.h"
#include "sim/scene.h"

namespace certferry::sim {

/// The emulated account: its domains, its store, its edges.
struct Vendor {
  Vendor(const AccountPlan& account, const Clock& clock, const Authority& authority);

  /// The last part of its edge names: ".account0.edge.test".
  static std::string edge_suffix(const std::string& account) {
    return "." + account + ".edge.test";
  }
  static std::string endpoint(const std::string& account) { return "https://" + account + ".test"; }

  AccountPlan plan;
  sandbox::World world;
  sandbox::Faults faults;
  sandbox::DogeCloudApi api;
  bool out = false;      ///< an outage: every call ends in 502
  bool refuses = false;  ///< every call ends in 401
};

/// A call of ours on its way: it lives on when the process that sent it has died.
struct Exchange {
  sandbox::Request request;
  sandbox::Call call;
  bool changes = false;
  unsigned process = 0;
  SteadyTime sent_at{};
  unsigned deliveries = 0;  ///< a network may deliver one request twice
  bool passed_on = false;   ///< the sender gets the answer to the delivery that came last
  bool cancelled = false;   ///< its process died before it got anywhere
  std::optional<sandbox::Fault> fault;
  std::optional<sandbox::Reply> reply;  ///< the vendor has acted
  SteadyTime acted_at{};
  bool resets_settings = false;  ///< of the domain, if the bind is made
  bool settings_reset = false;   ///< and by the delivery that came last it was
  bool refused = false;          ///< by a plain word of the vendor: nothing was done
};

using ExchangePtr = std::shared_ptr<Exchange>;

/// Told of what passes over the wires.
class WireWitness {
 public:
  virtual ~WireWitness() = default;
  /// A call is about to leave.
  virtual void sending(Vendor& vendor, const ExchangePtr& exchange) = 0;
  /// The vendor has acted on it.
  virtual void acted(Vendor& vendor, const Exchange& exchange) = 0;
  /// The answer is in the hands of the process, whole.
  virtual void answered(Vendor& vendor, const Exchange& exchange) = 0;
};

/// The HTTP client of one account: latency, loss and delay, then the emulated API.
class Wire final : public HttpClient {
 public:
  Wire(Scene& scene, Vendor& vendor, WireWitness& witness)
      : scene_(scene),
        vendor_(vendor),
        witness_(witness),
        chance_(scene.root.fork(vendor.plan.name)) {}

  Task<HttpResponse> send(HttpRequest request) override;

  /// The process died: of what was under way, some arrives all the same.
  void process_died();

 private:
  ExchangePtr prepare(const HttpRequest& request);
  std::optional<sandbox::Fault> draw_fault(const Exchange& exchange);
  void deliver_later(const ExchangePtr& exchange, milliseconds later);
  void deliver(const ExchangePtr& exchange);
  sandbox::Reply answer(const Exchange& exchange);
  /// What holds all along, or for a while, and is met by this call.
  void note_conditions(const Exchange& exchange, const sandbox::Reply& reply);
  void reset_settings(Exchange& exchange);
  HttpResponse receive(const HttpRequest& request, const ExchangePtr& exchange);
  milliseconds latency();
  bool strikes(Hazard hazard, const Exchange& exchange);
  void hit(Hazard hazard, const Exchange& exchange);
  Error lost(const HttpRequest& request, ErrorKind read_kind, const std::string& what) const;

  Scene& scene_;
  Vendor& vendor_;
  WireWitness& witness_;
  Chance chance_;
  std::vector<std::weak_ptr<Exchange>> under_way_;
};

/// The credentials that every simulated account has.
sandbox::Credentials sim_credentials();

}  // namespace certferry::sim
