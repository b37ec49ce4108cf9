#include "engine/retire.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "engine/attempt.h"
#include "engine/confirm.h"
#include "engine/pace.h"
#include "policy/edge.h"
#include "policy/retire.h"

namespace certferry {

namespace {

/// A domain that stands in the configuration and that the vendor no longer has: it serves nothing.
bool is_gone(const TargetFacts& facts) {
  return facts.observe_problem.code.empty() && !facts.binding;
}

/// Whether the target has a say in what becomes of the upload.
bool at(const TargetReport& target, const UploadRecord& record) {
  return target.facts.id.account == record.account &&
         target.facts.certificate == record.certificate && !is_gone(target.facts);
}

/// Confirmed on another bundle, which every address showed when they were last looked at.
bool confirmed_on_later(const TargetReport& target, const UploadRecord& record) {
  return target.outcome == Outcome::kConfirmed && target.facts.bundle &&
         target.facts.bundle->fingerprint() != record.fingerprint &&
         served_everywhere(target.facts);
}

/// Not yet deployed in this run, but seen serving what was confirmed before it, which is another.
bool still_on_later(const TargetReport& target, const UploadRecord& record) {
  const TargetFacts& facts = target.facts;
  if (target.outcome != Outcome::kPlanned || !facts.memory || !facts.probed) return false;
  const std::string& now = facts.memory->confirmed_fingerprint;
  return !now.empty() && now != record.fingerprint && facts.bound_fingerprint == now &&
         !facts.probes.empty() &&
         std::ranges::all_of(facts.probes, [&](const JudgedProbe& one) { return one.serves(now); });
}

bool superseded_by(const std::vector<TargetReport>& targets, const UploadRecord& record) {
  bool any = false;
  for (const TargetReport& target : targets) {
    if (!at(target, record)) continue;
    const bool later = confirmed_on_later(target, record) || still_on_later(target, record);
    if (!later && !planted("superseded_unconfirmed")) return false;
    any = true;
  }
  return any;
}

/// Not yet deployed in this run, but set to another certificate and seen serving others, whichever
/// they are: a bind may have taken effect that was never confirmed.
bool moved_on(const TargetReport& target, const UploadRecord& record) {
  const TargetFacts& facts = target.facts;
  if (target.outcome != Outcome::kPlanned || !facts.binding || !facts.probed) return false;
  const bool elsewhere = facts.binding->stored_id && *facts.binding->stored_id != record.stored_id;
  return elsewhere && !facts.probes.empty() &&
         std::ranges::all_of(facts.probes, [&](const JudgedProbe& one) {
           const Certificate* leaf = one.probe.leaf();
           return leaf != nullptr && leaf->fingerprint != record.fingerprint;
         });
}

/// Whether what was once superseded may go as far as its targets are concerned.
bool let_go_by(const std::vector<TargetReport>& targets, const UploadRecord& record) {
  bool any = false;
  for (const TargetReport& target : targets) {
    if (!at(target, record)) continue;
    const bool gone = confirmed_on_later(target, record) || moved_on(target, record);
    if (!gone && !planted("superseded_unconfirmed")) return false;
    any = true;
  }
  return any;
}

/// Whether the target may have had the upload between what it was confirmed on last and this run.
bool between_confirmations(const TargetFacts& facts, const UploadRecord& record) {
  if (!facts.memory || !facts.bundle) return false;
  const TargetRecord& memory = *facts.memory;
  if (memory.confirmed_fingerprint == facts.bundle->fingerprint()) return false;
  return memory.confirmed_fingerprint.empty() || record.created_at >= memory.confirmed_at;
}

/// Whether a target that had the upload until this run, by the vendor's word, the edge's or ours,
/// is confirmed on a later one now: it was switched off or out of reach when the upload was
/// superseded. The others need no look for that: whoever comes last begins the time anew.
bool left_now(const std::vector<TargetReport>& targets, const UploadRecord& record) {
  return std::ranges::any_of(targets, [&](const TargetReport& target) {
    if (!at(target, record) || !confirmed_on_later(target, record)) return false;
    const TargetFacts& facts = target.facts;
    const bool remembered =
        facts.memory && facts.memory->confirmed_fingerprint == record.fingerprint;
    return remembered || facts.bound_fingerprint == record.fingerprint ||
           between_confirmations(facts, record);
  });
}

/// Whether every address of every target of the certificate showed what it serves in this run.
bool all_looked_at(const std::vector<TargetReport>& targets, const UploadRecord& record) {
  return std::ranges::all_of(targets, [&](const TargetReport& target) {
    const TargetFacts& facts = target.facts;
    return !at(target, record) || (facts.probed && !facts.probes.empty() &&
                                   std::ranges::all_of(facts.probes, [](const JudgedProbe& one) {
                                     return one.probe.leaf() != nullptr;
                                   }));
  });
}

std::vector<std::string> wanted_at(const std::string& account,
                                   const Observation& seen,
                                   const Fleet& fleet) {
  std::vector<std::string> wanted;
  for (const Job& job : fleet.jobs) {
    const auto view = seen.bundles.find(job.certificate);
    const bool here = std::ranges::find(job.to, account, &TargetSelector::account) != job.to.end();
    if (here && view != seen.bundles.end() && view->second.bundle) {
      wanted.push_back(view->second.bundle->fingerprint());
    }
  }
  return wanted;
}

std::string kind_of(const RetirePlan& plan) {
  return plan.surplus ? "surplus" : "superseded";
}

}  // namespace

milliseconds grace_of(const ProductMetadata& product, const EngineSettings& settings) {
  return std::max(settings.retire_after, 2 * confirm_settings(product, settings.confirm).deadline);
}

bool has_moved(const TargetReport& target) {
  const TargetFacts& facts = target.facts;
  if (target.outcome != Outcome::kConfirmed || !facts.bundle) return false;
  const std::string& now = facts.bundle->fingerprint();
  return !facts.memory || facts.memory->confirmed_fingerprint != now ||
         facts.bound_fingerprint != now;
}

void begin_grace_anew(const std::vector<UploadRecord>& ledger,
                      const std::vector<TargetReport>& moved,
                      Journal& journal,
                      std::optional<Time> now) {
  for (UploadRecord record : ledger) {
    if (record.state != UploadRecord::State::kStored || !record.superseded_at) continue;
    if (!left_now(moved, record)) continue;
    record.superseded_at = now ? std::optional(std::max(*record.superseded_at, *now)) : now;
    journal.note(std::move(record));
  }
}

Retirer::Retirer(const Fleet& fleet,
                 const EngineSettings& settings,
                 EnginePorts ports,
                 Observer& observer,
                 Journal& journal,
                 const ClockWatch& clock,
                 std::vector<UploadRecord> ledger,
                 std::vector<OrphanRecord> orphans)
    : fleet_(fleet),
      settings_(settings),
      ports_(ports),
      observer_(observer),
      journal_(journal),
      clock_(clock),
      uploads_(std::move(ledger)),
      orphans_(std::move(orphans)) {}

std::pair<std::vector<JudgedProbe>, milliseconds> Retirer::looks_at(
    const std::string& account, const std::vector<TargetReport>& targets) const {
  std::vector<JudgedProbe> probes;
  milliseconds grace = settings_.retire_after;
  for (const TargetReport& target : targets) {
    if (target.facts.id.account != account) continue;
    probes.insert(probes.end(), target.facts.probes.begin(), target.facts.probes.end());
    grace = std::max(grace, grace_of(*target.facts.product, settings_));
  }
  return {std::move(probes), grace};
}

const UploadRecord* Retirer::upload_of(const OrphanRecord& orphan) const {
  const auto found = std::ranges::find_if(uploads_, [&](const UploadRecord& one) {
    return one.account == orphan.account && one.fingerprint == orphan.fingerprint;
  });
  return found == uploads_.end() ? nullptr : &*found;
}

RetireReport Retirer::plan_one(const OrphanRecord& orphan,
                               const UploadRecord& record,
                               const Observation& seen,
                               const std::vector<TargetReport>& targets) const {
  const AccountView& view = seen.accounts.at(orphan.account);
  const std::vector<Binding> bindings = view.all_bindings();
  const auto [probes, grace] = looks_at(orphan.account, targets);
  return {.plan = plan_orphan({.orphan = orphan,
                               .record = record,
                               .bindings = bindings,
                               .stored = view.stored,
                               .probes = probes,
                               .all_looked_at = all_looked_at(targets, record),
                               .grace = grace,
                               .now = ports_.clock.now()})};
}

RetireReport Retirer::plan_one(const UploadRecord& record,
                               const Observation& seen,
                               const std::vector<TargetReport>& targets) const {
  const AccountView& view = seen.accounts.at(record.account);
  const std::vector<Binding> bindings = view.all_bindings();
  const std::vector<std::string> wanted = wanted_at(record.account, seen, fleet_);
  const auto [probes, grace] = looks_at(record.account, targets);
  return {.plan = plan_retire({.record = record,
                               .wanted = wanted,
                               .bindings = bindings,
                               .stored = view.stored,
                               .probes = probes,
                               .all_looked_at = let_go_by(targets, record),
                               .grace = grace,
                               .now = ports_.clock.now()})};
}

std::vector<RetireReport> Retirer::plan(const Observation& seen,
                                        const std::vector<TargetReport>& targets) const {
  std::vector<RetireReport> reports;
  for (const UploadRecord& record : uploads_) {
    const auto view = seen.accounts.find(record.account);
    const bool observed = view != seen.accounts.end() && !view->second.error;
    const bool ended = record.state != UploadRecord::State::kStored || !record.superseded_at;
    if (observed && !ended) reports.push_back(plan_one(record, seen, targets));
  }
  for (const OrphanRecord& orphan : orphans_) {
    const auto view = seen.accounts.find(orphan.account);
    const bool observed = view != seen.accounts.end() && !view->second.error;
    const UploadRecord* record = upload_of(orphan);
    if (!observed || orphan.removed_at || record == nullptr) continue;
    reports.push_back(plan_one(orphan, *record, seen, targets));
  }
  return reports;
}

void Retirer::supersede(const Observation& seen, const std::vector<TargetReport>& targets) {
  // A grace period that began by a wrong clock would end at any time.
  if (clock_.problem()) return;
  std::map<std::string, std::set<std::string>> wanted;
  for (const auto& [account, view] : seen.accounts) {
    const std::vector<std::string> list = wanted_at(account, seen, fleet_);
    wanted[account].insert(list.begin(), list.end());
  }
  for (UploadRecord& record : uploads_) {
    // Of an account that was not observed no target was looked at.
    const auto here = wanted.find(record.account);
    if (record.state != UploadRecord::State::kStored || here == wanted.end()) continue;
    const bool is_wanted = here->second.contains(record.fingerprint);
    const bool begins_now = !record.superseded_at && superseded_by(targets, record);
    if (is_wanted && record.superseded_at) {
      record.superseded_at.reset();  // it came back: its time starts anew when it is next replaced
      journal_.note(record);
    } else if (!is_wanted && begins_now) {
      record.superseded_at = ports_.clock.now();
      journal_.note(record);
    }
  }
}

Task<void> Retirer::look_again(Observation* seen,
                               std::vector<TargetReport>* targets,
                               std::set<std::string> accounts) {
  std::vector<Task<void>> looks;
  for (const std::string& name : accounts) {
    AccountView& view = seen->accounts.at(name);
    view = co_await observer_.read_account(view.account, view.products());
    for (TargetReport& target : *targets) {
      if (target.facts.id.account == name && target.facts.binding) {
        looks.push_back(observer_.look_at(&target.facts));
      }
    }
  }
  co_await run_all(std::move(looks));
  for (TargetReport& target : *targets) {
    const bool regressed =
        target.outcome == Outcome::kConfirmed && !served_everywhere(target.facts);
    if (!regressed || !accounts.contains(target.facts.id.account)) continue;
    target.outcome = Outcome::kUnconfirmed;
    target.message = "confirmed, but looked at again " + describe_edge(target.facts);
    looked_worse_ = true;
  }
}

void Retirer::say(const RetirePlan& plan,
                  Status status,
                  std::string text,
                  std::optional<Error> error) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kRetire,
                          .status = status,
                          .account = plan.account,
                          .certificate = plan.certificate,
                          .text = std::move(text),
                          .fingerprint = plan.fingerprint,
                          .error = std::move(error)});
}

void Retirer::fail(RetireReport* report, Error error) {
  const RetirePlan& plan = report->plan;
  report->error = std::move(error).while_doing("deleting " + kind_of(plan) + " certificate " +
                                               plan.stored_id + " of account " + plan.account);
  say(plan, Status::kFailed, report->error->text(), report->error);
}

bool Retirer::is_old(SteadyTime read_at) const {
  return ports_.clock.steady_now() - read_at > kFactsAgeMost;
}

Task<Result<void>> Retirer::send_remove(Account account,
                                        std::string stored_id,
                                        SteadyTime read_at) {
  for (unsigned failures = 1;; ++failures) {
    Result<void> removed = co_await attempt(account.provider->remove(stored_id));
    if (removed || remedy(removed.error().kind) != Remedy::kRepeat) co_return removed;
    // What was read just before is old by now; the next run reads anew.
    if (removed.error().code == kLateTurn) co_return removed;
    const auto wait = wait_before_retry(removed.error(), failures, settings_.retry, ports_.random);
    if (!wait) co_return removed;
    // The two list calls just before may have used up what the vendor allows.
    if (removed.error().kind == ErrorKind::kThrottled && account.pace != nullptr) {
      account.pace->pause(*wait);
    }
    co_await ports_.sleeper.sleep(*wait);
    if (is_old(read_at)) co_return removed;
  }
}

Task<std::optional<Retirer::Sent>> Retirer::remove(RetireReport* report,
                                                   Account account,
                                                   SteadyTime read_at) {
  const RetirePlan& plan = report->plan;
  if (is_old(read_at)) {
    report->plan.due = false;
    report->plan.reason = {"retire.later",
                           "others were deleted first, and what was read before is old by now; the "
                           "next run reads anew"};
    co_return std::nullopt;
  }
  if (std::optional<Error> clock = clock_.problem()) {
    fail(report, *std::move(clock));
    co_return std::nullopt;
  }
  JournalEntry entry =
      journal_.entry("retire", {plan.account, "", ""}, plan.certificate, plan.fingerprint);
  entry.stored_id = plan.stored_id;
  Result<void> durable = journal_.intend({.journal = {entry}});
  if (!durable) {
    fail(report, std::move(durable).error());
    co_return std::nullopt;
  }
  Result<void> removed = co_await send_remove(account, plan.stored_id, read_at);
  const bool perhaps = removed || removed.error().kind == ErrorKind::kNotFound ||
                       remedy(removed.error().kind) == Remedy::kReadFirst;
  if (perhaps) {
    std::optional<Error> said;
    if (!removed) said = std::move(removed).error();
    co_return Sent{.report = report, .entry = std::move(entry), .said = std::move(said)};
  }
  journal_.settle(entry, JournalEntry::Outcome::kNotApplied, removed.error().text());
  if (removed.error().kind != ErrorKind::kInUse) {
    fail(report, std::move(removed).error());
    co_return std::nullopt;
  }
  // Information, not a failure: something of the account uses it in a way its lists do not show.
  report->plan.due = false;
  report->plan.reason = {"retire.in_use",
                         "the vendor says it is still in use; looked at again next time"};
  say(plan, Status::kProgress, report->plan.reason.text);
  co_return std::nullopt;
}

void Retirer::settle(const Sent& sent, const AccountView& view) {
  const RetirePlan& plan = sent.report->plan;
  if (view.error) {
    journal_.settle(sent.entry, JournalEntry::Outcome::kUnknown, view.error->text());
    return fail(sent.report, *view.error);
  }
  if (view.stored_by_id(plan.stored_id) == nullptr || planted("deleted_is_gone")) {
    journal_.settle(sent.entry, JournalEntry::Outcome::kApplied, "gone from the vendor's list");
    forget(plan);
    sent.report->done = true;
    return say(plan, Status::kDone, "deleted " + kind_of(plan) + " certificate " + plan.stored_id);
  }
  const Error still(ErrorKind::kRejected, "the vendor answered yes, but its list still shows it");
  const Error why = sent.said.value_or(still);
  journal_.settle(sent.entry, JournalEntry::Outcome::kNotApplied, why.text());
  fail(sent.report, why);
}

Task<void> Retirer::remove_due(std::vector<RetireReport>* reports, const Observation* seen) {
  std::map<std::string, std::vector<Sent>> sent;
  for (RetireReport& report : *reports) {
    if (report.plan.reason.code == "retire.gone") forget(report.plan);
    if (report.plan.surplus && report.plan.reason.code == "retire.in_use") note_used(report.plan);
    if (!report.plan.due) continue;
    const AccountView& view = seen->accounts.at(report.plan.account);
    const Account account = view.account;
    std::optional<Sent> one = co_await remove(&report, account, view.steady_read_at);
    if (one) sent[account.name].push_back(*std::move(one));
  }
  // A vendor's yes proves nothing: what is deleted is what its list no longer shows.
  for (const auto& [name, deletions] : sent) {
    const AccountView& before = seen->accounts.at(name);
    co_await ports_.sleeper.sleep(before.account.provider->metadata().limits.list_consistency);
    const AccountView after = co_await observer_.read_account(before.account, before.products());
    for (const Sent& one : deletions) settle(one, after);
  }
}

std::vector<RetireReport> Retirer::plan_again(std::vector<RetireReport> before,
                                              const Observation& seen,
                                              const std::vector<TargetReport>& targets) const {
  std::vector<RetireReport> reports = plan(seen, targets);
  for (RetireReport& report : before) {
    const std::optional<Error>& lost = seen.accounts.at(report.plan.account).error;
    if (!lost) continue;
    report.plan.due = false;
    report.error = *lost;
    reports.push_back(std::move(report));
  }
  return reports;
}

Task<void> Retirer::wait_for(const std::vector<RetireReport>* reports) {
  Time until{};
  for (const RetireReport& report : *reports) {
    if (report.plan.reason.code == "retire.grace") until = std::max(until, report.plan.due_at);
  }
  const milliseconds left = std::max(until - ports_.clock.now(), milliseconds(0));
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kRetire,
                          .status = Status::kStarted,
                          .text = "waiting " + format_duration(left) +
                                  " until the superseded certificates' grace period has passed"});
  co_await ports_.sleeper.sleep(left + milliseconds(1));
}

Task<std::vector<RetireReport>> Retirer::retire(Observation* seen,
                                                std::vector<TargetReport>* targets,
                                                bool wait) {
  std::vector<RetireReport> reports = plan(*seen, *targets);
  std::set<std::string> concerned;
  bool in_grace = false;
  for (const RetireReport& report : reports) {
    const bool waits = wait && report.plan.reason.code == "retire.grace";
    in_grace = in_grace || waits;
    if (waits || report.plan.due) concerned.insert(report.plan.account);
  }
  if (in_grace) co_await wait_for(&reports);
  if (!concerned.empty()) {
    // What decides a delete is read just before it, not before a confirm that took half an hour.
    co_await look_again(seen, targets, concerned);
    reports = plan_again(std::move(reports), *seen, *targets);
  }
  co_await remove_due(&reports, seen);
  co_return reports;
}

void Retirer::forget(const RetirePlan& plan) {
  for (OrphanRecord& orphan : orphans_) {
    if (orphan.account != plan.account || orphan.stored_id != plan.stored_id) continue;
    orphan.removed_at = ports_.clock.now();
    journal_.note(orphan);
  }
  for (UploadRecord& record : uploads_) {
    const bool this_copy = record.account == plan.account &&
                           record.fingerprint == plan.fingerprint &&
                           record.stored_id == plan.stored_id;
    if (!this_copy) continue;
    record.state = UploadRecord::State::kRetired;
    record.retired_at = ports_.clock.now();
    journal_.note(record);
  }
}

void Retirer::note_used(const RetirePlan& plan) {
  for (OrphanRecord& orphan : orphans_) {
    if (orphan.account != plan.account || orphan.stored_id != plan.stored_id) continue;
    orphan.found_at = ports_.clock.now();
    journal_.note(orphan);
  }
}

}  // namespace certferry
