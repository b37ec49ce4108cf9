#include "engine/parallel.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"

namespace certferry {

namespace asio = boost::asio;

Task<void> run_all(std::vector<Task<void>> tasks) {
  using Ended = asio::experimental::channel<void(boost::system::error_code)>;
  const auto executor = co_await asio::this_coro::executor;
  const auto ended = std::make_shared<Ended>(executor, tasks.size());
  const auto bug = std::make_shared<std::exception_ptr>();
  for (Task<void>& task : tasks) {
    asio::co_spawn(executor, std::move(task), [ended, bug](std::exception_ptr thrown) {
      if (thrown && !*bug) *bug = thrown;
      ASSERT(ended->try_send(boost::system::error_code()));
    });
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) co_await ended->async_receive(asio::use_awaitable);
  if (*bug) std::rethrow_exception(*bug);
}

/// The timer never fires: it is the queue of those who wait, each woken by a cancellation. Unlike a
/// channel it may still be told so while the loop is being destroyed.
struct Turnstile::State {
  asio::steady_timer queue;
  std::size_t free_places;
};

Turnstile::Turnstile(asio::any_io_executor executor, std::size_t width)
    : state_(std::make_shared<State>(
          asio::steady_timer(executor, asio::steady_timer::time_point::max()), width)) {
  ASSERT(width > 0);
}

Task<Turnstile::Place> Turnstile::enter() {
  const std::shared_ptr<State> state = state_;
  if (state->free_places > 0) {
    --state->free_places;
  } else {
    co_await state->queue.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return Place(state);
}

Turnstile::Place::~Place() {
  // Whoever has waited longest gets the place itself, so that no newcomer slips in between.
  if (state_ && state_->queue.cancel_one() == 0) ++state_->free_places;
}

}  // namespace certferry
