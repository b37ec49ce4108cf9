#include "sim/shrink.h"

namespace certferry::sim {

namespace {

class Shrinker {
 public:
  Shrinker(std::uint64_t seed, std::function<void(const Shrunk&)> progress)
      : seed_(seed), progress_(std::move(progress)) {}

  std::optional<Shrunk> shrink(const Without& without) {
    const SeedResult first = simulate(draw_scenario(seed_, without));
    if (!first.violation) return std::nullopt;
    best_ = {.without = without, .violation = *first.violation, .tries = 1};
    // What is left out may let something else be left out: once more while there is progress.
    while (leave_out_once()) {
    }
    return best_;
  }

 private:
  bool leave_out_once() {
    bool smaller = false;
    smaller |= lower(&Without::accounts_max);
    smaller |= lower(&Without::certificates_max);
    smaller |= lower(&Without::targets_max);
    smaller |= lower(&Without::runs_max);
    const HazardRates rates = draw_scenario(seed_, best_.without).rates;
    for (const HazardTraits& one : all_hazards()) {
      if (!rates.has(one.hazard)) continue;
      Without fewer = best_.without;
      fewer.hazards.push_back(one.hazard);
      smaller |= try_it(fewer);
    }
    return smaller;
  }

  bool lower(unsigned Without::* most) {
    bool smaller = false;
    while (best_.without.*most > 1) {
      Without half = best_.without;
      half.*most /= 2;
      Without less = best_.without;
      less.*most -= 1;
      if (!try_it(half) && !try_it(less)) break;
      smaller = true;
    }
    return smaller;
  }

  bool try_it(const Without& without) {
    const SeedResult result = simulate(draw_scenario(seed_, without));
    ++best_.tries;
    const bool same = result.violation && result.violation->rule == best_.violation.rule;
    if (same) {
      best_.without = without;
      best_.violation = *result.violation;
    }
    progress_(best_);
    return same;
  }

  std::uint64_t seed_;
  std::function<void(const Shrunk&)> progress_;
  Shrunk best_;
};

}  // namespace

std::optional<Shrunk> shrink(std::uint64_t seed,
                             const Without& without,
                             const std::function<void(const Shrunk&)>& progress) {
  return Shrinker(seed, progress).shrink(without);
}

}  // namespace certferry::sim
