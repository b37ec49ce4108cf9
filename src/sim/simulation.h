// One seed from beginning to end: things go wrong, then they stop, then all must be well.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/checks.h"
#include "sim/coverage.h"
#include "sim/disk.h"
#include "sim/scenario.h"

namespace certferry::sim {

struct SeedResult {
  std::uint64_t seed = 0;
  std::optional<Violation> violation;
  std::uint64_t hash = 0;    ///< of the trace
  std::uint64_t events = 0;  ///< lines of the trace
  unsigned runs = 0;         ///< of the program
  milliseconds passed{};     ///< virtual time
  Coverage coverage;
};

struct SimulationOptions {
  /// Gets each line of the trace; none: nothing is written.
  std::function<void(const std::string&)> trace;
  std::function<std::unique_ptr<Disk>(Scene&)> make_disk;
};

SeedResult simulate(const Scenario& scenario, const SimulationOptions& options = {});

}  // namespace certferry::sim
