#include "policy/rollback.h"

#include <algorithm>

#include "base/text.h"
#include "policy/edge.h"
#include "policy/gate.h"

namespace certferry {

namespace {

bool looked_at(const JudgedProbe& one) {
  return one.probe.outcome != Probe::Outcome::kUnreachable;
}

/// The bundle that was confirmed here before the present one.
bool confirmed_on_another(const TargetFacts& facts) {
  return facts.memory && !facts.memory->confirmed_fingerprint.empty() &&
         facts.memory->confirmed_fingerprint != facts.bundle->fingerprint();
}

bool fit_before(const TargetFacts& facts,
                std::span<const JudgedProbe> before,
                const Address& address) {
  const auto same =
      std::ranges::find(before, address, [](const JudgedProbe& one) { return one.probe.address; });
  if (same != before.end() && looked_at(*same) && fit_to_serve(facts, *same)) return true;
  // Addresses come and go; and a run that was interrupted after its bind saw only what followed.
  const auto well = [&](const JudgedProbe& one) { return fit_to_serve(facts, one); };
  return (same == before.end() && std::ranges::any_of(before, well)) || confirmed_on_another(facts);
}

}  // namespace

std::optional<Reason> worse_than_before(const TargetFacts& facts,
                                        std::span<const JudgedProbe> before) {
  for (const JudgedProbe& one : facts.probes) {
    if (!looked_at(one) || fit_to_serve(facts, one)) continue;
    if (!fit_before(facts, before, one.probe.address)) continue;
    const Certificate* leaf = one.probe.leaf();
    const std::string where = to_string(one.probe.address);
    std::string what = leaf == nullptr ? "serves no certificate for it: " + one.probe.detail
                                       : "serves " + short_fingerprint(leaf->fingerprint) +
                                             ", which clients refuse";
    if (leaf != nullptr && !one.chain.trusted()) what += ": " + one.chain.reason;
    return Reason{"edge.worse", where + " " + what};
  }
  return std::nullopt;
}

std::optional<StoredCertificate> fallback_of(const TargetFacts& facts,
                                             std::span<const JudgedProbe> before) {
  const bool another = facts.bound && facts.bound_fingerprint != facts.bundle->fingerprint();
  const bool well_served =
      std::ranges::any_of(before, [&](const JudgedProbe& one) { return fit_to_serve(facts, one); });
  if (another && well_served && would_do(*facts.bound, facts.id.name, facts.now))
    return facts.bound;
  if (facts.last_confirmed && would_do(*facts.last_confirmed, facts.id.name, facts.now)) {
    return facts.last_confirmed;
  }
  return std::nullopt;
}

std::optional<Step> after_rollback(const TargetFacts& facts) {
  constexpr milliseconds kPause = hours(1);
  if (!facts.memory || !facts.bundle || facts.insist) return std::nullopt;
  const TargetRecord& memory = *facts.memory;
  if (memory.rolled_back_fingerprint != facts.bundle->fingerprint()) return std::nullopt;
  const std::string what = "the edge served something worse after this bundle was bound";
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
               what + ", so it was rolled back; tried again after " + format_time(again)}};
}

}  // namespace certferry
