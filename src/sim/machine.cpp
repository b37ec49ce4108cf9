#include "sim/machine.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "engine/pace.h"
#include "engine/recover.h"
#include "providers/registry.h"
#include "sources/registry.h"

namespace certferry::sim {

namespace {

/// More than any run of forty targets needs, however often it is told to wait.
constexpr std::size_t kTimersMax = 400'000;
constexpr milliseconds kLongestRun = hours(8);

std::unique_ptr<Source> source_of(const CertificatePlan& plan, Files& files, const Clock& clock) {
  if (plan.from_panel) return make_source("1panel", {{"site", plan.name}}, files, clock);
  return make_source(
      "files",
      {{"chain", folder_of(plan) + "/fullchain.pem"}, {"key", folder_of(plan) + "/privkey.pem"}},
      files,
      clock);
}

/// Asks the real source unless the folder is just as it was when that read it well.
class RememberingSource final : public Source {
 public:
  RememberingSource(std::unique_ptr<Source> inner,
                    std::string folder,
                    const Files& files,
                    KnownBundles& known)
      : inner_(std::move(inner)), folder_(std::move(folder)), files_(files), known_(known) {}

  std::string describe() const override { return inner_->describe(); }

  Task<BundlePtr> read() override {
    const std::string state = files_.state_of(folder_);
    const auto found = known_.find(state);
    if (!state.empty() && found != known_.end()) co_return found->second;
    BundlePtr bundle = co_await inner_->read();
    if (!state.empty()) known_.emplace(state, bundle);
    co_return bundle;
  }

 private:
  std::unique_ptr<Source> inner_;
  std::string folder_;
  const Files& files_;
  KnownBundles& known_;
};

}  // namespace

std::string folder_of(const CertificatePlan& certificate) {
  return certificate.from_panel ? "/opt/1panel/www/sites/" + certificate.name + "/ssl"
                                : "/certs/" + certificate.name;
}

ChainVerdict KnowingVerifier::verify(const std::vector<Certificate>& chain, Time at) const {
  using Kind = ChainVerdict::Kind;
  ASSERT(!chain.empty());
  const Generation* known = authority_.find(chain.front().fingerprint);
  ASSERT(known != nullptr);
  if (known->flaw == Flaw::kUntrusted) return {.kind = Kind::kUntrusted, .reason = "its root"};
  if (chain.size() < 2) return {.kind = Kind::kIncomplete, .reason = "its issuer is missing"};
  for (const Certificate& one : chain) {
    if (one.not_before <= at && at <= one.not_after) continue;
    return {.kind = Kind::kExpired, .reason = "an element is outside its dates"};
  }
  return {.kind = Kind::kTrusted, .reason = {}};
}

/// All that one process has of its own.
struct Machine::Parts {
  struct Connection {
    std::unique_ptr<PacedHttpClient> paced;
    std::unique_ptr<Provider> provider;
  };
  std::vector<Connection> connections;
  std::vector<std::unique_ptr<Source>> sources;
  Fleet fleet;
  EngineSettings settings;
};

Machine::Machine(Scene& scene,
                 std::vector<std::unique_ptr<Vendor>>& vendors,
                 Edges& edges,
                 std::unique_ptr<Disk> disk)
    : files(scene.time),
      witness(scene, vendors, edges, promises),
      scene_(scene),
      vendors_(vendors),
      edges_(edges),
      disk_(std::move(disk)),
      verifier_(scene.authority),
      random_(scene.root.fork("random of the program")) {
  scene.time.livelock_after = kTimersMax;
  for (const auto& vendor : vendors) {
    wires_.push_back(std::make_unique<Wire>(scene, *vendor, witness));
  }
}

Task<Report> Machine::work(ProcessPlan plan, StateStore* store) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Parts parts;
  const Limits limits = provider_metadata().front().limits;
  for (std::size_t i = 0; i < vendors_.size(); ++i) {
    const std::string& name = vendors_[i]->plan.name;
    Parts::Connection one;
    one.paced =
        std::make_unique<PacedHttpClient>(*wires_[i], scene_.time, scene_.time, executor, limits);
    one.provider = make_provider("dogecloud",
                                 {.endpoint = Vendor::endpoint(name),
                                  .credentials = {{"access_key", Secret("simulated")},
                                                  {"secret_key", Secret("simulated-secret")}}},
                                 *one.paced);
    parts.fleet.accounts.push_back(
        {.name = name, .provider = one.provider.get(), .pace = one.paced.get()});
    parts.connections.push_back(std::move(one));
  }
  for (const CertificatePlan& certificate : scene_.scenario.certificates) {
    parts.sources.push_back(std::make_unique<RememberingSource>(
        source_of(certificate, files, scene_.time), folder_of(certificate), files, known_bundles_));
    parts.fleet.jobs.push_back({.certificate = certificate.name,
                                .source = parts.sources.back().get(),
                                .to = certificate.to});
  }
  parts.settings = {.confirm = scene_.scenario.confirm,
                    .retire_after = scene_.scenario.retire_after};
  const EnginePorts ports{.clock = scene_.time,
                          .random = random_,
                          .sleeper = scene_.time,
                          .prober = edges_,
                          .verifier = verifier_,
                          .resolver = edges_,
                          .store = *store,
                          .events = witness};
  Engine engine(parts.fleet, parts.settings, ports);
  if (plan.kind == ProcessPlan::Kind::kPlan) {
    co_return co_await engine.plan({.only = plan.only, .scope = ProbeScope::kAll});
  }
  co_return co_await engine.apply({.only = plan.only,
                                   .wait_for_retire = plan.wait_for_retire,
                                   .due_only = plan.due_only,
                                   .insist = plan.insist});
}

void Machine::die(const ProcessPlan& plan) {
  scene_.hit(plan.loses_power ? Hazard::kPowerLoss : Hazard::kCrash);
  scene_.note(plan.loses_power ? "power lost" : "killed");
  for (const auto& wire : wires_) wire->process_died();
  if (plan.loses_power) disk_->lose_power();
}

std::optional<Report> Machine::run_with(const ProcessPlan& plan) {
  std::unique_ptr<WatchedStore> store;
  try {
    store = std::make_unique<WatchedStore>(scene_, disk_->open(), promises);
    scene_.require("S12 storage", check_nothing_forgotten(promises, store->uploads()));
    std::optional<Report> report = scene_.time.run(work(plan, store.get()), plan.dies_after);
    store.reset();
    if (!report) die(plan);
    return report;
  } catch (const Error& error) {
    scene_.note("ended: " + error.text());
  } catch (const std::logic_error& error) {
    scene_.require("S14 bounded", std::string("a run does not end: ") + error.what());
  }
  return std::nullopt;
}

std::optional<Report> Machine::run(const ProcessPlan& plan) {
  ++scene_.process;
  scene_.step = Step::kObserve;
  scene_.planning = plan.kind == ProcessPlan::Kind::kPlan;
  scene_.note(scene_.planning     ? "plan"
              : plan.only.empty() ? "apply"
                                  : "apply " + *plan.only.begin());
  witness.process_begins();
  const milliseconds began = scene_.time.passed();
  std::optional<Report> report = run_with(plan);
  const milliseconds longest =
      kLongestRun + (plan.wait_for_retire ? scene_.scenario.retire_after + hours(2) : hours(0));
  if (scene_.time.passed() - began > longest) {
    scene_.require("S14 bounded", "a run took " + format_duration(scene_.time.passed() - began));
  }
  const bool applied = report && !scene_.planning;
  if (applied) witness.process_ended(*report, plan.only.empty());
  scene_.note(report ? (report->succeeded() ? "succeeded" : "not all well") : "no report");
  scene_.planning = false;
  if (scene_.violation) throw ViolationFound(*scene_.violation);
  return report;
}

std::vector<JournalEntry> Machine::open_journal() {
  return open_entries(*disk_->open());
}

}  // namespace certferry::sim
