// A whole small world for the engine: sources, vendors, edges, a state store, and time.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
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
inline BundlePtr make_bundle(int generation, std::vector<std::string> names) {
  const Time begin = kStart - days(1) + days(60) * (generation - 1);
  std::string seed = names.empty() ? "0" : std::to_string(std::hash<std::string>()(names.front()));
  std::string fingerprint = std::to_string(generation) + "f" + seed.substr(0, 8) + "f";
  fingerprint.resize(64, 'a');
  return std::make_shared<const Bundle>(
      Bundle{.leaf = {.fingerprint = std::move(fingerprint),
                      .subject = "CN=" + (names.empty() ? "" : names.front()),
                      .not_before = begin,
                      .not_after = begin + days(90),
                      .dns_names = std::move(names),
                      .key = {KeyType::Algorithm::kEcdsa, 256}},
             .chain = {{.fingerprint = std::string(64, 'e'),
                        .subject = "CN=Example Issuing CA",
                        .not_before = kStart - days(365),
                        .not_after = kStart + days(3650),
                        .is_ca = true}}});
}

class FakeSource final : public Source {
 public:
  explicit FakeSource(std::string name) : name_(std::move(name)) {}

  void give(BundlePtr bundle) { bundle_ = std::move(bundle); }
  /// The next reads fail, one each, before the bundle is given again.
  void fail_next(Error error) { failures_.push_back(std::move(error)); }
  void fail_always(Error error) { always_ = std::move(error); }
  void mend() { always_.reset(); }
  std::size_t reads = 0;
  bool unwatched = false;
  milliseconds poll = minutes(10);
  std::string path() const { return "/certs/" + name_; }

  std::string describe() const override { return "files of " + name_; }
  Task<BundlePtr> read() override {
    ++reads;
    if (always_) throw *always_;
    if (failures_.empty()) co_return bundle_;
    const Error error = failures_.front();
    failures_.pop_front();
    throw error;
  }
  std::vector<WatchPath> watched() const override {
    return unwatched ? std::vector<WatchPath>() : std::vector<WatchPath>{{.path = path()}};
  }
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
  ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const override {
    if (std::ranges::any_of(chain, [&](const Certificate& one) { return one.not_after <= at; })) {
      return {.kind = ChainVerdict::Kind::kExpired, .reason = "a certificate of it has ended"};
    }
    if (!untrusted.contains(chain.front().fingerprint)) {
      return {.kind = ChainVerdict::Kind::kTrusted, .reason = ""};
    }
    return {.kind = ChainVerdict::Kind::kUntrusted, .reason = "its root is not trusted"};
  }
};

class RecordingSink final : public EventSink {
 public:
  std::vector<Event> events;
  std::function<void(const Event&)> hook;  ///< called at each; for what happens in the middle
  void on_event(const Event& event) override {
    events.push_back(event);
    if (hook) hook(event);
  }
};

/// Each apply and plan is a process of its own: nothing lives on but the world and the store.
class World {
 public:
  VirtualTime time;
  CountingRandom random;
  MemoryStore store;
  FakeEdge edge{time};
  FakeVerifier verifier;
  FakeVault vault;
  RecordingSink sink;
  EngineSettings settings;
  Fleet fleet;

  FakeProvider& add_account(const std::string& name) {
    providers_.push_back(std::make_unique<FakeProvider>(name, time, edge, store));
    fleet.accounts.push_back({.name = name, .provider = providers_.back().get()});
    return *providers_.back();
  }

  FakeSource& add_certificate(const std::string& name,
                              BundlePtr bundle,
                              std::vector<TargetSelector> to) {
    sources_.push_back(std::make_unique<FakeSource>(name));
    sources_.back()->give(std::move(bundle));
    fleet.jobs.push_back(
        {.certificate = name, .source = sources_.back().get(), .to = std::move(to)});
    return *sources_.back();
  }

  Report apply(ApplyOptions options = {}) {
    Engine engine(fleet, settings, ports());
    return *time.run(engine.apply(std::move(options)));
  }
  /// Dies after so many timers; true when it got to its end before.
  bool apply_dying_after(std::size_t timers, ApplyOptions options = {}) {
    Engine engine(fleet, settings, ports());
    return time.run(engine.apply(std::move(options)), timers).has_value();
  }
  Report roll_back(RollbackOptions options) {
    Engine engine(fleet, settings, ports());
    return *time.run(engine.roll_back(std::move(options)));
  }
  bool roll_back_dying_after(std::size_t timers, RollbackOptions options) {
    Engine engine(fleet, settings, ports());
    return time.run(engine.roll_back(std::move(options)), timers).has_value();
  }
  Report plan(PlanOptions options = {}) {
    Engine engine(fleet, settings, ports());
    return *time.run(engine.plan(std::move(options)));
  }

  EnginePorts ports() {
    return {.clock = time,
            .random = random,
            .sleeper = time,
            .prober = edge,
            .verifier = verifier,
            .resolver = edge,
            .store = store,
            .events = sink,
            .vault = &vault};
  }

 private:
  std::vector<std::unique_ptr<FakeProvider>> providers_;
  std::vector<std::unique_ptr<FakeSource>> sources_;
};

inline TargetSelector covered_at(std::string account, std::vector<std::string> except = {}) {
  return {.account = std::move(account),
          .product = "cdn",
          .covered = true,
          .except = std::move(except)};
}

inline TargetSelector exactly_at(std::string account, std::vector<std::string> names) {
  return {.account = std::move(account), .product = "cdn", .names = std::move(names)};
}

/// The report's target of that name; the test fails when there is none.
inline const TargetReport& target_of(const Report& report, const std::string& name) {
  static const TargetReport kNone;
  for (const TargetReport& one : report.targets) {
    if (one.facts.id.name == name) return one;
  }
  ADD_FAILURE() << "no target " << name;
  return kNone;
}

}  // namespace certferry::testing
