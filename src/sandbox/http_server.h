// HTTP/1.1 with keep-alive in front of a function from request to reply.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "sandbox/message.h"
#include "web/listener.h"

namespace certferry::sandbox {

class HttpServer {
 public:
  using Handler = std::function<Reply(const Request&)>;

  /// Lifetime: the handler is not called once stop() was.
  HttpServer(boost::asio::io_context& loop, Handler handler);
  ~HttpServer();

  /// Throws as web::Listener::start.
  void start(const std::string& address, std::uint16_t port) { listener_.start(address, port); }
  void stop();
  /// How long each reply waits, beside its own delay; waiting replies do not
  /// hold up others.
  void set_latency(milliseconds latency);
  milliseconds latency() const;

  const web::Listener& listener() const { return listener_; }

 private:
  struct State;
  static Task<void> serve(std::shared_ptr<State> state, boost::asio::ip::tcp::socket socket);
  std::shared_ptr<State> state_;
  web::Listener listener_;
};

}  // namespace certferry::sandbox
