#include "net/system_clock.h"

#include <sys/random.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace certferry {

namespace asio = boost::asio;

Time SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
  return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now());
}

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  // Eight bytes come whole or not at all: getrandom(2) is interrupted only above 256.
  ASSERT(getrandom(&value, sizeof(value), 0) == sizeof(value));
  return value;
}

Task<void> AsioSleeper::sleep(milliseconds duration) {
  asio::steady_timer timer(io_, duration);
  auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error) throw Error(ErrorKind::kCancelled, "waiting was cancelled");
}

}  // namespace certferry
