// For tests: runs a task on a loop, and plays an HTTP peer that does exactly what it is told.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ports/start.h"

namespace certferry::test {

namespace asio = boost::asio;
using asio::ip::tcp;
inline constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// Runs the loop until the task has ended; an Error it throws is the result.
template <typename T>
Result<T> await(asio::io_context& io, Task<T> task) {
  try {
    return *run_until_ended(io, std::move(task));
  } catch (const Error& error) {
    return std::unexpected(error);
  }
}

/// A port of 127.0.0.1 on which nobody listens.
inline std::uint16_t refusing_port(asio::io_context& io) {
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  return acceptor.local_endpoint().port();
}

/// What the peer does with one request.
struct Reply {
  enum class Then { kKeepOpen, kClose, kSaySilence };
  std::string bytes;
  Then then = Then::kKeepOpen;
};

inline std::string http_reply(const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// Listens on 127.0.0.1, any port; outlives the last run of the loop. Requests are kept in the
/// order they came.
class HttpPeer {
 public:
  struct Request {
    int connection = 0;  ///< counts from 1
    std::string head;
    std::string body;
  };
  using Script = std::function<Reply(const Request&)>;

  HttpPeer(asio::io_context& io, Script script, asio::ssl::context* tls = nullptr)
      : acceptor_(io, {asio::ip::make_address("127.0.0.1"), 0}),
        script_(std::move(script)),
        tls_(tls) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::string url(const std::string& path = "/") const {
    return (tls_ != nullptr ? "https" : "http") + std::string("://127.0.0.1:") +
           std::to_string(port()) + path;
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  std::vector<Request> requests;
  int connections = 0;

 private:
  Task<void> accept() {
    while (true) {
      auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (error) co_return;
      ++connections;
      if (tls_ != nullptr) {
        asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
        asio::co_spawn(
            acceptor_.get_executor(), serve_tls(std::move(stream), connections), asio::detached);
      } else {
        asio::co_spawn(
            acceptor_.get_executor(), serve(std::move(socket), connections), asio::detached);
      }
    }
  }

  Task<void> serve_tls(asio::ssl::stream<tcp::socket> stream, int connection) {
    auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
    if (!error) co_await serve(std::move(stream), connection);
  }

  template <typename Stream>
  Task<void> serve(Stream stream, int connection) {
    std::string buffer;
    while (true) {
      auto [error, size] = co_await asio::async_read_until(
          stream, asio::dynamic_buffer(buffer), std::string("\r\n\r\n"), kNoThrow);
      if (error) co_return;
      Request request{connection, buffer.substr(0, size), {}};
      buffer.erase(0, size);
      std::size_t length = content_length(request.head);
      if (buffer.size() < length) {
        co_await asio::async_read(stream,
                                  asio::dynamic_buffer(buffer),
                                  asio::transfer_exactly(length - buffer.size()),
                                  kNoThrow);
      }
      request.body = buffer.substr(0, length);
      buffer.erase(0, length);
      requests.push_back(request);
      Reply reply = script_(request);
      co_await asio::async_write(stream, asio::buffer(reply.bytes), kNoThrow);
      if (reply.then == Reply::Then::kClose) co_return;
      if (reply.then == Reply::Then::kSaySilence) {
        // Reads on, and so sees the client go, but never answers.
        std::array<char, 256> ignored{};
        while (true) {
          auto [ended, count] = co_await stream.async_read_some(asio::buffer(ignored), kNoThrow);
          if (ended) co_return;
        }
      }
    }
  }

  static std::size_t content_length(const std::string& head) {
    std::size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  }

  tcp::acceptor acceptor_;
  Script script_;
  asio::ssl::context* tls_;
};

}  // namespace certferry::test
