// A whole small world for the engine: sources, vendors, edges, a state store, and time.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/testing/fake_edge.h"
#include "engine/testing/fake_provider.h"
#include "engine/testing/fake_vault.h"
#include "engine/testing/memory_store.h"
#include "engine/testing/virtual_time.h"

namespace certferry::testing {

using std::chrono::days;

/// A bundle with values made up: the engine never looks at keys or encodings. Generations of one
/// certificate differ in fingerprint and end `90 d` after they begin, each 60 days after the last.
BundlePtr make_bundle(int generation, std::vector<std::string> names);

class FakeSource final : public Source {
 public:
  explicit FakeSource(std::string name);

  void give(BundlePtr bundle);
  /// The next reads fail, one each, before the bundle is given again.
  void fail_next(Error error);
  void fail_always(Error error);
  void mend();
  std::size_t reads = 0;
  bool unwatched = false;
  milliseconds poll = minutes(10);
  std::string path() const;

  std::string describe() const override;
  Task<BundlePtr> read() override;
  std::vector<WatchPath> watched() const override;
  milliseconds poll_interval() const override { return poll; }

 private:
  std::string name_;
  BundlePtr bundle_;
  std::deque<Error> failures_;
  std::optional<Error> always_;
};

class FakeVerifier final : public ChainVerifier {
 public:
  std::set<std::string> untrusted;  ///< leaf fingerprints
  ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const override;
};

class RecordingSink final : public EventSink {
 public:
  std::vector<Event> events;
  std::function<void(const Event&)> hook;  ///< called at each; for what happens in the middle
  void on_event(const Event& event) override;
};

/// Each apply and plan is a process of its own: nothing lives on but the world and the store.
class World {
 public:
  World();
  ~World();

  VirtualTime time;
  CountingRandom random;
  MemoryStore store;
  FakeEdge edge{time};
  FakeVerifier verifier;
  FakeVault vault;
  RecordingSink sink;
  EngineSettings settings;
  Fleet fleet;

  FakeProvider& add_account(const std::string& name);
  FakeSource& add_certificate(const std::string& name,
                              BundlePtr bundle,
                              std::vector<TargetSelector> to);

  Report apply(ApplyOptions options = {});
  /// Dies after so many timers; true when it got to its end before.
  bool apply_dying_after(std::size_t timers, ApplyOptions options = {});
  Report roll_back(RollbackOptions options);
  bool roll_back_dying_after(std::size_t timers, RollbackOptions options);
  Report plan(PlanOptions options = {});

  EnginePorts ports();

 private:
  std::vector<std::unique_ptr<FakeProvider>> providers_;
  std::vector<std::unique_ptr<FakeSource>> sources_;
};

TargetSelector covered_at(std::string account, std::vector<std::string> except = {});
TargetSelector exactly_at(std::string account, std::vector<std::string> names);

/// The report's target of that name; the test fails when there is none.
const TargetReport& target_of(const Report& report, const std::string& name);

}  // namespace certferry::testing
