// When a target that failed is tried again by a run that nobody is waiting for. Pure but for
// chance.
#pragma once

#include <optional>

#include "base/clock.h"
#include "policy/facts.h"

namespace certferry {

/// How long after a failure the next try is, the `failures`-th in a row.
///
/// One minute, doubled each time, with up to half of it again as jitter; at most an hour, and at
/// most a twentieth of what is left of the certificate that is served, so that an end that comes
/// near is met with haste; never under a minute. A vendor's Retry-After wins when it is longer,
/// taken as 6 h when it is more than that.
milliseconds wait_before_next_run(unsigned failures,
                                  std::optional<milliseconds> validity_left,
                                  std::optional<milliseconds> retry_after,
                                  Random& random);

/// Why a run that nobody is waiting for leaves this target alone; none when it is due.
///
/// Another bundle than the one that failed is due at once.
std::optional<Step> put_off_until_later(const TargetFacts& facts);

}  // namespace certferry
