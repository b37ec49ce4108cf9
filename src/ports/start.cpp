#include "ports/start.h"

#include <boost/asio/co_spawn.hpp>

namespace certferry {

void start(boost::asio::io_context& loop, Task<void> task, Ended ended) {
  start(loop.get_executor(), std::move(task), std::move(ended));
}

void start(const boost::asio::any_io_executor& executor, Task<void> task, Ended ended) {
  boost::asio::co_spawn(executor, std::move(task), std::move(ended));
}

bool run_until_ended(boost::asio::io_context& loop, Task<void> task) {
  bool over = false;
  std::exception_ptr failed;
  start(loop, std::move(task), [&](std::exception_ptr thrown) {
    over = true;
    failed = std::move(thrown);
    loop.stop();
  });
  loop.restart();
  loop.run();
  if (failed) std::rethrow_exception(failed);
  return over;
}

}  // namespace certferry
