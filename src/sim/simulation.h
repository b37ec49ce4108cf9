// One seed from beginning to end: things go wrong, then they stop, then all must be well.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/checks.h"
#include "sim/coverage.h"
#include "sim/disk.h"
#include "sim/scenario.h"
#include "sim/scene.h"

namespace certferry::sim {

struct SeedResult {
  std::uint64_t seed = 0;
  std::optional<Violation> violation;
  std::uint64_t hash = 0;    ///< of the trace
  std::uint64_t events = 0;  ///< lines of the trace
  unsigned runs = 0;         ///< of the program
  milliseconds passed{};     ///< virtual time
  Coverage coverage;
  std::map<std::string, std::uint64_t> asked;  ///< by rule: how often it was held against the world
  /// Whether what the options asked for came to pass: the run was long enough for it.
  bool died_as_asked = false;
  bool struck_as_asked = false;
};

/// One run of the program dies at this timer, or in this call to its disk.
struct ScriptedDeath {
  unsigned run = 1;
  std::size_t timer = 0;
  std::size_t call = 0;  ///< 0: at the timer
  bool loses_power = false;
};

struct SimulationOptions {
  /// Gets each line of the trace; none: nothing is written.
  std::function<void(const std::string&)> trace;
  std::function<std::unique_ptr<Disk>(Scene&)> make_disk;
  std::optional<ScriptedDeath> death;
  std::optional<ScriptedStrike> strike;
};

SeedResult simulate(const Scenario& scenario, const SimulationOptions& options = {});

}  // namespace certferry::sim
