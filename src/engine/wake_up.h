// Waiting for a time, or for somebody who knows better.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "ports/sleeper.h"

namespace certferry {

/// One waits, anybody wakes. A call that comes while nobody waits ends the next wait at once.
class WakeUp {
 public:
  explicit WakeUp(const boost::asio::any_io_executor& executor);

  void wake();
  /// Returns when woken, or after `patience`.
  Task<void> wait(Sleeper* sleeper, milliseconds patience);

 private:
  /// Never fires: whoever wakes cancels it.
  boost::asio::steady_timer bell_;
  bool woken_ = false;
};

}  // namespace certferry
