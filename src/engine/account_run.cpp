#include "engine/account_run.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <iterator>
#include <memory>

#include "base/planted.h"
#include "base/version.h"
#include "engine/deploy.h"
#include "engine/pace.h"
#include "engine/put_back.h"
#include "engine/recover.h"
#include "engine/remember.h"
#include "engine/retire.h"
#include "engine/select.h"
#include "policy/clock_check.h"
#include "policy/plan.h"

namespace certferry {

namespace asio = boost::asio;

namespace {

struct Ledger {
  std::vector<UploadRecord> uploads;
  std::vector<OrphanRecord> orphans;
};

/// Effects have been made by now: a store that fails is a problem to report, not an end.
Result<Ledger> read_ledger(StateStore& store, const std::string& account) {
  try {
    return Ledger{.uploads = store.uploads(account), .orphans = store.orphans()};
  } catch (Error& error) {
    return std::unexpected(std::move(error));
  }
}

}  // namespace

AccountRun::AccountRun(Fleet fleet, RunShared shared)
    : fleet_(std::move(fleet)),
      name_(fleet_.accounts.front().name),
      shared_(shared),
      observer_(fleet_, shared.settings, shared.ports, shared.edge) {
  for (Account& account : fleet_.accounts) {
    patient_.push_back(std::make_unique<PatientProvider>(
        account, shared.settings.retry.longest_wait, shared.ports.clock, shared.ports.sleeper));
    account.provider = patient_.back().get();
  }
}

void AccountRun::keep_pace() {
  const Time now = shared_.ports.clock.now();
  const std::vector<JournalEntry> newest = shared_.ports.store.journal({.limit = 1});
  // An intent is written before its call, which may wait for its turn among a thousand.
  const std::optional<Time> used =
      newest.empty()
          ? std::nullopt
          : std::optional(std::max(newest.front().at, newest.front().ended_at.value_or(Time{})));
  for (std::size_t i = 0; i < patient_.size(); ++i) {
    const Account& account = fleet_.accounts[i];
    if (account.pace != nullptr && used && *used <= now) account.pace->was_used(now - *used);
    patient_[i]->on_closed = [this, name = account.name](Time until) {
      shared_.journal.note(AccountRecord{.name = name, .paused_until = until});
      // What cannot be written now is kept for the next write.
      static_cast<void>(shared_.journal.flush());
    };
  }
}

Reason AccountRun::clock_problem() const {
  std::vector<PeerClock> peers;
  for (const Account& account : shared_.fleet.accounts) {
    const auto ahead = account.pace == nullptr ? std::nullopt : account.pace->peer_ahead();
    if (ahead) peers.push_back({.peer = account.name, .ahead = *ahead});
  }
  const std::vector<JournalEntry> newest = shared_.ports.store.journal({.limit = 1});
  const std::optional<Time> latest =
      newest.empty() ? std::nullopt : std::optional(newest.front().at);
  return certferry::clock_problem({.now = shared_.ports.clock.now(),
                                   .released = kReleased,
                                   .latest = latest,
                                   .peers = peers})
      .value_or(Reason{});
}

Task<Observation> AccountRun::observe(ProbeScope scope, ApplyOptions options) {
  std::map<std::string, Error> paused;
  const std::vector<AccountRecord> known = shared_.ports.store.accounts();
  for (const Account& account : fleet_.accounts) {
    if (options.insist) break;
    auto error = still_paused(account.name, known, shared_.ports.clock.now());
    if (error) paused.emplace(account.name, *std::move(error));
  }
  Observation seen =
      co_await observer_.observe(scope, std::move(options), &shared_.sources, std::move(paused));
  clock_ = clock_problem();
  for (TargetFacts& facts : seen.targets) facts.clock_problem = clock_;
  co_return seen;
}

void AccountRun::plan_targets(Observation& seen) {
  report_.left_out = seen.left_out;
  report_.left_behind = seen.left_behind;
  report_.problems = seen.problems;
  report_.warnings = seen.warnings;
  report_.unknown = seen.unknown;
  report_.unasked = seen.unasked;
  for (const auto& [name, view] : seen.accounts) {
    report_.accounts.push_back({.name = name,
                                .provider = std::string(view.account.provider->metadata().id),
                                .domains = view.by_name.size(),
                                .stored = view.stored.size(),
                                .error = view.error});
  }
  report_.targets.reserve(seen.targets.size());
  for (TargetFacts& facts : std::exchange(seen.targets, {})) {
    Plan plan = plan_target(facts);
    const Outcome outcome = outcome_of(plan);
    std::string message = plan.summary.text;
    report_.targets.push_back({.facts = std::move(facts),
                               .plan = std::move(plan),
                               .outcome = outcome,
                               .message = std::move(message)});
  }
}

Task<void> AccountRun::plan(PlanOptions options) {
  ApplyOptions wanted{.only = std::move(options.only)};
  const bool everything = wanted.only.empty();
  Observation seen = co_await observe(options.scope, std::move(wanted));
  plan_targets(seen);
  const Retirer retirer(fleet_,
                        shared_.settings,
                        shared_.ports,
                        observer_,
                        shared_.journal,
                        shared_.clock,
                        shared_.ports.store.uploads(name_),
                        shared_.ports.store.orphans());
  if (everything) report_.retirements = retirer.plan(seen, report_.targets);
}

Task<void> AccountRun::deploy(const Observation* seen) {
  const auto executor = co_await asio::this_coro::executor;
  std::map<std::pair<std::string, std::string>, std::vector<TargetReport*>> groups;
  for (TargetReport& target : report_.targets) {
    if (target.outcome != Outcome::kPlanned) continue;
    groups[{target.facts.id.account, target.facts.bundle->fingerprint()}].push_back(&target);
  }
  // Both live until run_all returns, whatever the order in which groups end.
  std::map<std::string, std::unique_ptr<AccountWork>> accounts;
  std::vector<std::unique_ptr<Deployer>> deployers;
  std::vector<Task<void>> work;
  for (auto& [key, targets] : groups) {
    std::unique_ptr<AccountWork>& account = accounts[key.first];
    if (!account) {
      account = std::make_unique<AccountWork>(
          observer_, shared_.ports, executor, seen->accounts.at(key.first), shared_.clock);
      account->make_room = [this, seen] { return make_room(*seen); };
    }
    deployers.push_back(std::make_unique<Deployer>(
        shared_.settings, shared_.ports, shared_.journal, shared_.edge, *account));
    work.push_back(deployers.back()->deploy(std::move(targets)));
  }
  co_await run_all(std::move(work));
}

bool AccountRun::note_departures(Time now) {
  std::vector<TargetReport> moved;
  std::ranges::copy_if(report_.targets, std::back_inserter(moved), has_moved);
  if (moved.empty()) return true;
  // The ledger as it is now; what cannot be written is told by the flush that ends the run.
  static_cast<void>(shared_.journal.flush());
  Result<Ledger> ledger = read_ledger(shared_.ports.store, name_);
  if (!ledger) {
    report_.problems.push_back({"state", std::move(ledger).error()});
    return false;
  }
  const bool trusted = clock_.code.empty() && !shared_.clock.problem();
  begin_grace_anew(
      ledger->uploads, moved, shared_.journal, trusted ? std::optional(now) : std::nullopt);
  return true;
}

bool AccountRun::remember() {
  const Time now = shared_.ports.clock.now();
  const bool departures_noted = note_departures(now);
  for (TargetReport& target : report_.targets) {
    auto record = record_after(target, now, shared_.ports.random);
    const std::optional<TargetRecord>& known = record ? record : target.facts.memory;
    target.next_attempt = known ? known->next_attempt : std::nullopt;
    // That a target has left something would be forgotten with what it left.
    if (record && departures_noted) shared_.journal.note(*std::move(record));
  }
  const std::vector<AccountRecord> known = shared_.ports.store.accounts();
  for (std::size_t i = 0; i < patient_.size(); ++i) {
    auto record = record_after(fleet_.accounts[i].name, patient_[i]->paused_until(), known, now);
    if (record) shared_.journal.note(*std::move(record));
  }
  return departures_noted;
}

Task<bool> AccountRun::make_room(Observation seen) {
  // A run over some targets has not looked at the others, so it says nothing of what they replace.
  if (!everything_) co_return false;
  if (!note_departures(shared_.ports.clock.now())) co_return false;
  Result<void> flushed = shared_.journal.flush();
  Result<Ledger> ledger = read_ledger(shared_.ports.store, name_);
  if (!flushed || !ledger) co_return false;
  // On copies: others are at work on the targets meanwhile, and these are read and looked at anew.
  std::vector<TargetReport> targets = report_.targets;
  Retirer retirer(fleet_,
                  shared_.settings,
                  shared_.ports,
                  observer_,
                  shared_.journal,
                  shared_.clock,
                  std::move(ledger->uploads),
                  std::move(ledger->orphans));
  // What no run could note before begins its grace period here, or the store stays full for good.
  retirer.supersede(seen, targets);
  std::vector<RetireReport> reports = co_await retirer.retire(&seen, &targets, false);
  // Nobody is at work on what was well: if this look shows that it is so no longer, that counts.
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool worse = report_.targets[i].outcome == Outcome::kConfirmed &&
                       targets[i].outcome == Outcome::kUnconfirmed;
    if (worse) report_.targets[i] = std::move(targets[i]);
  }
  std::erase_if(reports, [](const RetireReport& one) { return !one.done; });
  report_.retirements.insert(report_.retirements.end(), reports.begin(), reports.end());
  co_return !reports.empty();
}

Task<void> AccountRun::retire(Observation* seen, bool wait) {
  // A grace period is not over because a clock says so that nothing else agrees with.
  if (!clock_.code.empty()) co_return;
  Result<Ledger> ledger = read_ledger(shared_.ports.store, name_);
  if (!ledger) {
    report_.problems.push_back({"state", std::move(ledger).error()});
    co_return;
  }
  Retirer retirer(fleet_,
                  shared_.settings,
                  shared_.ports,
                  observer_,
                  shared_.journal,
                  shared_.clock,
                  std::move(ledger->uploads),
                  std::move(ledger->orphans));
  retirer.supersede(*seen, report_.targets);
  std::vector<RetireReport> retired = co_await retirer.retire(seen, &report_.targets, wait);
  report_.retirements.insert(report_.retirements.end(), retired.begin(), retired.end());
  if (retirer.looked_worse()) static_cast<void>(remember());
}

Task<std::vector<JournalEntry>> AccountRun::settled_calls() {
  std::vector<JournalEntry> open = open_entries(shared_.ports.store);
  const milliseconds wait = wait_before_observing(open, fleet_, shared_.ports.clock.now());
  if (wait > milliseconds(0)) co_await shared_.ports.sleeper.sleep(wait);
  co_return open;
}

Task<void> AccountRun::put_back(RollbackOptions options) {
  if (options.send) keep_pace();
  // A person who goes back does not wait for what was put off or for a vendor's pause.
  const ApplyOptions asked{.only = {options.target}, .insist = true};
  const std::vector<JournalEntry> open = co_await settled_calls();
  Observation seen = co_await observe(ProbeScope::kWhereItDecides, asked);
  // A certificate's name is none of a target: who goes back says which one.
  std::erase_if(seen.targets,
                [&](const TargetFacts& one) { return !goes_by(one.id, options.target); });
  if (seen.targets.empty()) seen.unknown.insert(options.target);
  const std::vector<UploadRecord> ledger = shared_.ports.store.uploads(name_);
  if (options.send) {
    recover(open,
            ledger,
            shared_.ports.store.orphans(),
            seen,
            shared_.journal,
            shared_.ports.clock.now());
  }
  plan_targets(seen);
  for (TargetReport& target : report_.targets)
    prepare_put_back(target, options.by, ledger, Keeper(shared_.ports));
  if (!options.send) co_return;
  co_await deploy(&seen);
  static_cast<void>(remember());
  // Nothing says again what a person did once: should the power fail, it is known all the same.
  Result<void> flushed = shared_.journal.flush(Durability::kFlushed);
  if (!flushed) report_.problems.push_back({"state", std::move(flushed).error()});
}

Task<void> AccountRun::apply(ApplyOptions options) {
  keep_pace();
  const std::vector<JournalEntry> open = co_await settled_calls();
  Observation seen = co_await observe(ProbeScope::kWhereItDecides, options);
  recover(open,
          seen.uploads,
          shared_.ports.store.orphans(),
          seen,
          shared_.journal,
          shared_.ports.clock.now());
  plan_targets(seen);
  everything_ = options.only.empty();
  co_await deploy(&seen);
  const bool remembered = remember();

  // What is gathered goes to the disk before the ledger is read for retiring.
  Result<void> flushed = shared_.journal.flush();
  // A run over some targets has not looked at the others, so it says nothing of what they replace.
  if (flushed && remembered && (options.only.empty() || planted("only_retires"))) {
    co_await retire(&seen, options.wait_for_retire);
    flushed = shared_.journal.flush();
  }
  if (!flushed) report_.problems.push_back({"state", std::move(flushed).error()});
}

}  // namespace certferry
