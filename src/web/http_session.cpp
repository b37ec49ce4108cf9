#include "web/http_session.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

#include "base/text.h"

namespace certferry::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

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
  for (const auto& field : message) {
    request.headers.emplace_back(to_lower(text_of(field.name_string())), text_of(field.value()));
  }
  request.body = std::move(message.body());
  return request;
}

HttpReply refusal(const boost::system::error_code& failure) {
  const bool too_large = failure == http::error::body_limit;
  HttpReply reply;
  reply.status = too_large ? 413 : 400;
  reply.body = too_large ? "the body is too large\n" : "not HTTP\n";
  return reply;
}

bool is_malformed(const boost::system::error_code& failure) {
  return failure.category() == make_error_code(http::error::body_limit).category() &&
         failure != http::error::end_of_stream && failure != http::error::partial_message;
}

}  // namespace

std::string Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

HttpSession::HttpSession(tcp::socket socket, HttpLimits limits, std::string server)
    : stream_(std::move(socket)), limits_(limits), server_(std::move(server)) {}

Task<Incoming> HttpSession::read() {
  Parser parser;
  parser.body_limit(limits_.body_bytes);
  parser.header_limit(limits_.header_bytes);
  stream_.expires_after(limits_.read);
  const auto [failure, read] =
      co_await http::async_read(stream_, buffer_, parser, asio::as_tuple(asio::use_awaitable));
  Incoming incoming;
  incoming.ended = failure && !is_malformed(failure);
  keep_alive_ = !failure && parser.get().keep_alive();
  head_ = !failure && parser.get().method() == http::verb::head;
  if (failure) {
    incoming.refusal = refusal(failure);
  } else {
    incoming.request = request_of(parser.release());
  }
  co_return incoming;
}

Task<void> HttpSession::write(HttpReply reply) {
  Response response(static_cast<http::status>(reply.status), 11);
  response.set(http::field::server, server_);
  response.set(http::field::content_type, reply.content_type);
  // A name may come several times, as Set-Cookie does.
  for (const auto& [name, value] : reply.headers) response.insert(name, value);
  response.keep_alive(keep_alive_);
  response.content_length(reply.body.size());
  if (!head_) response.body() = std::move(reply.body);
  stream_.expires_after(limits_.write);
  co_await http::async_write(stream_, response, asio::use_awaitable);
}

Task<void> HttpSession::write_bytes(std::string bytes) {
  stream_.expires_after(limits_.write);
  co_await asio::async_write(stream_, asio::buffer(bytes), asio::use_awaitable);
}

}  // namespace certferry::web
