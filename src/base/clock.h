// Time and chance, as interfaces: only net/ and cli/ touch the real ones.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace certferry {

/// Two clocks that must not be mixed up: the wall clock, which may jump, and the steady one.
class Clock {
 public:
  virtual ~Clock() = default;
  /// UTC, to the millisecond.
  virtual Time now() const = 0;
  /// Counts while the program runs; its zero means nothing.
  virtual SteadyTime steady_now() const = 0;
};

/// Chance for jitter, run names and the like; not for keys.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

/// 16 hexadecimal digits.
std::string random_id(Random& random);

}  // namespace certferry
