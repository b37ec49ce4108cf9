#include "policy/rollback.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "policy/edge.h"
#include "policy/gate.h"

namespace certferry {

namespace {

bool looked_at(const JudgedProbe& one) {
  return one.probe.outcome != Probe::Outcome::kUnreachable;
}

/// Whether it was an earlier run that bound ours and died, so that nobody looked before the bind:
/// then what counts is that clients were served well once, by what was confirmed here.
bool bound_by_a_run_that_died(const TargetFacts& facts) {
  return facts.bound_fingerprint == facts.bundle->fingerprint() && facts.memory &&
         !facts.memory->confirmed_fingerprint.empty() &&
         facts.memory->confirmed_fingerprint != facts.bundle->fingerprint();
}

/// Whether the address shows what it showed before: then it has not turned to anything. A leaf that
/// ended meanwhile is time's doing, and ours will mend it.
bool as_before(const TargetFacts& facts, const JudgedProbe& before, const JudgedProbe& now) {
  const Certificate* then = before.probe.leaf();
  const Certificate* leaf = now.probe.leaf();
  return then != nullptr && leaf != nullptr && then->fingerprint == leaf->fingerprint &&
         leaf->fingerprint != facts.bundle->fingerprint();
}

bool turned_from_good(const TargetFacts& facts,
                      std::span<const JudgedProbe> before,
                      const JudgedProbe& now) {
  if (bound_by_a_run_that_died(facts)) {
    const Certificate* leaf = now.probe.leaf();
    return leaf == nullptr || leaf->fingerprint != facts.memory->confirmed_fingerprint;
  }
  const auto same = std::ranges::find(
      before, now.probe.address, [](const JudgedProbe& one) { return one.probe.address; });
  if (same != before.end()) {
    return looked_at(*same) && fit_to_serve(facts, *same) && !as_before(facts, *same, now);
  }
  // Addresses come and go: a new one is held against the others.
  return std::ranges::any_of(before,
                             [&](const JudgedProbe& one) { return fit_to_serve(facts, one); });
}

}  // namespace

std::optional<Reason> worse_than_before(const TargetFacts& facts,
                                        std::span<const JudgedProbe> before) {
  for (const JudgedProbe& one : facts.probes) {
    if (!looked_at(one) || fit_to_serve(facts, one)) continue;
    if (!turned_from_good(facts, before, one) && !planted("bad_is_worse")) continue;
    const Certificate* leaf = one.probe.leaf();
    std::string where = to_string(one.probe.address);
    std::string what = leaf == nullptr ? "serves no certificate for it: " + one.probe.detail
                                       : "serves " + short_fingerprint(leaf->fingerprint) +
                                             ", which clients refuse";
    if (leaf != nullptr && !one.chain.trusted()) what += ": " + one.chain.reason;
    return Reason{"edge.worse", where.append(" ").append(what)};
  }
  return std::nullopt;
}

namespace {

/// Whether clients were served well with what is bound: not merely with something.
bool was_served_well(const TargetFacts& facts, std::span<const JudgedProbe> before) {
  return std::ranges::any_of(before, [&](const JudgedProbe& one) {
    const Certificate* leaf = one.probe.leaf();
    if (leaf == nullptr || !fit_to_serve(facts, one)) return false;
    if (facts.bound_fingerprint) return leaf->fingerprint == *facts.bound_fingerprint;
    // Of what others stored the vendor's list tells the dates.
    return leaf->not_after == facts.bound->not_after;
  });
}

}  // namespace

std::optional<StoredCertificate> fallback_of(const TargetFacts& facts,
                                             std::span<const JudgedProbe> before) {
  const bool another = facts.bound && facts.bound_fingerprint != facts.bundle->fingerprint();
  if (another && was_served_well(facts, before) &&
      would_do(*facts.bound, facts.id.name, facts.now)) {
    return facts.bound;
  }
  if (facts.last_confirmed && would_do(*facts.last_confirmed, facts.id.name, facts.now)) {
    return facts.last_confirmed;
  }
  return std::nullopt;
}

namespace {

/// What clients get is a person's choice, for as long as it is of use to them.
std::optional<Step> after_a_persons_rollback(const TargetFacts& facts, const TargetRecord& memory) {
  const bool does = facts.bound && would_do(*facts.bound, facts.id.name, facts.now);
  if (!does) return std::nullopt;
  return Step{
      StepKind::kPark,
      {"rollback.by_hand",
       "rolled back by hand on " + format_time(memory.rolled_back_at.value_or(Time{})) + " by " +
           printable(memory.rolled_back_by, 80) + ": certificate " + facts.bound->id +
           " stays, and bundle " + short_fingerprint(memory.rolled_back_fingerprint) +
           " is not sent again by itself. A newer one of the source will be; this one by "
           "'certferry apply --now " +
           facts.id.name + "'"}};
}

}  // namespace

std::optional<Step> after_rollback(const TargetFacts& facts) {
  constexpr milliseconds kPause = hours(1);
  if (!facts.memory || !facts.bundle || facts.insist) return std::nullopt;
  const TargetRecord& memory = *facts.memory;
  if (memory.rolled_back_fingerprint != facts.bundle->fingerprint()) return std::nullopt;
  if (!memory.rolled_back_by.empty()) return after_a_persons_rollback(facts, memory);
  const std::string what = "after this bundle was bound the edge served something worse,";
  const std::string how =
      "; look at the vendor, then 'certferry apply --now " + facts.id.name + "'";
  if (memory.rollbacks >= 2) {
    return Step{StepKind::kPark,
                {"rollback.twice", what + " twice, and it was rolled back each time" + how}};
  }
  const Time again = memory.rolled_back_at.value_or(Time{}) + kPause;
  if (facts.now >= again) return std::nullopt;
  return Step{StepKind::kHold,
              {"rollback.waiting",
               what + " so it was rolled back; tried again after " + format_time(again)}};
}

}  // namespace certferry
