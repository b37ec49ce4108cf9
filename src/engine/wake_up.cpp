#include "engine/wake_up.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace certferry {

namespace asio = boost::asio;

namespace {

Task<void> ring(asio::steady_timer* bell) {
  co_await bell->async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace

WakeUp::WakeUp(const asio::any_io_executor& executor)
    : bell_(executor, asio::steady_timer::time_point::max()) {}

void WakeUp::wake() {
  woken_ = true;
  bell_.cancel();
}

Task<void> WakeUp::wait(Sleeper* sleeper, milliseconds patience) {
  using namespace asio::experimental::awaitable_operators;
  if (!woken_ && patience > milliseconds(0)) {
    Task<void> either_sleep = sleeper->sleep(patience);
    Task<void> or_bell = ring(&bell_);
    co_await (std::move(either_sleep) || std::move(or_bell));
  }
  woken_ = false;
}

}  // namespace certferry
