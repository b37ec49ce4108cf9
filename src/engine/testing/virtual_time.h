// Time that passes only when nothing else is left to do, so that no test waits and every run can be
// repeated to the waking.
#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/clock.h"
#include "ports/sleeper.h"

namespace certferry::testing {

namespace asio = boost::asio;

inline constexpr Time kStart =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 15) + hours(8) + minutes(30);

/// Both clocks, the only way to wait, and the loop that tasks run on.
///
/// The loop runs what is ready, then jumps to the next timer. Each run has a loop of its own, so
/// that a run which dies takes every suspended coroutine with it, while time goes on from there.
class VirtualTime final : public Clock, public Sleeper {
 public:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  Time now() const override { return kStart + passed_ + wall_jump_; }
  SteadyTime steady_now() const override { return SteadyTime(hours(1) + passed_); }

  Task<void> sleep(milliseconds duration) override {
    const auto executor = co_await asio::this_coro::executor;
    const auto waking = std::make_shared<Waking>(executor, 1);
    timers_.emplace(std::pair(passed_ + std::max(duration, milliseconds(0)), next_timer_++),
                    waking);
    co_await waking->async_receive(asio::use_awaitable);
  }

  /// Between runs: nobody is awake.
  void pass(milliseconds duration) { passed_ += duration; }
  /// The wall clock alone is set forth or back.
  void jump(milliseconds by) { wall_jump_ += by; }

  /// Runs the task to its end, or until so many timers have fired: then the process dies and
  /// nothing is returned. An exception out of the task is thrown on.
  template <typename T>
  std::optional<T> run(Task<T> task, std::size_t dies_after = kNever) {
    asio::io_context loop;
    const Clearing clearing{this};
    std::optional<T> result;
    std::exception_ptr thrown;
    asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
      thrown = error;
      result = std::move(value);
    });
    for (std::size_t fired = 0;; ++fired) {
      loop.restart();
      loop.poll();
      if (thrown) std::rethrow_exception(thrown);
      if (result || fired == dies_after) return result;
      fire(fired);
    }
  }

 private:
  using Waking = asio::experimental::channel<void(boost::system::error_code)>;

  /// Timers name the loop, so they go before it does.
  struct Clearing {
    VirtualTime* time;
    ~Clearing() { time->timers_.clear(); }
  };

  void fire(std::size_t fired) {
    constexpr std::size_t kLivelock = 5'000'000;
    if (timers_.empty()) throw std::logic_error("everything waits for what never comes");
    if (fired > kLivelock) throw std::logic_error("time passes and nothing ends");
    const auto first = timers_.extract(timers_.begin());
    passed_ = std::max(passed_, first.key().first);
    first.mapped()->try_send(boost::system::error_code());
  }

  milliseconds passed_{};
  milliseconds wall_jump_{};
  std::uint64_t next_timer_ = 0;
  /// In the order of their time, then of their beginning.
  std::map<std::pair<milliseconds, std::uint64_t>, std::shared_ptr<Waking>> timers_;
};

/// Runs a task that returns nothing; false when it died before its end.
inline Task<bool> to_the_end(Task<void> task) {
  co_await std::move(task);
  co_return true;
}

/// Always another number.
class CountingRandom final : public Random {
 public:
  std::uint64_t next() override { return next_ += 0x9e3779b97f4a7c15ULL; }

 private:
  std::uint64_t next_ = 0;
};

}  // namespace certferry::testing
