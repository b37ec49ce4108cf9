#include "engine/testing/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace certferry::testing {

BundlePtr make_bundle(int generation, std::vector<std::string> names) {
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

FakeSource::FakeSource(std::string name) : name_(std::move(name)) {}

void FakeSource::give(BundlePtr bundle) {
  bundle_ = std::move(bundle);
}

void FakeSource::fail_next(Error error) {
  failures_.push_back(std::move(error));
}

void FakeSource::fail_always(Error error) {
  always_ = std::move(error);
}

void FakeSource::mend() {
  always_.reset();
}

std::string FakeSource::path() const {
  return "/certs/" + name_;
}

std::string FakeSource::describe() const {
  return "files of " + name_;
}

Task<BundlePtr> FakeSource::read() {
  ++reads;
  if (always_) throw *always_;
  if (failures_.empty()) co_return bundle_;
  const Error error = failures_.front();
  failures_.pop_front();
  throw error;
}

std::vector<WatchPath> FakeSource::watched() const {
  return unwatched ? std::vector<WatchPath>() : std::vector<WatchPath>{{.path = path()}};
}

ChainVerdict FakeVerifier::verify(const std::vector<Certificate>& chain, Time at) const {
  if (std::ranges::any_of(chain, [&](const Certificate& one) { return one.not_after <= at; })) {
    return {.kind = ChainVerdict::Kind::kExpired, .reason = "a certificate of it has ended"};
  }
  if (!untrusted.contains(chain.front().fingerprint)) {
    return {.kind = ChainVerdict::Kind::kTrusted, .reason = ""};
  }
  return {.kind = ChainVerdict::Kind::kUntrusted, .reason = "its root is not trusted"};
}

void RecordingSink::on_event(const Event& event) {
  events.push_back(event);
  if (hook) hook(event);
}

World::World() = default;
World::~World() = default;

FakeProvider& World::add_account(const std::string& name) {
  providers_.push_back(std::make_unique<FakeProvider>(name, time, edge, store));
  fleet.accounts.push_back({.name = name, .provider = providers_.back().get()});
  return *providers_.back();
}

FakeSource& World::add_certificate(const std::string& name,
                                   BundlePtr bundle,
                                   std::vector<TargetSelector> to) {
  sources_.push_back(std::make_unique<FakeSource>(name));
  sources_.back()->give(std::move(bundle));
  fleet.jobs.push_back({.certificate = name, .source = sources_.back().get(), .to = std::move(to)});
  return *sources_.back();
}

Report World::apply(ApplyOptions options) {
  Engine engine(fleet, settings, ports());
  return *time.run(engine.apply(std::move(options)));
}

bool World::apply_dying_after(std::size_t timers, ApplyOptions options) {
  Engine engine(fleet, settings, ports());
  return time.run(engine.apply(std::move(options)), timers).has_value();
}

Report World::roll_back(RollbackOptions options) {
  Engine engine(fleet, settings, ports());
  return *time.run(engine.roll_back(std::move(options)));
}

bool World::roll_back_dying_after(std::size_t timers, RollbackOptions options) {
  Engine engine(fleet, settings, ports());
  return time.run(engine.roll_back(std::move(options)), timers).has_value();
}

Report World::plan(PlanOptions options) {
  Engine engine(fleet, settings, ports());
  return *time.run(engine.plan(std::move(options)));
}

EnginePorts World::ports() {
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

TargetSelector covered_at(std::string account, std::vector<std::string> except) {
  return {.account = std::move(account),
          .product = "cdn",
          .covered = true,
          .except = std::move(except)};
}

TargetSelector exactly_at(std::string account, std::vector<std::string> names) {
  return {.account = std::move(account), .product = "cdn", .names = std::move(names)};
}

const TargetReport& target_of(const Report& report, const std::string& name) {
  static const TargetReport kNone;
  for (const TargetReport& one : report.targets) {
    if (one.facts.id.name == name) return one;
  }
  ADD_FAILURE() << "no target " << name;
  return kNone;
}

}  // namespace certferry::testing
