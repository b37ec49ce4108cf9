#include "sandbox/http_server.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/secret.h"

namespace certferry::sandbox {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr web::HttpLimits kLimits{.body_bytes = std::size_t{512} * 1024,
                                  .header_bytes = 16 * 1024,
                                  .read = seconds(120),
                                  .write = seconds(60)};

web::HttpReply as_sent(Reply&& reply) {
  web::HttpReply out{.status = reply.status,
                     .content_type = std::move(reply.content_type),
                     .body = std::move(reply.body),
                     .headers = std::move(reply.headers)};
  if (reply.retry_after) {
    out.headers.emplace_back("Retry-After", std::to_string(reply.retry_after->count()));
  }
  if (!reply.date.empty()) out.headers.emplace_back("Date", std::move(reply.date));
  return out;
}

/// A head that promises the whole body, and only the beginning of the body.
std::string cut_response(const Reply& reply) {
  return "HTTP/1.1 " + std::to_string(reply.status) + " OK\r\nContent-Type: " + reply.content_type +
         "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" +
         reply.body.substr(0, *reply.cut_after);
}

Reply refusal(const web::HttpReply& said) {
  Reply reply;
  reply.status = said.status;
  reply.content_type = said.content_type;
  reply.body = said.body;
  return reply;
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
  web::HttpSession session(std::move(socket), kLimits, "certferry-sandbox");
  asio::steady_timer timer(session.executor());
  while (session.is_open()) {
    web::Incoming incoming = co_await session.read();
    if (state->stopped || incoming.ended) co_return;

    Reply reply;
    if (incoming.refusal) {
      reply = refusal(*incoming.refusal);
    } else {
      reply = state->handler(incoming.request);
      wipe(incoming.request.body);
    }

    const milliseconds wait = state->latency + reply.delay;
    if (wait > milliseconds{}) {
      timer.expires_after(wait);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (state->stopped || reply.dropped) co_return;

    if (reply.cut_after) {
      co_await session.write_bytes(cut_response(reply));
      co_return;
    }
    co_await session.write(as_sent(std::move(reply)));
  }
}

}  // namespace certferry::sandbox
