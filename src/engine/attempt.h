// The one place where a thrown Error becomes a value.
#pragma once

#include <functional>

#include "base/clock.h"
#include "policy/retry.h"
#include "ports/sleeper.h"
#include "ports/task.h"

namespace certferry {

/// Awaits a call of an adapter and returns what it returned or the Error it threw.
///
/// The engine waits most where something failed (a Retry-After, a read-back), and co_await is not
/// allowed in a catch handler; with a value in hand that is an `if`. Anything but Error is a bug
/// and passes through.
template <typename T>
Task<Result<T>> attempt(Task<T> task) {
  try {
    co_return co_await std::move(task);
  } catch (Error& error) {
    co_return std::unexpected(std::move(error));
  }
}

template <>
inline Task<Result<void>> attempt(Task<void> task) {
  try {
    co_await std::move(task);
    co_return Result<void>();
  } catch (Error& error) {
    co_return std::unexpected(std::move(error));
  }
}

/// The same for a call that changes nothing: repeated after waits while the retry table says so.
/// `waiting` is told before each wait what failed and how long it is.
template <typename T>
Task<Result<T>> attempt_read(std::function<Task<T>()> call,
                             RetryLimits limits,
                             Random* random,
                             Sleeper* sleeper,
                             std::function<void(const Error&, milliseconds)> waiting) {
  for (unsigned failures = 1;; ++failures) {
    Result<T> result = co_await attempt(call());
    if (result) co_return result;
    const auto wait = wait_before_retry(result.error(), failures, limits, *random);
    if (!wait) co_return result;
    waiting(result.error(), *wait);
    co_await sleeper->sleep(*wait);
  }
}

}  // namespace certferry
