// libcurl's multi interface driven by the Asio loop: no thread of ours, any number of transfers.
#pragma once

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "net/socket_watch.h"
#include "ports/task.h"

namespace certferry {

/// Owns the multi handle, and with it the open connections that transfers share.
///
/// Always held by shared_ptr: a transfer's frame may be destroyed after the client, with the loop.
class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  explicit CurlMulti(boost::asio::io_context& io);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Runs one transfer to its end. Throws: cancelled, and then the transfer is gone from the wire.
  /// Lifetime: `easy` outlives the task; its CURLOPT_PRIVATE is used here.
  static Task<CURLcode> perform(std::shared_ptr<CurlMulti> multi, CURL* easy);

 private:
  struct Transfer;
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int on_timer(CURLM* multi, long timeout_ms, void* self) noexcept;
  void drive(curl_socket_t socket, int events);
  void collect_finished();

  boost::asio::io_context& io_;
  SocketWatch watch_;
  boost::asio::steady_timer timer_;
  CURLM* multi_;
};

}  // namespace certferry
