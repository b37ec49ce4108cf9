#include "policy/contest.h"

#include "base/text.h"
#include "policy/gate.h"

namespace certferry {

namespace {

constexpr milliseconds kWindow = hours(24);
/// A list may show for a while what was bound before us.
constexpr milliseconds kListLagMost = minutes(1);

/// We set it to a bundle, and the vendor now says something else.
bool set_back(const TargetFacts& facts) {
  if (!facts.memory || facts.memory->bound_fingerprint.empty()) return false;
  if (!facts.binding || !facts.binding->stored_id) return false;
  if (facts.now < facts.memory->bound_at + kListLagMost) return false;
  return facts.bound_fingerprint != facts.memory->bound_fingerprint;
}

}  // namespace

Reversals reversals_after(const TargetFacts& facts) {
  if (!facts.memory) return {};
  const TargetRecord& memory = *facts.memory;
  Reversals known{.count = memory.reversals, .since = memory.reversed_at, .to = memory.reversed_to};
  if (!known.since || facts.now >= *known.since + kWindow) known = {.to = memory.reversed_to};
  if (!set_back(facts)) {
    known.to.clear();
  } else if (*facts.binding->stored_id != known.to || known.count == 0) {
    if (known.count == 0) known.since = facts.now;
    ++known.count;
    known.to = *facts.binding->stored_id;
  }
  return known;
}

std::optional<Step> contested(const TargetFacts& facts) {
  const Reversals reversals = reversals_after(facts);
  if (facts.insist || reversals.count < 2 || reversals.to.empty()) return std::nullopt;
  const bool does = facts.bound && would_do(*facts.bound, facts.id.name, facts.now);
  if (!does) return std::nullopt;
  return Step{
      StepKind::kPark,
      {"target.contested",
       "somebody has set it back " + std::to_string(reversals.count) + " times since " +
           format_time(*reversals.since) + ", now to certificate " + printable(reversals.to, 60) +
           "; find out who or what does that, then 'certferry apply --now " + facts.id.name + "'"}};
}

}  // namespace certferry
