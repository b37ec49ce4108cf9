#include "engine/served.h"

namespace certferry {

namespace {

/// Of all that the addresses serve, what ends first.
std::optional<Lifetime> served_by_edge(const TargetFacts& facts) {
  std::optional<Lifetime> first;
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* leaf = one.probe.leaf();
    if (leaf == nullptr || (first && first->ends <= leaf->not_after)) continue;
    first = lifetime_of(*leaf);
  }
  return first;
}

}  // namespace

Lifetime lifetime_of(const Certificate& leaf) {
  return {.fingerprint = leaf.fingerprint, .begins = leaf.not_before, .ends = leaf.not_after};
}

std::optional<Lifetime> seen_lifetime(const TargetReport& target) {
  const TargetFacts& facts = target.facts;
  if (target.outcome == Outcome::kConfirmed && facts.bundle) return lifetime_of(facts.bundle->leaf);
  if (const auto seen = served_by_edge(facts)) return seen;
  if (!facts.bound) return std::nullopt;
  return Lifetime{.fingerprint = facts.bound_fingerprint.value_or(facts.bound->id),
                  .begins = facts.bound->not_before,
                  .ends = facts.bound->not_after};
}

}  // namespace certferry
