#include "sim/machine.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <stdexcept>
#include <tuple>

#include "engine/pace.h"
#include "engine/recover.h"
#include "providers/registry.h"
#include "sources/registry.h"

namespace certferry::sim {

namespace {

/// More than any run of forty targets needs, however often it is told to wait.
constexpr std::size_t kTimersMax = 400'000;
constexpr milliseconds kLongestRun = hours(8);

std::unique_ptr<Source> source_of(const CertificatePlan& plan,
                                  Files& files,
                                  const Clock& clock,
                                  const BundleReader& reader) {
  const SourcePorts ports{.files = files, .clock = clock, .reader = reader};
  if (plan.from_panel) return make_source("1panel", {.texts = {{"site", plan.name}}}, ports);
  const std::string folder = folder_of(plan);
  return make_source(
      "files",
      {.texts = {{"chain", folder + "/fullchain.pem"}, {"key", folder + "/privkey.pem"}}},
      ports);
}

BundlePtr bundle_of(const Generation& generation) {
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf = generation.chain.front();
  bundle->chain.assign(generation.chain.begin() + 1, generation.chain.end());
  bundle->chain_pem = generation.chain_pem;
  bundle->key_pem = generation.key_pem;
  return bundle;
}

auto parts_of(const Certificate& one) {
  return std::tie(one.fingerprint,
                  one.der,
                  one.subject,
                  one.issuer,
                  one.serial,
                  one.not_before,
                  one.not_after,
                  one.dns_names,
                  one.ip_addresses,
                  one.key,
                  one.is_ca,
                  one.self_issued);
}

std::string process_name(unsigned process) {
  return "process " + std::to_string(process) + " on this machine";
}

bool same(const Bundle& one, const Bundle& other) {
  const auto alike = [](const Certificate& a, const Certificate& b) {
    return parts_of(a) == parts_of(b);
  };
  return alike(one.leaf, other.leaf) && std::ranges::equal(one.chain, other.chain, alike) &&
         one.chain_pem == other.chain_pem && one.key_pem.same_as(other.key_pem);
}

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

Result<BundlePtr> KnowingReader::read(const PemInput& input) {
  const Generation* generation =
      input.key ? authority_.find_by_chain(input.chain.reveal()) : nullptr;
  if (generation == nullptr || !generation->key_pem.same_as(*input.key)) return read_bundle(input);
  BundlePtr& known = known_[generation];
  if (known == nullptr) known = bundle_of(*generation);
  if (!std::exchange(compared_, true)) ASSERT(same(*known, *read_bundle(input).value()));
  return known;
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
      reader_(scene.authority, scene.scenario.seed % 8 == 0),
      random_(scene.root.fork("random of the program")) {
  scene.time.livelock_after = kTimersMax;
  files.met = [this](Hazard hazard) { scene_.hit(hazard); };
  files.refuses = [this] { return scene_.scripted(Hazard::kUnreadableFile); };
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
                                 {.http = *one.paced, .clock = scene_.time, .random = random_});
    parts.fleet.accounts.push_back(
        {.name = name, .provider = one.provider.get(), .pace = one.paced.get()});
    parts.connections.push_back(std::move(one));
  }
  const BundleReader reader = [this](const PemInput& input) { return reader_.read(input); };
  for (const CertificatePlan& certificate : scene_.scenario.certificates) {
    if (certificate.to.empty()) continue;  // no longer configured
    parts.sources.push_back(source_of(certificate, files, scene_.time, reader));
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
  if (plan.kind == ProcessPlan::Kind::kPutBack) {
    co_return co_await engine.roll_back({.target = *plan.only.begin(), .by = "somebody"});
  }
  co_return co_await engine.apply({.only = plan.only,
                                   .wait_for_retire = plan.wait_for_retire,
                                   .due_only = plan.due_only,
                                   .trust_looks = plan.due_only && well_,
                                   .insist = plan.insist});
}

std::optional<state::WriterLock> Machine::take_lock(const std::string& process) {
  LockFacts facts{.at_work = at_work_, .holder = process_name(scene_.process)};
  std::optional<state::WriterLock> lock;
  try {
    lock = state::WriterLock::acquire(
        lock_file_.open(),
        {.command = "certferry apply", .since = scene_.time.now(), .process = process});
  } catch (const Error& error) {
    facts.told = error.text();
    scene_.note(process + ": " + facts.told);
  }
  scene_.require("S6 one worker", check_one_worker(facts));
  return lock;
}

void Machine::befalls(Hazard hazard, Befalling befalling) {
  if (!scene_.strikes(hazard)) return;
  Chance& chance = scene_.chance(hazard);
  const milliseconds moment = chance.scaled(milliseconds(50), minutes(3));
  const auto happening = [this, hazard, befalling, process = scene_.process](Chance own) {
    if (!at_work_ || scene_.process != process) return;  // it has ended
    scene_.note("trouble " + std::string(to_string(hazard)));
    scene_.hit(hazard);
    (this->*befalling)(own);
  };
  scene_.time.after(moment, [happening, own = Chance(chance.next())] { happening(own); });
}

void Machine::plan_company() {
  befalls(Hazard::kPaused, &Machine::pause);
  befalls(Hazard::kSecondInstance, &Machine::start_second);
}

void Machine::pause(Chance& chance) {
  const milliseconds duration = chance.scaled(seconds(1), hours(6));
  scene_.note("paused for " + format_duration(duration));
  paused_ += duration;
  scene_.time.pass(duration);
  scene_.note("goes on");
}

void Machine::start_second(Chance& chance) {
  const bool only_reads = chance.happens(500);
  if (!only_reads && !take_lock("second")) return;
  try {
    const auto store = disk_->open_beside();
    scene_.require("S12 storage", check_nothing_forgotten(promises, store->uploads()));
    scene_.require("S12 storage", check_intents_kept(promises, pending_in(*store), *store));
    scene_.note("second: has read the state");
  } catch (const Error& error) {
    scene_.note("second: " + error.text());
    if (disk_->died_in_call()) return;
    scene_.require("S12 storage", check_failure(error, disk_->trouble()));
  }
}

void Machine::die(const ProcessPlan& plan) {
  scene_.hit(plan.loses_power ? Hazard::kPowerLoss : Hazard::kCrash, scene_.step);
  scene_.note(std::string(plan.loses_power ? "power lost" : "killed") +
              (disk_->died_in_call() ? " in a call to the disk" : ""));
  for (const auto& wire : wires_) wire->process_died();
  lock_file_.holder_dies();
  disk_->process_dies(plan.loses_power);
}

std::optional<Report> Machine::run_with(const ProcessPlan& plan) {
  const bool in_call = plan.dies_in_call > 0 && disk_->die_in_call(plan.dies_in_call);
  std::optional<Report> report;
  std::unique_ptr<WatchedStore> store;
  bool died = false;
  try {
    store = std::make_unique<WatchedStore>(scene_, *disk_, promises);
    report =
        scene_.time.run(work(plan, store.get()), in_call ? VirtualTime::kNever : plan.dies_after);
    died = !report;
  } catch (const Error& error) {
    if (!disk_->died_in_call()) scene_.note("ended: " + error.text());
  } catch (const std::logic_error& error) {
    scene_.require("S14 bounded", std::string("a run does not end: ") + error.what());
  }
  died = died || disk_->died_in_call();
  if (died) die(plan);
  store.reset();
  // Closing brings the log in, and there it may die as well.
  if (!died && disk_->died_in_call()) {
    died = true;
    die(plan);
  }
  if (in_call && !died) disk_->process_dies(false);  // it has ended before that call
  return died ? std::nullopt : report;
}

std::optional<Report> Machine::run(const ProcessPlan& plan) {
  ++scene_.process;
  scene_.step = Step::kObserve;
  scene_.pass_between_processes();
  scene_.planning = plan.kind == ProcessPlan::Kind::kPlan;
  scene_.putting_back = plan.kind == ProcessPlan::Kind::kPutBack;
  scene_.for_a_person = scene_.putting_back || plan.insist;
  const std::string command = scene_.planning ? "plan" : scene_.putting_back ? "rollback" : "apply";
  scene_.note(command + (plan.only.empty() ? "" : " " + *plan.only.begin()));
  witness.process_begins();
  lock_ = take_lock(process_name(scene_.process));
  at_work_ = true;
  paused_ = milliseconds(0);
  plan_company();
  const milliseconds began = scene_.time.passed();
  std::optional<Report> report = run_with(plan);
  at_work_ = false;
  lock_.reset();
  const milliseconds longest =
      kLongestRun + paused_ +
      (plan.wait_for_retire ? scene_.scenario.retire_after + hours(2) : hours(0));
  const milliseconds took = scene_.time.passed() - began;
  Finding too_long;
  if (took > longest) too_long = "a run took " + format_duration(took);
  scene_.require("S14 bounded", std::move(too_long));
  const bool applied = report && !scene_.planning;
  // As in the daemon: after a death or trouble, what was seen may not have been written down.
  if (!scene_.planning) well_ = applied && !report->troubled();
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
