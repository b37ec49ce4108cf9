// A listening socket that can also refuse, keeping its port.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ports/task.h"
#include "web/task_scope.h"

namespace certferry::web {

/// Accepts connections and makes a task of each.
class Listener {
 public:
  using Session = std::function<Task<void>(boost::asio::ip::tcp::socket)>;

  Listener(boost::asio::io_context& loop, Session session);
  ~Listener();

  /// Port 0 takes any free one. Throws: invalid_input (not an IP address),
  /// unavailable (in use, not of this machine).
  void start(const std::string& address, std::uint16_t port);
  /// Ends the accepting and every session.
  void stop();
  /// While refusing, the port stays ours but connecting to it is refused.
  void set_refusing(bool refusing);

  std::uint16_t port() const;
  std::uint64_t accepted() const;
  std::size_t open() const;

 private:
  struct State;
  static Task<void> accept(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace certferry::web
