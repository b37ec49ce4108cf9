// Many seeds, on several processes, with a total at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/simulation.h"

namespace certferry::sim {

struct CampaignOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;
  unsigned jobs = 1;
  seconds time_limit{};        ///< no new seed is begun after it; zero: none
  unsigned failures_max = 10;  ///< then it ends
  /// Any other rule that a seed breaks is passed over, but for a crash; empty: every one counts.
  std::string_view only_rule;
  /// One seed of so many is run twice; it must go the same way both times. Zero: none.
  unsigned one_twice_in = 100;
  Without without;
  /// What runs a seed; none: `simulate`.
  std::function<SeedResult(std::uint64_t seed)> run;
};

struct Failure {
  std::uint64_t seed = 0;
  Violation violation;
};

struct CampaignTotals {
  std::uint64_t seeds = 0;
  std::uint64_t twice = 0;  ///< of them, run twice
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  double virtual_days = 0;
  Coverage coverage;
  std::map<std::string, std::uint64_t> asked;  ///< by rule
  std::vector<Failure> failures;               ///< by seed

  void add(const SeedResult& result, bool run_twice);
  void add(const CampaignTotals& other);
};

/// A bug that `certferry_planted` can switch on (base/planted.h), and what it amounts to.
struct Plant {
  std::string_view name;
  std::string_view what;
  std::string_view rule;  ///< whose business it is: found is it only by this one
};
std::span<const Plant> all_plants();

/// A run and its repetition.
struct Repeated {
  SeedResult result;  ///< the first; broken as well when the two differ
  bool twice = false;
};
/// Runs the seed, and if it is one of those once more.
Repeated run_seed(const CampaignOptions& options, std::uint64_t seed);

/// Runs the seeds in as many child processes as asked for and adds up what they report.
///
/// `progress` is called a few times a second with the totals so far. A child that does not come to
/// the end of its share (by a failed assertion of the program, say) counts as a failure of the seed
/// it was at, or had done last: "crash".
CampaignTotals run_campaign(const CampaignOptions& options,
                            const std::function<void(const CampaignTotals&)>& progress);

}  // namespace certferry::sim
