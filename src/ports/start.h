// Starting a task on a loop, from code that is no coroutine. Compiled once: what Asio makes of it
// keeps the compiler longer than most files that need it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "ports/task.h"

namespace certferry {

/// Called once, when the task has ended, with what was thrown out of it; null: nothing was. What it
/// throws comes out of the loop.
using Ended = std::function<void(std::exception_ptr thrown)>;

/// The task begins when the loop runs next.
void start(boost::asio::io_context& loop, Task<void> task, Ended ended);
void start(const boost::asio::any_io_executor& executor, Task<void> task, Ended ended);

/// Leaves what the task returns in `result`, which has to be there until the task is gone.
template <typename T>
Task<void> keep(Task<T> task, std::optional<T>* result) {
  result->emplace(co_await std::move(task));
}

/// Runs the loop until the task has ended. What it throws is thrown on. False when somebody stopped
/// the loop before, or nothing was left to wait for.
bool run_until_ended(boost::asio::io_context& loop, Task<void> task);

/// The same, and gives what the task returned.
template <typename T>
std::optional<T> run_until_ended(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  run_until_ended(loop, keep(std::move(task), &result));
  return result;
}

}  // namespace certferry
