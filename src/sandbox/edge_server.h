// One TLS edge address over a World: serves by SNI what the world says at that
// moment.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "sandbox/world.h"
#include "web/listener.h"

namespace certferry::sandbox {

class EdgeServer {
 public:
  /// `edge` counts the world's edges. Lifetime: clock and world outlive it.
  EdgeServer(boost::asio::io_context& loop, World& world, std::size_t edge, const Clock& clock);
  ~EdgeServer();

  /// Listens where the world's edge says, and tells the edge its port. Throws
  /// as web::Listener::start.
  void start();
  void stop();
  /// Follows a change of the edge's fault: refusing is not a matter of single
  /// connections.
  void follow_fault();

  const web::Listener& listener() const { return listener_; }

 private:
  struct State;
  static Task<void> serve(std::shared_ptr<State> state, boost::asio::ip::tcp::socket socket);
  std::shared_ptr<State> state_;
  web::Listener listener_;
};

}  // namespace certferry::sandbox
