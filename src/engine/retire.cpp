#include "engine/retire.h"

#include <algorithm>

#include "base/text.h"
#include "engine/attempt.h"
#include "engine/deploy.h"

namespace certferry {

namespace {

bool at(const TargetReport& target, const UploadRecord& record) {
  return target.facts.id.account == record.account &&
         target.facts.certificate == record.certificate;
}

/// Confirmed on another bundle, which every address showed when they were last looked at.
bool confirmed_on_later(const TargetReport& target, const UploadRecord& record) {
  return target.outcome == Outcome::kConfirmed && target.facts.bundle &&
         target.facts.bundle->fingerprint() != record.fingerprint &&
         serves_everywhere(target.facts);
}

bool superseded_by(const std::vector<TargetReport>& targets, const UploadRecord& record) {
  bool any = false;
  for (const TargetReport& target : targets) {
    if (!at(target, record)) continue;
    if (!confirmed_on_later(target, record)) return false;
    any = true;
  }
  return any;
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

}  // namespace

milliseconds grace_of(const ProductMetadata& product, const EngineSettings& settings) {
  return std::max(settings.retire_after, 2 * confirm_settings(product, settings.confirm).deadline);
}

Retirer::Retirer(const Fleet& fleet,
                 const EngineSettings& settings,
                 EnginePorts ports,
                 Observer& observer,
                 Journal& journal)
    : fleet_(fleet),
      settings_(settings),
      ports_(ports),
      observer_(observer),
      journal_(journal),
      uploads_(ports.store.uploads()) {}

RetireReport Retirer::plan_one(const UploadRecord& record,
                               const Observation& seen,
                               const std::vector<TargetReport>& targets) const {
  const AccountView& view = seen.accounts.at(record.account);
  const std::vector<Binding> bindings = view.all_bindings();
  const std::vector<std::string> wanted = wanted_at(record.account, seen, fleet_);
  std::vector<JudgedProbe> probes;
  milliseconds grace = settings_.retire_after;
  for (const TargetReport& target : targets) {
    if (target.facts.id.account != record.account) continue;
    probes.insert(probes.end(), target.facts.probes.begin(), target.facts.probes.end());
    grace = std::max(grace, grace_of(*target.facts.product, settings_));
  }
  return {.plan = plan_retire({.record = record,
                               .wanted = wanted,
                               .bindings = bindings,
                               .stored = view.stored,
                               .probes = probes,
                               .all_looked_at = superseded_by(targets, record),
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
  return reports;
}

void Retirer::supersede(const Observation& seen, const std::vector<TargetReport>& targets) {
  for (UploadRecord& record : uploads_) {
    if (record.state != UploadRecord::State::kStored) continue;
    const std::vector<std::string> wanted = wanted_at(record.account, seen, fleet_);
    const bool is_wanted = std::ranges::find(wanted, record.fingerprint) != wanted.end();
    if (is_wanted && record.superseded_at) {
      record.superseded_at.reset();  // it came back: its time starts anew when it is next replaced
      journal_.note(record);
    } else if (!is_wanted && !record.superseded_at && superseded_by(targets, record)) {
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
    std::set<std::string> products;
    for (const auto& [product, list] : view.bindings) products.insert(product);
    view = co_await observer_.read_account(view.account, products);
    for (TargetReport& target : *targets) {
      if (target.facts.id.account == name && target.facts.binding) {
        looks.push_back(observer_.look_at(&target.facts));
      }
    }
  }
  co_await run_all(std::move(looks));
}

Task<void> Retirer::remove(RetireReport* report, Account account) {
  const RetirePlan& plan = report->plan;
  const auto record = std::ranges::find_if(uploads_, [&](const UploadRecord& one) {
    return one.account == plan.account && one.fingerprint == plan.fingerprint;
  });
  ASSERT(record != uploads_.end());
  JournalEntry entry =
      journal_.entry("retire", {plan.account, "", ""}, plan.certificate, plan.fingerprint);
  entry.stored_id = plan.stored_id;
  Result<void> durable = journal_.intend({.journal = {entry}});
  if (!durable) {
    report->error = std::move(durable).error();
    co_return;
  }
  Result<void> removed = co_await attempt(account.provider->remove(plan.stored_id));
  const auto say = [&](Status status, std::string text) {
    ports_.events.on_event({.at = ports_.clock.now(),
                            .stage = Stage::kRetire,
                            .status = status,
                            .account = plan.account,
                            .certificate = plan.certificate,
                            .text = std::move(text)});
  };
  const bool gone = removed || removed.error().kind == ErrorKind::kNotFound;
  if (gone) {
    record->state = UploadRecord::State::kRetired;
    record->retired_at = ports_.clock.now();
    journal_.note(*record);
    journal_.settle(entry, JournalEntry::Outcome::kApplied, "deleted after its grace period");
    report->done = true;
    say(Status::kDone, "deleted superseded certificate " + plan.stored_id);
    co_return;
  }
  const bool unknown = remedy(removed.error().kind) == Remedy::kReadFirst;
  const auto outcome =
      unknown ? JournalEntry::Outcome::kUnknown : JournalEntry::Outcome::kNotApplied;
  journal_.settle(entry, outcome, removed.error().text());
  if (removed.error().kind == ErrorKind::kInUse) {
    // Information, not a failure: something of the account uses it in a way its lists do not show.
    report->plan.due = false;
    report->plan.reason = {"retire.in_use",
                           "the vendor says it is still in use; looked at again next time"};
    say(Status::kProgress, report->plan.reason.text);
    co_return;
  }
  report->error = std::move(removed).error().while_doing(
      "deleting superseded certificate " + plan.stored_id + " of account " + plan.account);
  say(Status::kFailed, report->error->text());
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

Task<std::vector<RetireReport>> Retirer::retire(Observation* seen,
                                                std::vector<TargetReport>* targets,
                                                bool wait) {
  std::vector<RetireReport> reports = plan(*seen, *targets);
  std::set<std::string> waiting;
  Time until{};
  for (const RetireReport& report : reports) {
    if (report.plan.reason.code != "retire.grace") continue;
    waiting.insert(report.plan.account);
    until = std::max(until, report.plan.due_at);
  }
  if (wait && !waiting.empty()) {
    const milliseconds left = std::max(until - ports_.clock.now(), milliseconds(0));
    ports_.events.on_event({.at = ports_.clock.now(),
                            .stage = Stage::kRetire,
                            .status = Status::kStarted,
                            .text = "waiting " + format_duration(left) +
                                    " until the superseded certificates' grace period has passed"});
    co_await ports_.sleeper.sleep(left + milliseconds(1));
    co_await look_again(seen, targets, waiting);
    reports = plan_again(std::move(reports), *seen, *targets);
  }
  for (RetireReport& report : reports) {
    const Account account = seen->accounts.at(report.plan.account).account;
    if (report.plan.due) co_await remove(&report, account);
    if (report.plan.reason.code == "retire.gone") forget(report.plan);
  }
  co_return reports;
}

void Retirer::forget(const RetirePlan& plan) {
  for (UploadRecord& record : uploads_) {
    if (record.account != plan.account || record.fingerprint != plan.fingerprint) continue;
    record.state = UploadRecord::State::kRetired;
    record.retired_at = ports_.clock.now();
    journal_.note(record);
  }
}

}  // namespace certferry
