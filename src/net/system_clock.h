// Time, chance and waiting as the machine really has them.
#pragma once

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "ports/sleeper.h"

namespace certferry {

class SystemClock final : public Clock {
 public:
  Time now() const override;
  SteadyTime steady_now() const override;
};

/// The kernel's random source; never blocks once the machine is up.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

/// Waits on the loop's timers. Lifetime: the loop outlives the sleeper.
class AsioSleeper final : public Sleeper {
 public:
  explicit AsioSleeper(boost::asio::io_context& io) : io_(io) {}
  Task<void> sleep(milliseconds duration) override;

 private:
  boost::asio::io_context& io_;
};

}  // namespace certferry
