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

}  // namespace

std::string folder_of(const CertificatePlan& certificate) {
  return certificate.from_panel ? "/opt/1panel/www/sites/" + certificate.name + "/ssl"
                                : "/certs/" + certificate.name;
}

ChainVerdict RememberingVerifier::verify(const std::vector<Certificate>& chain, Time at) const {
  std::string key;
  Time from = Time::min();
  Time until = Time::max();
  for (const Certificate& one : chain) {
    key += one.fingerprint;
    for (const Time edge : {one.not_before, one.not_after + milliseconds(1)}) {
      if (edge <= at) from = std::max(from, edge);
      if (edge > at) until = std::min(until, edge);
    }
  }
  const auto found = known_.find(key);
  if (found != known_.end() && found->second.from <= at && at < found->second.until) {
    return found->second.verdict;
  }
  ChainVerdict verdict = inner_.verify(chain, at);
  known_.insert_or_assign(key, Known{.from = from, .until = until, .verdict = verdict});
  return verdict;
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
      verifier_(std::make_unique<RememberingVerifier>(scene.authority.roots())),
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
    parts.sources.push_back(source_of(certificate, files, scene_.time));
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
                          .verifier = *verifier_,
                          .resolver = edges_,
                          .store = *store,
                          .events = witness};
  Engine engine(parts.fleet, parts.settings, ports);
  if (plan.kind == ProcessPlan::Kind::kPlan) {
    co_return co_await engine.plan({.only = plan.only, .scope = ProbeScope::kAll});
  }
  co_return co_await engine.apply({.only = plan.only, .wait_for_retire = plan.wait_for_retire});
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
