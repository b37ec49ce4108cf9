// SIGINT, SIGTERM and SIGHUP while a person is asked and files are written.
#pragma once

#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "cli/options.h"
#include "config/descriptor.h"
#include "ports/start.h"

namespace certferry::cli {

/// From its beginning to its end these signals wait, as something to be read, until we look: at
/// every question, while the network is asked, before and after each file is made. So there is no
/// moment in which one of them leaves a terminal without echo, or half of what is to be written.
class Signals {
 public:
  explicit Signals(const GlobalOptions& global);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// What is to be put right before we die of one; the last one first.
  void before_death(std::function<void()> put_right) { before_.push_back(std::move(put_right)); }
  void forget_last() { before_.pop_back(); }

  /// Readable once there is one.
  int descriptor() const { return waiting_.get(); }
  /// Dies of one that came.
  void look();
  /// Puts right what is to be, tells it, and dies of the signal that waits.
  [[noreturn]] void die();

  /// Runs a task on the loop to its end and gives its result; an Error is thrown on.
  template <typename T>
  T run(boost::asio::io_context& io, Task<T> task) {
    boost::asio::posix::stream_descriptor watched(io, another_descriptor());
    watched.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [&io](const boost::system::error_code& error) {
                         if (!error) io.stop();
                       });
    std::optional<T> result = run_until_ended(io, std::move(task));
    if (!result) die();
    return *std::move(result);
  }

 private:
  int another_descriptor() const;

  const GlobalOptions& global_;
  sigset_t caught_{};
  sigset_t before_us_{};
  Descriptor waiting_;
  std::vector<std::function<void()>> before_;
};

}  // namespace certferry::cli
