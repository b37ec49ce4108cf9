// Chance that follows from a seed and is the same on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace certferry::sim {

/// A generator (SplitMix64) with the draws that scenarios are made of.
///
/// Each thing that is drawn has a generator of its own, forked by name: taking one fault away then
/// changes nothing of what is drawn for the others, which is what lets a failure be shrunk.
class Chance final : public Random {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed), state_(seed) {}

  /// The same for a seed and a name, whatever was drawn before.
  Chance fork(std::string_view name) const;

  std::uint64_t next() override;
  /// From 0 to one less.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// Both ends included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  milliseconds between(milliseconds low, milliseconds high);
  /// Small values as often as large ones, on a scale that doubles.
  milliseconds scaled(milliseconds low, milliseconds high);
  /// With a probability of so many in a thousand.
  bool happens(unsigned per_mille) { return below(1000) < per_mille; }

  template <typename T>
  const T& pick(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

/// FNV-1a, 64 bits: for names and traces, not for secrets.
std::uint64_t hash_of(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL);

}  // namespace certferry::sim
