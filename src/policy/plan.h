// Planning: facts and a `now` in, an ordered plan with reasons out. No I/O, no waiting, no memory.
#pragma once

#include <vector>

#include "policy/facts.h"
#include "policy/gate.h"

namespace certferry {

/// Whether the edge must be asked before this target can be planned: whenever the vendor says that
/// it serves something, for that might be better than ours or worse than the vendor knows.
bool needs_probe(const TargetFacts& facts);

/// The plan. With no steps the target is done: bound, and served on every address probed.
Plan plan_target(const TargetFacts& facts);

/// What stands in the way of any change to the target, whatever the bundle; none when nothing does:
/// the account lacks the name, it is switched off, dates cannot be judged. Asked of facts that the
/// vendor answered.
std::optional<Step> obstacle(const TargetFacts& facts);

/// The gate for these facts; empty without a bundle.
std::vector<Check> gate_checks(const TargetFacts& facts);

}  // namespace certferry
