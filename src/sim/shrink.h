// From a seed that fails to the smallest scenario that still fails in the same way.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/simulation.h"

namespace certferry::sim {

struct Shrunk {
  Without without;
  Violation violation;
  unsigned tries = 0;
};

/// Leaves out hazards, targets, accounts, certificates and time while the same rule stays broken.
///
/// Nothing when the seed does not fail. Each thing has chance of its own, so leaving one out leaves
/// the others as they are.
std::optional<Shrunk> shrink(std::uint64_t seed,
                             const Without& without,
                             const std::function<void(const Shrunk&)>& progress);

}  // namespace certferry::sim
