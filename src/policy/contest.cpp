#include "policy/contest.h"

#include "base/planted.h"
#include "base/text.h"
#include "policy/gate.h"

namespace certferry {

namespace {

constexpr milliseconds kWindow = hours(24);
/// A list may show for a while what was bound before us.
constexpr milliseconds kListLagMost = minutes(1);

/// What it shows may be our own doing: a bind that failed for want of an answer and was done after
/// all, one whose run died before it noted it, or the way back from a bundle.
bool may_be_ours(const TargetFacts& facts) {
  const TargetRecord& memory = *facts.memory;
  const bool tried = facts.bound_fingerprint && !memory.attempted_fingerprint.empty() &&
                     *facts.bound_fingerprint == memory.attempted_fingerprint;
  return tried || facts.bound_to_our_later ||
         memory.rolled_back_fingerprint == memory.bound_fingerprint;
}

/// We set it to a bundle, and the vendor now says something else.
bool set_back(const TargetFacts& facts) {
  if (!facts.memory || facts.memory->bound_fingerprint.empty()) return false;
  if (!facts.binding || !facts.binding->stored_id) return false;
  if (facts.now < facts.memory->bound_at + kListLagMost) return false;
  return facts.bound_fingerprint != facts.memory->bound_fingerprint && !may_be_ours(facts);
}

}  // namespace

Reversals reversals_after(const TargetFacts& facts) {
  if (!facts.memory) return {};
  const TargetRecord& memory = *facts.memory;
  Reversals known{.count = memory.reversals, .since = memory.reversed_at, .to = memory.reversed_to};
  const bool over = known.since && facts.now >= *known.since + kWindow;
  if (!known.since || (over && !planted("park_never_ends"))) known = {.to = memory.reversed_to};
  if (!facts.binding) return known;  // nobody said what it is set to: nothing has changed
  // A list that shows what it was before, for it is late, forgets nothing.
  if (!set_back(facts)) return known;
  // Seen before, and long ago: that is the same one still, not another.
  if (*facts.binding->stored_id != known.to) {
    if (known.count == 0) known.since = facts.now;
    ++known.count;
    known.to = *facts.binding->stored_id;
  }
  return known;
}

std::optional<Step> contested(const TargetFacts& facts) {
  if (!set_back(facts)) return std::nullopt;
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
