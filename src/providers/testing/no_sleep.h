// For tests: a Sleeper that waits not at all.
#pragma once

#include "ports/sleeper.h"

namespace certferry::testing {

/// Counts how long it was asked to wait.
class NoSleep final : public Sleeper {
 public:
  Task<void> sleep(milliseconds duration) override {
    slept += duration;
    co_return;
  }
  milliseconds slept{};
};

}  // namespace certferry::testing
