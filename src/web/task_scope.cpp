#include "web/task_scope.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <list>

namespace certferry::web {

namespace asio = boost::asio;

namespace {

/// A peer that went away, or cancel(): nobody's fault. Anything else is ours and ends the process.
bool is_end_of_connection(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

struct TaskScope::Running {
  struct Entry {
    asio::cancellation_signal signal;
    bool ended = false;
  };
  std::list<Entry> tasks;
};

TaskScope::TaskScope(asio::io_context& loop) : loop_(loop), running_(std::make_shared<Running>()) {}

TaskScope::~TaskScope() {
  cancel();
}

void TaskScope::spawn(Task<void> task) {
  const auto entry = running_->tasks.emplace(running_->tasks.end());
  auto ended = [&loop = loop_, running = running_, entry](std::exception_ptr failure) {
    entry->ended = true;
    // Not erased at once: co_spawn delivers a cancellation by a turn of the loop of its own, which
    // still looks at the signal, also when the task has ended in between (Boost 1.81).
    asio::post(loop, [running, entry] { running->tasks.erase(entry); });
    if (failure && !is_end_of_connection(failure)) std::rethrow_exception(failure);
  };
  asio::co_spawn(
      loop_, std::move(task), asio::bind_cancellation_slot(entry->signal.slot(), std::move(ended)));
}

void TaskScope::cancel() {
  // What has ended is left alone: its signal goes in the turn that would deliver this.
  for (Running::Entry& entry : running_->tasks) {
    if (!entry.ended) entry.signal.emit(asio::cancellation_type::terminal);
  }
}

std::size_t TaskScope::size() const {
  return static_cast<std::size_t>(
      std::ranges::count(running_->tasks, false, &Running::Entry::ended));
}

}  // namespace certferry::web
