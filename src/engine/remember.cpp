#include "engine/remember.h"

#include <algorithm>

#include "engine/patience.h"
#include "engine/put_back.h"
#include "policy/contest.h"
#include "policy/schedule.h"

namespace certferry {

namespace {

/// What clients get now, as the vendor knows it: the nearer its end, the sooner the next try.
std::optional<milliseconds> validity_left(const TargetFacts& facts, Time now) {
  if (!facts.bound) return std::nullopt;
  return facts.bound->not_after - now;
}

void note_success(TargetRecord& record, const TargetFacts& facts) {
  const std::string& fingerprint = facts.bundle->fingerprint();
  if (record.confirmed_fingerprint != fingerprint) {
    record.previous_fingerprint = record.confirmed_fingerprint;
  }
  record.confirmed_fingerprint = fingerprint;
  record.confirmed_at = facts.looked_at;
  record.failures = 0;
  record.senseless_step.clear();
  record.senseless = 0;
  record.attempted_fingerprint.clear();
  record.next_attempt.reset();
  record.rolled_back_fingerprint.clear();
  record.rolled_back_at.reset();
  record.rollbacks = 0;
  record.rolled_back_by.clear();
  // That it is served here is no word that it does no harm elsewhere; a person's word is.
  if (facts.insist || record.harmed_fingerprint != fingerprint) record.harmed_fingerprint.clear();
  record.looks_before_bind.clear();
}

void note_failure(TargetRecord& record, const TargetReport& target, Time now, Random& random) {
  const TargetFacts& facts = target.facts;
  const std::string fingerprint = facts.bundle ? facts.bundle->fingerprint() : "";
  const bool same = record.attempted_fingerprint == fingerprint;
  record.failures = same ? record.failures + 1 : 1;
  record.attempted_fingerprint = fingerprint;
  const bool another = !target.failed_step.empty() && target.failed_step != record.senseless_step;
  if (!same || another) record.senseless = 0;
  if (target.senseless > 0) {
    record.senseless_step = target.failed_step;
    record.senseless = target.senseless;
  }
  if (target.plan.blocked()) {
    // Nothing was tried: what stands in the way is looked at anew each time.
    record.next_attempt.reset();
    return;
  }
  const auto retry_after = target.error ? target.error->retry_after : std::nullopt;
  record.next_attempt =
      now + wait_before_next_run(record.failures, validity_left(facts, now), retry_after, random);
}

void note_rollback(TargetRecord& record, const TargetReport& target, Time now) {
  const std::string& fingerprint = target.facts.bundle->fingerprint();
  const bool again = record.rolled_back_fingerprint == fingerprint;
  record.rollbacks = again ? record.rollbacks + 1 : 1;
  record.rolled_back_fingerprint = fingerprint;
  record.rolled_back_at = now;
  record.rolled_back_by.clear();
  record.bound_fingerprint = target.went_back_to;
  record.bound_at = now;
}

}  // namespace

std::optional<TargetRecord> record_after(const TargetReport& target, Time now, Random& random) {
  const TargetFacts& facts = target.facts;
  if (target.plan.summary.code == "retry.waiting") return std::nullopt;
  const bool seen_before = target.outcome == Outcome::kConfirmed && !facts.probed;
  if (seen_before) return std::nullopt;  // nothing is known that was not known before
  if (target.put_back) return record_after_put_back(target, now);
  TargetRecord record = facts.memory.value_or(TargetRecord{.id = facts.id});
  record.certificate = facts.certificate;
  record.outcome = to_string(target.outcome);
  record.message = target.message;
  record.last_attempt = now;

  const Reversals reversals = reversals_after(facts);
  record.reversals = reversals.count;
  record.reversed_at = reversals.since;
  record.reversed_to = reversals.to;

  const bool well = target.outcome == Outcome::kConfirmed;
  if (well) {
    note_success(record, facts);
  } else {
    note_failure(record, target, now, random);
  }
  if (target.harmed) record.harmed_fingerprint = facts.bundle->fingerprint();
  if (target.rolled_back) {
    note_rollback(record, target, now);
  } else if (well || target.outcome == Outcome::kUnconfirmed) {
    record.reversed_to.clear();
    if (record.bound_fingerprint != facts.bundle->fingerprint()) record.bound_at = now;
    record.bound_fingerprint = facts.bundle->fingerprint();
  }
  return record;
}

std::optional<AccountRecord> record_after(const std::string& account,
                                          std::optional<Time> paused_until,
                                          const std::vector<AccountRecord>& known,
                                          Time now) {
  if (paused_until) return AccountRecord{.name = account, .paused_until = paused_until};
  const auto before = std::ranges::find(known, account, &AccountRecord::name);
  const bool over = before != known.end() && before->paused_until && *before->paused_until <= now;
  if (!over) return std::nullopt;
  return AccountRecord{.name = account, .paused_until = std::nullopt};
}

std::optional<Error> still_paused(const std::string& account,
                                  const std::vector<AccountRecord>& known,
                                  Time now) {
  const auto found = std::ranges::find(known, account, &AccountRecord::name);
  const std::optional<Time> until = found == known.end() ? std::nullopt : found->paused_until;
  // A clock that has been set back since must not stop an account for a year.
  if (!until || *until <= now || *until > now + kPauseMost) return std::nullopt;
  return account_paused(account, *until);
}

}  // namespace certferry
