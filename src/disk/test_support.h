// What tests on a simulated disk hand to it: a clock that stands and chance from a seed.
#pragma once

#include "base/clock.h"

namespace certferry::disk {

class StandingClock final : public Clock {
 public:
  Time now() const override { return Time(milliseconds(1'768'465'800'000)); }
  SteadyTime steady_now() const override { return {}; }
};

/// The same numbers for the same seed, everywhere. Source: SplitMix64,
/// https://prng.di.unimi.it/splitmix64.c
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() override {
    std::uint64_t value = state_ += 0x9e37'79b9'7f4a'7c15;
    value = (value ^ (value >> 30)) * 0xbf58'476d'1ce4'e5b9;
    value = (value ^ (value >> 27)) * 0x94d0'49bb'1331'11eb;
    return value ^ (value >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace certferry::disk
