// Clients over real sockets, sharing the loop with the sandbox under test.
// Included by tests only.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/time.h"
#include "crypto/digest.h"
#include "model/probe.h"
#include "ports/start.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

/// Runs the loop until the task ends. A minute without an end is a failure of
/// the test.
template <typename T>
T run_on(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  start(loop, keep(std::move(task), &result), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  loop.restart();
  while (!result) {
    if (loop.run_one_for(std::chrono::minutes(1)) == 0) throw std::runtime_error("nothing came");
  }
  return *std::move(result);
}

struct HttpResult {
  boost::system::error_code failure;
  int status = 0;
  std::string body;
};

/// One connection that is kept open between requests.
class HttpConnection {
 public:
  HttpConnection(boost::asio::io_context& loop, std::uint16_t port) : stream_(loop), port_(port) {}

  Task<HttpResult> send(Request request) {
    namespace http = boost::beast::http;
    if (!stream_.socket().is_open()) {
      const auto loopback = boost::asio::ip::make_address("127.0.0.1");
      const boost::asio::ip::tcp::endpoint endpoint(loopback, port_);
      co_await stream_.async_connect(endpoint, boost::asio::use_awaitable);
    }
    http::request<http::string_body> message(
        http::string_to_verb(request.method), request.target, 11);
    message.set(http::field::host, "127.0.0.1");
    message.set(http::field::authorization, request.authorization);
    message.set(http::field::content_type, request.content_type);
    message.body() = request.body;
    message.prepare_payload();
    co_await http::async_write(stream_, message, boost::asio::as_tuple(boost::asio::use_awaitable));
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{16} * 1024 * 1024);
    const auto [failure, size] = co_await http::async_read(
        stream_, buffer_, parser, boost::asio::as_tuple(boost::asio::use_awaitable));
    if (failure) stream_.close();
    co_return HttpResult{failure, static_cast<int>(parser.get().result_int()), parser.get().body()};
  }

 private:
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::uint16_t port_;
};

struct Handshake {
  boost::system::error_code failure;
  std::string fingerprint;    ///< SHA-256 of the leaf served
  std::size_t presented = 0;  ///< certificates in the chain
  std::string der;            ///< of the leaf

  /// Whether it failed with this TLS alert.
  bool alerted(int alert) const {
    return ERR_GET_REASON(static_cast<unsigned long>(failure.value())) ==
           SSL_AD_REASON_OFFSET + alert;
  }
};

/// Empty `server_name`: no SNI.
inline Task<Handshake> shake_hands(Address address, std::string server_name) {
  namespace asio = boost::asio;
  asio::ssl::context context(asio::ssl::context::tls_client);
  const auto executor = co_await asio::this_coro::executor;
  asio::ssl::stream<boost::beast::tcp_stream> stream(executor, context);
  if (!server_name.empty()) SSL_set_tlsext_host_name(stream.native_handle(), server_name.c_str());
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address.ip), address.port);
  stream.next_layer().expires_after(seconds(2));
  Handshake out;
  const auto [refused] =
      co_await stream.next_layer().async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  out.failure = refused;
  if (refused) co_return out;
  const auto [failure] = co_await stream.async_handshake(asio::ssl::stream_base::client,
                                                         asio::as_tuple(asio::use_awaitable));
  out.failure = failure;
  if (failure) co_return out;
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      SSL_get1_peer_certificate(stream.native_handle()), X509_free);
  out.der.resize(static_cast<std::size_t>(i2d_X509(leaf.get(), nullptr)));
  auto* to = reinterpret_cast<unsigned char*>(out.der.data());
  i2d_X509(leaf.get(), &to);
  out.fingerprint = sha256_hex(out.der);
  const auto* chain = SSL_get_peer_cert_chain(stream.native_handle());
  out.presented = static_cast<std::size_t>(sk_X509_num(chain));
  co_return out;
}

}  // namespace certferry::sandbox
