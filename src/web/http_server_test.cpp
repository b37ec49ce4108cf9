#include "web/http_server.h"

#include <gmock/gmock.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace certferry::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  asio::io_context loop;
  int asked = 0;
  HttpServer server{loop,
                    {{"/metrics",
                      [this] {
                        ++asked;
                        return HttpReply{.body = "figures\n"};
                      }}},
                    milliseconds(200)};

  HttpServerTest() { server.start({"127.0.0.1", 0}); }

  static Task<std::string> talk(HttpServerTest* test, std::string said) {
    tcp::socket socket(test->loop);
    const tcp::endpoint there(asio::ip::make_address("127.0.0.1"), test->server.listener().port());
    co_await socket.async_connect(there, asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(said), asio::as_tuple(asio::use_awaitable));
    std::string heard;
    co_await asio::async_read(
        socket, asio::dynamic_buffer(heard), asio::as_tuple(asio::use_awaitable));
    co_return heard;
  }

  /// All that comes until the server closes.
  std::string after(std::string said) {
    std::string heard;
    asio::co_spawn(loop, talk(this, std::move(said)), [&](std::exception_ptr, std::string text) {
      heard = std::move(text);
      loop.stop();
    });
    loop.restart();
    loop.run_for(std::chrono::minutes(1));
    return heard;
  }

  std::string ask(const std::string& method, const std::string& target) {
    return after(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
};

TEST_F(HttpServerTest, ServesItsPages) {
  const std::string heard = ask("GET", "/metrics");
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(heard, EndsWith("\r\n\r\nfigures\n"));
  EXPECT_THAT(ask("GET", "/metrics?a=b"), HasSubstr("figures"));
}

TEST_F(HttpServerTest, ToAHeadItSendsTheHead) {
  const std::string heard = ask("HEAD", "/metrics");
  EXPECT_THAT(heard, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(heard, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, RefusesWhatItDoesNotServe) {
  for (const char* path : {"/", "/metrics/", "/Metrics", "//metrics", "/metrics%00", "*"}) {
    EXPECT_THAT(ask("GET", path), StartsWith("HTTP/1.1 404 ")) << path;
  }
  const std::string heard = ask("POST", "/metrics");
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(heard, HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_EQ(asked, 0);
}

TEST_F(HttpServerTest, TakesNoMoreThanAFewBytes) {
  EXPECT_THAT(
      after("GET /metrics HTTP/1.1\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x')),
      StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(after("GET /metrics HTTP/1.1\r\nA: " + std::string(20'000, 'x')),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(after("\x16\x03\x01 hello\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(asked, 0);
}

TEST_F(HttpServerTest, KeepsAConnectionForTheNextRequest) {
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  after(request + request + "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(asked, 3);
}

TEST_F(HttpServerTest, ClosesAConnectionTooMany) {
  std::vector<tcp::socket> silent;
  const tcp::endpoint there(asio::ip::make_address("127.0.0.1"), server.listener().port());
  for (int i = 0; i < 8; ++i) silent.emplace_back(loop).connect(there);
  EXPECT_EQ(ask("GET", "/metrics"), "");
  silent.pop_back();
  loop.restart();
  loop.poll();
  EXPECT_THAT(ask("GET", "/metrics"), HasSubstr("figures"));
}

TEST_F(HttpServerTest, ClosesAConnectionThatDawdles) {
  // Without its patience this would last for the minute that the test waits.
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(after("GET /met"), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

}  // namespace
}  // namespace certferry::web
