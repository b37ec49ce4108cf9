// Pages for other programs: HTTP/1.1 in front of a function from path to reply.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "model/probe.h"
#include "web/http_session.h"
#include "web/listener.h"

namespace certferry::web {

/// Serves a few pages by GET and HEAD to a few peers at once; each peer may send little and must
/// not dawdle. Another path is 404, another method 405, a connection too many is closed.
class HttpServer {
 public:
  /// Gives a page as it is now; must not throw.
  using Page = std::function<HttpReply()>;

  /// `pages`: by path. Lifetime: what they look at outlives the server and the loop's next turn.
  /// `patience`: for a whole request, and for the peer to take a reply.
  HttpServer(boost::asio::io_context& loop,
             std::map<std::string, Page> pages,
             milliseconds patience = seconds(10));
  ~HttpServer();

  /// Throws as Listener::start.
  void start(const Address& address) { listener_.start(address.ip, address.port); }
  const Listener& listener() const { return listener_; }
  /// Serves a connection that came another way than by the listener, until either side ends it.
  Task<void> serve(boost::asio::ip::tcp::socket socket) { return serve(state_, std::move(socket)); }

 private:
  struct State;
  static Task<void> serve(std::shared_ptr<State> state, boost::asio::ip::tcp::socket socket);
  std::shared_ptr<State> state_;
  Listener listener_;
};

}  // namespace certferry::web
