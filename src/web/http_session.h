// The server's end of one HTTP/1.1 connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ports/task.h"

namespace certferry::web {

struct Request {
  std::string method = "GET";
  std::string target;  ///< exactly as on the request line: path, and "?query"
                       ///< when there is one
  std::string authorization;
  std::string content_type;
  std::string body;  ///< may hold a private key: never logged, to be wiped once handled
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< all; names in lower case

  /// The first of that name (lower case); empty when there is none.
  std::string header(std::string_view name) const;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// What a peer may take of us.
struct HttpLimits {
  std::size_t body_bytes = 0;
  std::uint32_t header_bytes = 0;
  milliseconds read{};   ///< from one reply to the end of the next request
  milliseconds write{};  ///< of one reply
};

/// What came: a request, or what is to be said to bytes that are none.
struct Incoming {
  bool ended = false;  ///< nothing more comes, or not in time; there is nobody to answer
  std::optional<HttpReply> refusal;
  Request request;
};

/// Reads requests one after the other and writes a reply to each, as long as both sides keep the
/// connection. Throws: boost::system::system_error when the peer is gone while writing.
class HttpSession {
 public:
  /// `server` is what the header of that name says.
  HttpSession(boost::asio::ip::tcp::socket socket, HttpLimits limits, std::string server);

  /// Whether another request may come.
  bool is_open() const { return keep_alive_; }
  Task<Incoming> read();
  /// To a HEAD the head alone is sent, with the length that the body would have.
  Task<void> write(HttpReply reply);
  /// Exactly these bytes, however much of a reply they are.
  Task<void> write_bytes(std::string bytes);
  boost::asio::any_io_executor executor() { return stream_.get_executor(); }

 private:
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  HttpLimits limits_;
  std::string server_;
  bool keep_alive_ = true;
  bool head_ = false;  ///< the last request was one
};

}  // namespace certferry::web
