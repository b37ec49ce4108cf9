#include "engine/vitals.h"

#include <algorithm>

#include "engine/served.h"

namespace certferry {

namespace {

std::string code_of(const Error& error) {
  return error.code.empty() ? std::string(to_string(error.kind)) : error.code;
}

/// Why a run could not see how things are; empty when it could. A vendor that asked for patience
/// gets it, which is no trouble.
std::string trouble_of(const DaemonRun& run) {
  if (run.report == nullptr) return run.error ? code_of(*run.error) : "";
  for (const AccountReport& one : run.report->accounts) {
    if (one.error && one.error->code != "account.paused") return code_of(*one.error);
  }
  return {};
}

Outcome outcome_named(std::string_view name) {
  for (const Outcome one : kOutcomes) {
    if (to_string(one) == name) return one;
  }
  return Outcome::kHeld;
}

}  // namespace

void Durations::add(milliseconds duration) {
  const double passed = std::max(0.0, std::chrono::duration<double>(duration).count());
  ++count;
  sum_seconds += passed;
  for (std::size_t i = 0; i < kBoundsSeconds.size(); ++i) {
    if (passed <= kBoundsSeconds[i]) ++up_to[i];
  }
}

Vitals::Vitals(const Clock& clock, const Fleet& fleet) : clock_(clock) {
  for (const Account& one : fleet.accounts) accounts_[one.name].alive_at = clock.steady_now();
  for (const Job& job : fleet.jobs) {
    sources_[job.certificate];
  }
}

void Vitals::recall(const Fleet& fleet,
                    const std::vector<TargetRecord>& targets,
                    const std::vector<UploadRecord>& uploads) {
  std::set<std::pair<std::string, std::string>> configured;  // account and certificate
  for (const Job& job : fleet.jobs) {
    for (const TargetSelector& to : job.to) configured.emplace(to.account, job.certificate);
  }
  std::map<std::pair<std::string, std::string>, Time> ends;
  for (const UploadRecord& one : uploads) ends[{one.account, one.fingerprint}] = one.not_after;
  for (const TargetRecord& one : targets) {
    if (!configured.contains({one.id.account, one.certificate})) continue;
    TargetVitals& target = targets_[one.id];
    target.certificate = one.certificate;
    target.outcome = outcome_named(one.outcome);
    const auto known = ends.find({one.id.account, one.confirmed_fingerprint});
    if (known != ends.end() && known->second > Time{}) target.ends = known->second;
  }
}

void Vitals::on_event(const Event& event) {
  const bool confirmed = event.stage == Stage::kEnd && event.status == Status::kDone;
  if (confirmed && event.target) confirmed_at_[*event.target] = event.at;
}

void Vitals::after_run(const DaemonRun& run) {
  AccountVitals& account = accounts_[run.account];
  account.last_end = clock_.now();
  account.alive_at = clock_.steady_now();
  account.trouble = trouble_of(run);
  account.last_succeeded = run.report != nullptr && run.report->succeeded();
  ++(account.last_succeeded ? account.succeeded : account.unsuccessful);
  if (run.report != nullptr) {
    for (const CertificateReport& one : run.report->certificates) note(one, run.report->started);
    for (const TargetReport& one : run.report->targets) note(one, account);
    if (account.trouble.empty()) forget_all_but(*run.report, run.account);
  }
  std::erase_if(confirmed_at_, [&](const auto& one) { return one.first.account == run.account; });
}

void Vitals::note(const CertificateReport& source, Time began) {
  SourceVitals& noted = sources_[source.name];
  noted.readable = source.bundle && !source.error;
  if (!source.bundle) return;
  noted.ends = source.bundle->leaf.not_after;
  std::string generation = short_fingerprint(source.bundle->fingerprint());
  if (noted.generation == generation) return;
  noted.generation = std::move(generation);
  noted.seen_at = began;
}

void Vitals::note(const TargetReport& target, AccountVitals& account) {
  const TargetId& id = target.facts.id;
  TargetVitals& noted = targets_[id];
  noted.certificate = target.facts.certificate;
  noted.outcome = target.outcome;
  if (const auto now = seen_lifetime(target)) noted.ends = now->ends;
  if (!target.facts.bundle) return;  // nobody knows whether there is something newer
  const Time seen_at = sources_[noted.certificate].seen_at;
  if (target.outcome != Outcome::kConfirmed) {
    if (!noted.behind_since) noted.behind_since = seen_at;
    return;
  }
  if (noted.behind_since || target.plan.changes_something()) {
    const auto confirmed = confirmed_at_.find(id);
    const Time at = confirmed == confirmed_at_.end() ? clock_.now() : confirmed->second;
    account.deployments.add(at - noted.behind_since.value_or(seen_at));
  }
  noted.behind_since.reset();
}

void Vitals::forget_all_but(const Report& report, const std::string& account) {
  std::set<TargetId> there;
  for (const TargetReport& one : report.targets) there.insert(one.facts.id);
  std::erase_if(targets_, [&](const auto& one) {
    return one.first.account == account && !there.contains(one.first);
  });
}

std::vector<HealthFacts::AccountFacts> Vitals::health(milliseconds allowed) const {
  std::vector<HealthFacts::AccountFacts> all;
  for (const auto& [name, one] : accounts_) {
    all.push_back({.name = name,
                   .since_end = clock_.steady_now() - one.alive_at,
                   .allowed = allowed,
                   .trouble = one.trouble});
  }
  return all;
}

}  // namespace certferry
