// Background work that is told to end together.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "ports/task.h"

namespace certferry::web {

/// Runs tasks on the loop until they end or the scope is cancelled.
///
/// A cancelled task wakes up with operation_aborted the next time the loop
/// runs; so a task holds by shared pointer whatever it still touches then.
/// Lifetime: the loop outlives the tasks.
class TaskScope {
 public:
  explicit TaskScope(boost::asio::io_context& loop);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  void spawn(Task<void> task);
  void cancel();
  /// How many tasks have not ended.
  std::size_t size() const;

 private:
  struct Running;
  boost::asio::io_context& loop_;
  std::shared_ptr<Running> running_;
};

}  // namespace certferry::web
