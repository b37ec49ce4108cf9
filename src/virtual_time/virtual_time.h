// Time that passes only when nothing else is left to do, so that nobody waits and every run can be
// repeated to the waking.
#pragma once

#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "ports/sleeper.h"
#include "ports/start.h"

namespace certferry {

/// When virtual time begins unless told otherwise.
inline constexpr Time kVirtualStart =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 15) + hours(8) + minutes(30);

/// Both clocks, the only way to wait, and the loop that tasks run on.
///
/// The loop runs what is ready, then jumps to the next timer. Each run is a process with a loop of
/// its own, so that one which dies takes every suspended coroutine with it, while time goes on from
/// there. What happens in the world (`after`) outlives processes: it waits in a queue of its own.
class VirtualTime final : public Clock, public Sleeper {
 public:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  explicit VirtualTime(Time start = kVirtualStart) : start_(start) {}

  Time now() const override { return start_ + passed_ + wall_jump_; }
  SteadyTime steady_now() const override { return SteadyTime(hours(1) + passed_); }
  Task<void> sleep(milliseconds duration) override;

  /// Since the beginning; jumps of the wall clock do not count.
  milliseconds passed() const { return passed_; }
  /// Something happens in the world then, whether a process runs or not. What is thrown out of it
  /// ends the process that runs, or comes out of `pass`.
  void after(milliseconds delay, std::function<void()> happening);
  /// Between runs: nobody is awake, but the world goes on.
  void pass(milliseconds duration);
  /// The wall clock alone is set forth or back.
  void jump(milliseconds by) { wall_jump_ += by; }
  milliseconds wall_jump() const { return wall_jump_; }

  /// The process that runs is dead from here on: `run` returns nothing as soon as what it is in the
  /// middle of waits for something. What it still does until then is for others to keep back.
  void kill();
  bool is_killed() const { return killed_; }
  bool is_running() const { return loop_ != nullptr; }

  /// Timers of processes that fired so far, and how many one process may use.
  std::size_t fired() const { return fired_; }
  std::size_t livelock_after = 5'000'000;

  /// Runs the task to its end, or until so many of its timers have fired: then the process dies and
  /// nothing is returned. An exception out of the task is thrown on. Throws std::logic_error when
  /// the task waits for what never comes, or time passes and it does not end.
  template <typename T>
  std::optional<T> run(Task<T> task, std::size_t dies_after = kNever) {
    std::optional<T> result;
    if (!ends(keep(std::move(task), &result), dies_after)) return std::nullopt;
    return result;
  }

 private:
  using Waking = boost::asio::experimental::channel<void(boost::system::error_code)>;
  /// In the order of their time, then of their beginning.
  using Order = std::pair<milliseconds, std::uint64_t>;

  /// Timers name the loop, so they go before it does.
  struct Clearing {
    VirtualTime* time;
    ~Clearing() {
      time->timers_.clear();
      time->loop_ = nullptr;
    }
  };

  /// Whether the process comes to its end before it dies.
  bool ends(Task<void> task, std::size_t dies_after);
  Order order(milliseconds delay);
  /// Lets time pass to what comes next: something happens in the world, which may wake somebody,
  /// or the process's next timer fires. Whether it was a timer.
  bool fire(std::size_t fired);
  void happen();
  void happen_until(Order moment);

  Time start_;
  milliseconds passed_{};
  milliseconds wall_jump_{};
  std::uint64_t next_timer_ = 0;
  std::size_t fired_ = 0;
  boost::asio::io_context* loop_ = nullptr;  ///< of the process that runs
  bool killed_ = false;
  std::map<Order, std::shared_ptr<Waking>> timers_;
  std::map<Order, std::function<void()>> happenings_;
};

/// Runs a task that returns nothing; false when it died before its end.
inline Task<bool> to_the_end(Task<void> task) {
  co_await std::move(task);
  co_return true;
}

}  // namespace certferry
