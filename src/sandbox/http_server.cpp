#include "sandbox/http_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/secret.h"

namespace certferry::sandbox {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{512} * 1024;
constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;
constexpr seconds kIdleMax{120};
constexpr seconds kWriteMax{60};

using Parser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

Request request_of(Parser::value_type&& message) {
  Request request;
  request.method = text_of(message.method_string());
  request.target = text_of(message.target());
  request.authorization = text_of(message[http::field::authorization]);
  request.content_type = text_of(message[http::field::content_type]);
  request.body = std::move(message.body());
  return request;
}

Response response_of(Reply&& reply, bool keep_alive) {
  Response response(static_cast<http::status>(reply.status), 11);
  response.set(http::field::server, "certferry-sandbox");
  response.set(http::field::content_type, reply.content_type);
  if (reply.retry_after) {
    response.set(http::field::retry_after, std::to_string(reply.retry_after->count()));
  }
  if (!reply.date.empty()) response.set(http::field::date, reply.date);
  response.keep_alive(keep_alive);
  response.body() = std::move(reply.body);
  response.prepare_payload();
  return response;
}

/// A head that promises the whole body, and only the beginning of the body.
std::string cut_response(const Reply& reply) {
  return "HTTP/1.1 " + std::to_string(reply.status) + " OK\r\nContent-Type: " + reply.content_type +
         "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" +
         reply.body.substr(0, *reply.cut_after);
}

Reply refusal(const boost::system::error_code& failure) {
  const bool too_large = failure == http::error::body_limit;
  Reply reply;
  reply.status = too_large ? 413 : 400;
  reply.content_type = "text/plain";
  reply.body = too_large ? "the body is too large\n" : "not HTTP\n";
  return reply;
}

bool is_malformed(const boost::system::error_code& failure) {
  return failure.category() == make_error_code(http::error::body_limit).category() &&
         failure != http::error::end_of_stream && failure != http::error::partial_message;
}

}  // namespace

struct HttpServer::State {
  Handler handler;
  milliseconds latency{};
  bool stopped = false;
};

HttpServer::HttpServer(asio::io_context& loop, Handler handler)
    : state_(std::make_shared<State>(State{.handler = std::move(handler)})),
      listener_(loop,
                [state = state_](tcp::socket socket) { return serve(state, std::move(socket)); }) {}

HttpServer::~HttpServer() {
  stop();
}

void HttpServer::stop() {
  state_->stopped = true;
  listener_.stop();
}

void HttpServer::set_latency(milliseconds latency) {
  state_->latency = latency;
}
milliseconds HttpServer::latency() const {
  return state_->latency;
}

Task<void> HttpServer::serve(std::shared_ptr<State> state, tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  asio::steady_timer timer(stream.get_executor());
  beast::flat_buffer buffer;
  bool keep_alive = true;
  while (keep_alive) {
    Parser parser;
    parser.body_limit(kBodyBytesMax);
    parser.header_limit(kHeaderBytesMax);
    stream.expires_after(kIdleMax);
    const auto [failure, read] =
        co_await http::async_read(stream, buffer, parser, asio::as_tuple(asio::use_awaitable));
    if (state->stopped || (failure && !is_malformed(failure))) co_return;

    keep_alive = !failure && parser.get().keep_alive();
    Reply reply;
    if (failure) {
      reply = refusal(failure);
    } else {
      Request request = request_of(parser.release());
      reply = state->handler(request);
      wipe(request.body);
    }

    const milliseconds wait = state->latency + reply.delay;
    if (wait > milliseconds{}) {
      timer.expires_after(wait);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (state->stopped || reply.dropped) co_return;

    stream.expires_after(kWriteMax);
    if (reply.cut_after) {
      const std::string text = cut_response(reply);
      co_await asio::async_write(stream, asio::buffer(text), asio::use_awaitable);
      co_return;
    }
    const Response response = response_of(std::move(reply), keep_alive);
    co_await http::async_write(stream, response, asio::use_awaitable);
  }
}

}  // namespace certferry::sandbox
