#include "policy/retry.h"

#include <algorithm>

#include "base/planted.h"

namespace certferry {

Remedy remedy(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kThrottled:
    case ErrorKind::kUnavailable:
    case ErrorKind::kTimedOut:
      return Remedy::kRepeat;
    case ErrorKind::kMaybeApplied:
      return Remedy::kReadFirst;
    case ErrorKind::kInvalidInput:
    case ErrorKind::kUnauthorized:
    case ErrorKind::kNotFound:
    case ErrorKind::kConflict:
    case ErrorKind::kInUse:
    case ErrorKind::kQuota:
    case ErrorKind::kRejected:
    case ErrorKind::kUnsupported:
    case ErrorKind::kCancelled:
    case ErrorKind::kInternal:
      return Remedy::kGiveUp;
  }
  return Remedy::kGiveUp;
}

std::optional<milliseconds> wait_before_retry(const Error& error,
                                              unsigned failures,
                                              const RetryLimits& limits,
                                              Random& random) {
  if (remedy(error.kind) == Remedy::kGiveUp ||
      (failures >= limits.attempts && !planted("retry_for_ever"))) {
    return std::nullopt;
  }
  milliseconds wait = limits.first_wait;
  for (unsigned i = 1; i < failures && wait < limits.longest_wait; ++i) wait *= 2;
  wait = std::min(wait, limits.longest_wait);
  const auto half = static_cast<std::uint64_t>(wait.count() / 2) + 1;
  wait += milliseconds(static_cast<std::int64_t>(random.next() % half));
  if (error.retry_after) {
    if (*error.retry_after > limits.longest_wait) return std::nullopt;
    wait = std::max(wait, *error.retry_after);
  }
  return wait;
}

}  // namespace certferry
