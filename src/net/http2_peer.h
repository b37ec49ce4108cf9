// For tests: a peer that speaks HTTP/2 over TLS and nothing else.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>
#include <vector>

#include "net/test_peer.h"

namespace certferry::test {

/// Listens on 127.0.0.1, any port, and answers each request with 200 and its path. A client that
/// does not offer "h2" in its handshake is refused. Outlives the last run of the loop.
class Http2Peer {
 public:
  Http2Peer(asio::io_context& io, asio::ssl::context& tls)
      : acceptor_(io, {asio::ip::make_address("127.0.0.1"), 0}), tls_(tls) {
    SSL_CTX_set_alpn_select_cb(tls.native_handle(), &Http2Peer::choose_h2, nullptr);
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }

  int connections = 0;
  std::vector<std::string> requests;  ///< "GET /path", in the order they were complete

 private:
  using Stream = asio::ssl::stream<tcp::socket>;

  /// One request under way; its answer's body is its path.
  struct Exchange {
    std::string method;
    std::string path;
    std::size_t sent = 0;
  };

  /// What the callbacks of one connection work on.
  struct Connection {
    std::vector<std::string>* requests = nullptr;
    std::map<std::int32_t, Exchange> exchanges;
  };

  static int choose_h2(SSL*,
                       const unsigned char** out,
                       unsigned char* out_length,
                       const unsigned char* offered,
                       unsigned int length,
                       void*) {
    auto** chosen = const_cast<unsigned char**>(out);
    const int found = nghttp2_select_next_protocol(chosen, out_length, offered, length);
    return found == 1 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  static int on_header(nghttp2_session*,
                       const nghttp2_frame* frame,
                       const std::uint8_t* name,
                       std::size_t name_length,
                       const std::uint8_t* value,
                       std::size_t value_length,
                       std::uint8_t,
                       void* self) {
    const std::string key(reinterpret_cast<const char*>(name), name_length);
    const std::string text(reinterpret_cast<const char*>(value), value_length);
    Exchange& exchange = static_cast<Connection*>(self)->exchanges[frame->hd.stream_id];
    if (key == ":method") exchange.method = text;
    if (key == ":path") exchange.path = text;
    return 0;
  }

  static ssize_t give_body(nghttp2_session*,
                           std::int32_t,
                           std::uint8_t* buffer,
                           std::size_t room,
                           std::uint32_t* flags,
                           nghttp2_data_source* source,
                           void*) {
    auto* exchange = static_cast<Exchange*>(source->ptr);
    const std::size_t size =
        exchange->path.copy(reinterpret_cast<char*>(buffer), room, exchange->sent);
    exchange->sent += size;
    if (exchange->sent == exchange->path.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
    const bool request = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!request || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    auto* connection = static_cast<Connection*>(self);
    Exchange& exchange = connection->exchanges[frame->hd.stream_id];
    connection->requests->push_back(exchange.method + " " + exchange.path);
    std::string name = ":status", value = "200";
    nghttp2_nv status{reinterpret_cast<std::uint8_t*>(name.data()),
                      reinterpret_cast<std::uint8_t*>(value.data()),
                      name.size(),
                      value.size(),
                      NGHTTP2_NV_FLAG_NONE};
    nghttp2_data_provider body{};
    body.source.ptr = &exchange;
    body.read_callback = &Http2Peer::give_body;
    return nghttp2_submit_response(session, frame->hd.stream_id, &status, 1, &body);
  }

  static std::shared_ptr<nghttp2_session> make_session(Connection* connection) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &Http2Peer::on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Http2Peer::on_frame);
    nghttp2_session* session = nullptr;
    nghttp2_session_server_new(&session, callbacks, connection);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
    return {session, &nghttp2_session_del};
  }

  Task<void> accept() {
    while (true) {
      auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (error) co_return;
      ++connections;
      asio::co_spawn(
          acceptor_.get_executor(), serve(Stream(std::move(socket), tls_)), asio::detached);
    }
  }

  Task<void> serve(Stream stream) {
    auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
    if (refused) co_return;
    Connection connection{.requests = &requests, .exchanges = {}};
    const std::shared_ptr<nghttp2_session> session = make_session(&connection);
    std::array<std::uint8_t, 16384> buffer{};
    while (true) {
      const std::uint8_t* out = nullptr;
      for (ssize_t size = 0; (size = nghttp2_session_mem_send(session.get(), &out)) > 0;) {
        const std::string bytes(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
        co_await asio::async_write(stream, asio::buffer(bytes), kNoThrow);
      }
      auto [ended, count] = co_await stream.async_read_some(asio::buffer(buffer), kNoThrow);
      if (ended) co_return;
      if (nghttp2_session_mem_recv(session.get(), buffer.data(), count) < 0) co_return;
    }
  }

  tcp::acceptor acceptor_;
  asio::ssl::context& tls_;
};

}  // namespace certferry::test
