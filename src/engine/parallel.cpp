#include "engine/parallel.h"

#include <boost/asio/co_spawn.hpp>
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

Turnstile::Turnstile(asio::any_io_executor executor, std::size_t width)
    : places_(executor, width) {
  ASSERT(width > 0);
  for (std::size_t i = 0; i < width; ++i) ASSERT(places_.try_send(boost::system::error_code()));
}

Task<Turnstile::Place> Turnstile::enter() {
  co_await places_.async_receive(asio::use_awaitable);
  co_return Place(this);
}

Turnstile::Place::~Place() {
  if (turnstile_ != nullptr) {
    ASSERT(turnstile_->places_.try_send(boost::system::error_code()));
  }
}

}  // namespace certferry
