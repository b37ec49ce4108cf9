// What to do after a call failed: one table, by kind of error.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/error.h"

namespace certferry {

enum class Remedy {
  kRepeat,     ///< nothing was changed: the same call again, after a wait
  kReadFirst,  ///< it may have been done: read, then decide
  kGiveUp,     ///< waiting does not mend it: a person must
};

/// The table. Which kinds are retried stands here and nowhere else.
Remedy remedy(ErrorKind kind);

/// Bounds on repeating within one run; between runs the schedule is the daemon's.
struct RetryLimits {
  unsigned attempts = 4;  ///< in all, the first included
  milliseconds first_wait = seconds(1);
  milliseconds longest_wait = seconds(30);
};

/// How long to wait before attempt number `failures` + 1, or nothing when it is time to give up.
///
/// Doubles from `first_wait`, with up to half of it again as jitter, so that many targets that
/// failed together do not come back together. A vendor's Retry-After is honoured when it is longer;
/// when it is longer than `longest_wait` this run gives up rather than sit it out.
std::optional<milliseconds> wait_before_retry(const Error& error,
                                              unsigned failures,
                                              const RetryLimits& limits,
                                              Random& random);

}  // namespace certferry
