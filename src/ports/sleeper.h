#pragma once

#include "base/time.h"
#include "ports/task.h"

namespace certferry {

/// The only way anything outside net/ waits for time to pass; virtual in the simulator.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  /// Returns after the duration. Throws: cancelled.
  virtual Task<void> sleep(milliseconds duration) = 0;
};

}  // namespace certferry
