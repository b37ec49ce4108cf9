#include "net/system_clock.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "net/test_peer.h"

namespace certferry {
namespace {

namespace asio = boost::asio;

TEST(SystemClockTest, ReadsTheMachinesClocks) {
  SystemClock clock;
  EXPECT_GT(clock.now(), parse_time("2026-01-01T00:00:00Z").value());
  SteadyTime first = clock.steady_now();
  EXPECT_LE(first, clock.steady_now());
}

TEST(SystemRandomTest, GivesNewNumbers) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.next());
  EXPECT_EQ(seen.size(), 100u);
}

TEST(AsioSleeperTest, SleepsAtLeastAsLongAsAsked) {
  asio::io_context io;
  AsioSleeper sleeper(io);
  auto start = std::chrono::steady_clock::now();
  asio::co_spawn(io, sleeper.sleep(milliseconds(20)), asio::detached);
  io.run();
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(20));
}

TEST(AsioSleeperTest, ThrowsCancelledWhenCancelled) {
  asio::io_context io;
  AsioSleeper sleeper(io);
  asio::cancellation_signal signal;
  std::optional<ErrorKind> kind;
  auto ended = [&](std::exception_ptr failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const Error& error) {
      kind = error.kind;
    }
  };
  asio::co_spawn(io, sleeper.sleep(hours(1)), asio::bind_cancellation_slot(signal.slot(), ended));
  asio::post(io, [&] { signal.emit(asio::cancellation_type::terminal); });
  io.run();
  EXPECT_EQ(kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace certferry
