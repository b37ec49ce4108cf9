#include "virtual_time/virtual_time.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <stdexcept>

namespace certferry {

namespace asio = boost::asio;

VirtualTime::Order VirtualTime::order(milliseconds delay) {
  return {passed_ + std::max(delay, milliseconds(0)), next_timer_++};
}

bool VirtualTime::ends(Task<void> task, std::size_t dies_after) {
  asio::io_context loop;
  const Clearing clearing{this};
  loop_ = &loop;
  killed_ = false;
  bool ended = false;
  std::exception_ptr failed;
  start(loop, std::move(task), [&](std::exception_ptr thrown) {
    ended = true;
    failed = std::move(thrown);
  });
  for (std::size_t fired = 0;;) {
    loop.restart();
    loop.poll();
    if (killed_) return false;
    if (failed) std::rethrow_exception(failed);
    if (ended || fired == dies_after) return ended;
    if (fire(fired)) ++fired;
  }
}

Task<void> VirtualTime::sleep(milliseconds duration) {
  const auto executor = co_await asio::this_coro::executor;
  const auto waking = std::make_shared<Waking>(executor, 1);
  timers_.emplace(order(duration), waking);
  co_await waking->async_receive(asio::use_awaitable);
}

void VirtualTime::after(milliseconds delay, std::function<void()> happening) {
  happenings_.emplace(order(delay), std::move(happening));
}

void VirtualTime::kill() {
  ASSERT(loop_ != nullptr);
  killed_ = true;
  loop_->stop();
}

void VirtualTime::pass(milliseconds duration) {
  const milliseconds end = passed_ + duration;
  happen_until({end, std::numeric_limits<std::uint64_t>::max()});
  passed_ = std::max(passed_, end);
}

void VirtualTime::happen() {
  const auto first = happenings_.extract(happenings_.begin());
  passed_ = std::max(passed_, first.key().first);
  first.mapped()();
}

void VirtualTime::happen_until(Order moment) {
  while (!happenings_.empty() && happenings_.begin()->first < moment) happen();
}

bool VirtualTime::fire(std::size_t fired) {
  if (timers_.empty()) throw std::logic_error("everything waits for what never comes");
  if (fired > livelock_after) throw std::logic_error("time passes and nothing ends");
  if (!happenings_.empty() && happenings_.begin()->first < timers_.begin()->first) {
    happen();
    return false;
  }
  const auto first = timers_.extract(timers_.begin());
  passed_ = std::max(passed_, first.key().first);
  ++fired_;
  first.mapped()->try_send(boost::system::error_code());
  return true;
}

}  // namespace certferry
