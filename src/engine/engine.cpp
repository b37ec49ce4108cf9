#include "engine/engine.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <memory>

#include "base/planted.h"
#include "base/text.h"
#include "engine/deploy.h"
#include "engine/journal.h"
#include "engine/recover.h"
#include "engine/retire.h"

namespace certferry {

namespace asio = boost::asio;

namespace {

Outcome outcome_of(const Plan& plan) {
  if (plan.has(StepKind::kPark)) return Outcome::kParked;
  if (plan.has(StepKind::kHold)) return Outcome::kHeld;
  return plan.steps.empty() ? Outcome::kConfirmed : Outcome::kPlanned;
}

/// Effects have been made by now: a store that fails is a problem to report, not an end.
Result<std::vector<UploadRecord>> read_ledger(StateStore& store) {
  try {
    return store.uploads();
  } catch (Error& error) {
    return std::unexpected(std::move(error));
  }
}

}  // namespace

Engine::Engine(const Fleet& fleet, const EngineSettings& settings, EnginePorts ports)
    : fleet_(fleet), settings_(settings), ports_(ports) {}

Report Engine::report_of(const Observation& seen, std::string run) const {
  Report report{.run = std::move(run),
                .started = ports_.clock.now(),
                .left_out = seen.left_out,
                .problems = seen.problems};
  for (const auto& [name, view] : seen.accounts) {
    report.accounts.push_back({.name = name,
                               .provider = std::string(view.account.provider->metadata().id),
                               .domains = view.by_name.size(),
                               .stored = view.stored.size(),
                               .error = view.error});
  }
  for (const Job& job : fleet_.jobs) {
    const auto view = seen.bundles.find(job.certificate);
    if (view == seen.bundles.end()) continue;
    report.certificates.push_back({.name = job.certificate,
                                   .source = job.source->describe(),
                                   .bundle = view->second.bundle,
                                   .error = view->second.error});
  }
  for (const TargetFacts& facts : seen.targets) {
    Plan plan = plan_target(facts);
    const Outcome outcome = outcome_of(plan);
    std::string message = plan.summary.text;
    report.targets.push_back({.facts = facts,
                              .plan = std::move(plan),
                              .outcome = outcome,
                              .message = std::move(message)});
  }
  return report;
}

Task<Report> Engine::plan(PlanOptions options) {
  Edge edge(settings_, ports_, co_await asio::this_coro::executor);
  Observer observer(fleet_, settings_, ports_, edge);
  const Observation seen = co_await observer.observe(options.scope, options.only);
  Report report = report_of(seen, "");
  if (planted("plan_writes")) ports_.store.commit({.targets = {{}}}, Durability::kOrdered);
  Journal journal(ports_.store, ports_.clock, "");
  const Retirer retirer(fleet_, settings_, ports_, observer, journal, ports_.store.uploads());
  if (options.only.empty()) report.retirements = retirer.plan(seen, report.targets);
  report.ended = ports_.clock.now();
  co_return report;
}

Task<void> Engine::deploy_all(
    const Observation* seen, Report* report, Observer* observer, Edge* edge, Journal* journal) {
  const auto executor = co_await asio::this_coro::executor;
  std::map<std::pair<std::string, std::string>, std::vector<TargetReport*>> groups;
  for (TargetReport& target : report->targets) {
    const bool work = target.outcome == Outcome::kPlanned;
    if (work)
      groups[{target.facts.id.account, target.facts.bundle->fingerprint()}].push_back(&target);
  }
  // Both live until run_all returns, whatever the order in which groups end.
  std::map<std::string, std::unique_ptr<Readback>> readbacks;
  std::vector<std::unique_ptr<Deployer>> deployers;
  std::vector<Task<void>> work;
  for (auto& [key, targets] : groups) {
    const AccountView& view = seen->accounts.at(key.first);
    std::unique_ptr<Readback>& readback = readbacks[key.first];
    if (!readback) {
      readback =
          std::make_unique<Readback>(*observer, ports_, executor, view.account, products_of(view));
    }
    deployers.push_back(
        std::make_unique<Deployer>(settings_, ports_, *journal, *edge, *readback, view.account));
    work.push_back(deployers.back()->deploy(std::move(targets)));
  }
  co_await run_all(std::move(work));
}

void Engine::remember(const Report& report, Journal& journal) const {
  const Time now = ports_.clock.now();
  for (const TargetReport& target : report.targets) {
    const TargetFacts& facts = target.facts;
    TargetRecord record = facts.memory.value_or(TargetRecord{.id = facts.id});
    record.certificate = facts.certificate;
    record.outcome = to_string(target.outcome);
    record.message = target.message;
    record.last_attempt = now;
    const bool well = target.outcome == Outcome::kConfirmed;
    record.failures = well ? 0 : record.failures + 1;
    if (well) {
      record.confirmed_fingerprint = facts.bundle->fingerprint();
      record.confirmed_at = now;
    }
    const bool was_set = well || target.outcome == Outcome::kUnconfirmed;
    if (was_set && record.bound_fingerprint != facts.bundle->fingerprint()) {
      record.bound_fingerprint = facts.bundle->fingerprint();
      record.bound_at = now;
    }
    journal.note(std::move(record));
  }
}

Task<Report> Engine::apply(ApplyOptions options) {
  const Time started = ports_.clock.now();
  const std::vector<JournalEntry> open = open_entries(ports_.store);
  const milliseconds wait = wait_before_observing(open, fleet_, started);
  if (wait > milliseconds(0)) co_await ports_.sleeper.sleep(wait);

  Edge edge(settings_, ports_, co_await asio::this_coro::executor);
  Observer observer(fleet_, settings_, ports_, edge);
  Observation seen = co_await observer.observe(ProbeScope::kWhereItDecides, options.only);

  Journal journal(ports_.store, ports_.clock, random_id(ports_.random));
  recover(open, ports_.store.uploads(), seen, journal, ports_.clock.now());
  Report report = report_of(seen, journal.run());
  report.started = started;
  co_await deploy_all(&seen, &report, &observer, &edge, &journal);
  remember(report, journal);

  // What is gathered goes to the disk before the ledger is read for retiring.
  Result<void> flushed = journal.flush();
  // A run over some targets has not looked at the others, so it says nothing of what they replace.
  if (flushed && (options.only.empty() || planted("only_retires"))) {
    Result<std::vector<UploadRecord>> ledger = read_ledger(ports_.store);
    if (ledger) {
      Retirer retirer(fleet_, settings_, ports_, observer, journal, *std::move(ledger));
      retirer.supersede(seen, report.targets);
      report.retirements = co_await retirer.retire(&seen, &report.targets, options.wait_for_retire);
      if (retirer.looked_worse()) remember(report, journal);
      flushed = journal.flush();
    } else {
      flushed = std::unexpected(std::move(ledger).error());
    }
  }
  if (!flushed) report.problems.push_back({"state", std::move(flushed).error()});
  report.ended = ports_.clock.now();
  co_return report;
}

}  // namespace certferry
