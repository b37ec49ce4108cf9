// Waits on sockets that a C library owns, on our loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>

namespace certferry {

/// Tells when sockets of libcurl or c-ares can be read or written; never closes one.
///
/// The library says through `want` what it waits for, and is called back until it says otherwise.
/// Callbacks come from the loop, never from inside `want`, and may themselves call `want`.
class SocketWatch {
 public:
  using Ready = std::function<void(int socket, bool readable, bool writable)>;

  SocketWatch(boost::asio::any_io_executor executor, Ready ready);
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  /// Neither read nor write: forget the socket; must come before the library closes it.
  void want(int socket, bool read, bool write);

 private:
  struct Watch;
  static void arm(const std::shared_ptr<Watch>& watch);
  static void forget(Watch& watch);

  boost::asio::any_io_executor executor_;
  Ready ready_;
  std::map<int, std::shared_ptr<Watch>> watches_;
};

}  // namespace certferry
