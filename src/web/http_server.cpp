#include "web/http_server.h"

namespace certferry::web {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kBodyBytesMost = 1024;
constexpr std::uint32_t kHeaderBytesMost = 8 * 1024;
/// A scraper or two and a person; a page may be some megabytes while it is written.
constexpr std::size_t kSessionsMost = 8;
/// A connection that is kept may be kept long, not for ever.
constexpr int kRequestsMost = 1000;

HttpReply plain(int status, std::string text) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(text)};
}

}  // namespace

struct HttpServer::State {
  std::map<std::string, Page> pages;
  HttpLimits limits;
  std::size_t sessions = 0;
  bool stopped = false;

  HttpReply reply_to(const Request& request) const {
    const auto page = pages.find(request.target.substr(0, request.target.find('?')));
    if (page == pages.end()) return plain(404, "there is no such page\n");
    if (request.method == "GET" || request.method == "HEAD") return page->second();
    HttpReply reply = plain(405, "only GET and HEAD\n");
    reply.headers.emplace_back("Allow", "GET, HEAD");
    return reply;
  }
};

HttpServer::HttpServer(asio::io_context& loop,
                       std::map<std::string, Page> pages,
                       milliseconds patience)
    : state_(std::make_shared<State>(State{.pages = std::move(pages),
                                           .limits = {.body_bytes = kBodyBytesMost,
                                                      .header_bytes = kHeaderBytesMost,
                                                      .read = patience,
                                                      .write = patience}})),
      listener_(loop,
                [state = state_](tcp::socket socket) { return serve(state, std::move(socket)); }) {}

HttpServer::~HttpServer() {
  state_->stopped = true;
  listener_.stop();
}

Task<void> HttpServer::serve(std::shared_ptr<State> state, tcp::socket socket) {
  if (state->sessions >= kSessionsMost) co_return;
  ++state->sessions;
  const std::shared_ptr<State> counted(state.get(), [state](State* it) { --it->sessions; });
  HttpSession session(std::move(socket), state->limits, "certferry");
  for (int left = kRequestsMost; left > 0 && session.is_open(); --left) {
    Incoming incoming = co_await session.read();
    if (state->stopped || incoming.ended) co_return;
    HttpReply reply =
        incoming.refusal ? *std::move(incoming.refusal) : state->reply_to(incoming.request);
    co_await session.write(std::move(reply));
  }
}

}  // namespace certferry::web
