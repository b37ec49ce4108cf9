// For tests: a clock that stands where it was put.
#pragma once

#include "base/clock.h"

namespace certferry::testing {

class StillClock final : public Clock {
 public:
  Time at = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) + hours(3) + minutes(4);

  Time now() const override { return at; }
  SteadyTime steady_now() const override { return SteadyTime(at.time_since_epoch()); }
};

}  // namespace certferry::testing
