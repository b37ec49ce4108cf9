// Whether the wall clock still goes along with the steady one.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/error.h"

namespace certferry {

/// Remembers both clocks as they were when a run began.
class ClockWatch {
 public:
  explicit ClockWatch(const Clock& clock)
      : clock_(clock), wall_(clock.now()), steady_(clock.steady_now()) {}

  /// How far the wall clock has been set on (or back, below zero) since the run began.
  milliseconds jumped() const { return (clock_.now() - wall_) - (clock_.steady_now() - steady_); }

  /// An unavailable `clock.jumped` when that is so much that dates can no longer be judged.
  std::optional<Error> problem() const;

 private:
  const Clock& clock_;
  Time wall_;
  SteadyTime steady_;
};

}  // namespace certferry
