// One account at an emulated vendor, and the program that serves it: each run a process of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/throwaway_ca.h"
#include "engine/engine.h"
#include "engine/testing/fake_vault.h"
#include "engine/testing/memory_store.h"
#include "engine/testing/virtual_time.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

/// One product of the registry, in one variation of its vendor's accounts.
struct Product {
  const ProviderMetadata* vendor = nullptr;  ///< as it is in that variation
  const ProductMetadata* product = nullptr;
  const Variation* variation = nullptr;  ///< null: in none

  /// "aws/cloudfront", "aws/cloudfront/iam".
  std::string name() const {
    return std::string(vendor->id) + "/" + std::string(product->id) +
           (variation == nullptr ? "" : "/" + std::string(variation->value));
  }
};

using KeyKind = LeafRequest::KeyKind;

/// One call of the program.
struct RigProcess {
  bool plans = false;                            ///< it only looks
  bool insist = false;                           ///< a person says that what was parked is tried
  std::size_t dies_after = VirtualTime::kNever;  ///< so many timers
};

class Rig final : HttpClient, TlsProber, Resolver, EventSink {
 public:
  /// Certificates come from an authority of the process's own, whose keys are different each time,
  /// unless another one is given, which outlives the rig.
  Rig(Product product, sandbox::WorldOptions options, const ThrowawayCa* authority = nullptr);

  /// A name of the product, online. `product` names another one of the account.
  void add_domain(const std::string& name, std::string product = {});
  /// What the source gives from here on; each issue ends later than the one before. Its
  /// fingerprint.
  std::string issue(std::vector<std::string> names, KeyKind key = KeyKind::kEcdsaP256);
  /// Renews what was issued last, under the same names.
  std::string issue_again();
  /// The configuration's one certificate goes there.
  void deploy_to(TargetSelector to);
  void deploy_covered();
  void deploy_exactly(std::vector<std::string> names);

  Report apply() { return run({}).value(); }
  /// Runs the program once; nothing when it died.
  std::optional<Report> run(const RigProcess& process);
  void pass(milliseconds duration) { time.pass(duration); }

  /// The fingerprint of what the domain is set to, by the vendor's truth; empty for nothing.
  std::string bound(const std::string& name) const;
  /// Fingerprints of all that the store holds, by id.
  std::vector<std::string> stored() const;
  /// Somebody else stores what the source gives now.
  std::int64_t store_by_hand(const std::string& note);
  /// Breaks a call of the product once.
  void break_once(sandbox::FaultKind kind, const std::string& call);
  void break_once(sandbox::Fault fault, const std::string& call);

  /// What becomes of binds of that name from here on, one that is under way included. Where the
  /// vendor's binds are no jobs, its edges are as slow, or stay as they are.
  void set_fate(const std::string& name, sandbox::JobFate fate);

  /// How many calls that change something were sent, in all, and to one of them.
  std::size_t changes() const { return changes_; }
  std::size_t sent(const std::string& call) const;
  std::size_t sent() const { return sent_.size(); }
  CallNames calls() const { return emulated->calls(std::string(product_.product->id)); }
  /// Everything that was said, written or put into a URL.
  std::string all_words() const;
  const BundlePtr& bundle() const { return bundle_; }

  /// Whether something goes wrong with the call that arrives; none: nothing does but what was said.
  std::function<std::optional<sandbox::Fault>(const std::string& call, bool changes)> draw_fault;
  /// The vendor has answered the call.
  std::function<void(const std::string& call, const sandbox::Reply& reply)> answered;

  VirtualTime time;
  testing::MemoryStore store;
  std::unique_ptr<Emulated> emulated;
  ProviderOptions account;
  EngineSettings settings;

 private:
  Task<HttpResponse> send(HttpRequest request) override;
  sandbox::Reply handle(const sandbox::Request& request, bool changes);
  Task<Probe> probe(ProbeRequest request) override;
  Task<std::vector<Address>> resolve(std::string name, milliseconds timeout) override;
  bool overridden(const std::string& /*name*/) const override { return false; }
  void on_event(const Event& event) override;

  /// Read once, for it is served at every look: reading them took a third of the suite's time.
  const std::vector<Certificate>& chain_of(const sandbox::EntryPtr& entry);
  Task<Report> work(RigProcess process);
  void note(const Report& report);

  Product product_;
  testing::CountingRandom random_;
  testing::FakeVault vault_;
  const ThrowawayCa& authority_;
  std::unique_ptr<ChainVerifier> verifier_;
  BundlePtr bundle_;
  std::optional<sandbox::UploadedPair> pair_;  ///< what was issued last
  std::map<sandbox::EntryPtr, std::vector<Certificate>> chains_;
  int issued_ = 0;
  std::vector<TargetSelector> to_;
  std::size_t changes_ = 0;
  std::vector<std::string> sent_;
  std::string words_;
};

}  // namespace certferry::sim
