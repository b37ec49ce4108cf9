#include "sandbox/task_scope.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>
#include <list>

namespace certferry::sandbox {

namespace asio = boost::asio;

struct TaskScope::Signals {
  std::list<asio::cancellation_signal> running;
};

TaskScope::TaskScope(asio::io_context& loop) : loop_(loop), signals_(std::make_shared<Signals>()) {}

TaskScope::~TaskScope() {
  cancel();
}

void TaskScope::spawn(Task<void> task) {
  const auto signal = signals_->running.emplace(signals_->running.end());
  auto ended = [signals = signals_, signal](std::exception_ptr failure) {
    signals->running.erase(signal);
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error&) {
      // A peer that went away, or cancel(): either way the connection is over.
    }
  };
  asio::co_spawn(
      loop_, std::move(task), asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
}

void TaskScope::cancel() {
  // A task may end, and leave the list, while it is being told to.
  for (auto it = signals_->running.begin(); it != signals_->running.end();) {
    (it++)->emit(asio::cancellation_type::terminal);
  }
}

std::size_t TaskScope::size() const {
  return signals_->running.size();
}

}  // namespace certferry::sandbox
