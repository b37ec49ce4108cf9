// Each channel through the HTTP client that the program uses, to a server on this machine: what
// arrives is what wire_cases.h says, to the byte.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/curl_client.h"
#include "net/test_peer.h"
#include "notify/recorded_http.h"
#include "notify/wire_cases.h"

namespace certferry::notify {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Where the vendor's path begins in an address.
std::size_t path_of(std::string_view url) {
  const std::size_t host = url.find("://") + 3;
  return std::min(url.find_first_of("/?", host), url.size());
}

/// Sends everything to one server, whose address takes the vendor's place.
class Diverted final : public HttpClient {
 public:
  Diverted(HttpClient& client, std::string server) : client_(client), server_(std::move(server)) {}

  Task<HttpResponse> send(HttpRequest request) override {
    request.url.replace(0, path_of(request.url), server_);
    co_return co_await client_.send(std::move(request));
  }

 private:
  HttpClient& client_;
  std::string server_;
};

std::string reply_of(const WireCase& one) {
  const std::string body = one.yes;
  if (one.status == 204) return "HTTP/1.1 204 No Content\r\n\r\n";
  return "HTTP/1.1 " + std::to_string(one.status) +
         " Well\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Task<bool> deliver(Notifier* notifier) {
  co_await notifier->send(some_notice());
  co_return true;
}

class OverTheWireTest : public ::testing::TestWithParam<WireCase> {};

TEST_P(OverTheWireTest, ArrivesAsItIsWritten) {
  const WireCase& one = GetParam();
  boost::asio::io_context io;
  test::HttpPeer peer(io, [&](const auto&) { return test::Reply{.bytes = reply_of(one)}; });
  CurlClient curl(io);
  Diverted http(curl, peer.url(""));
  RecordedMail mail;
  StandingTime clock;
  NotifierOptions options{.kind = one.kind, .name = "ops", .values = {}};
  for (const auto& [key, text] : one.fields) options.values.emplace(key, Secret(text));
  const auto notifier = make_notifier(options, {http, mail, clock});

  const Result<bool> sent = test::await(io, deliver(notifier.get()));
  EXPECT_TRUE(sent.has_value()) << sent.error().text();

  ASSERT_EQ(peer.requests.size(), 1U);
  const std::string& head = peer.requests.front().head;
  std::string target = std::string(one.url).substr(path_of(one.url));
  if (!target.starts_with('/')) target.insert(0, "/");
  EXPECT_THAT(head, StartsWith(std::string(one.method) + " " + target + " HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Type: " + std::string(kWireContentType) + "\r\n"));
  if (*one.header != '\0') EXPECT_THAT(head, HasSubstr("\r\n" + std::string(one.header) + "\r\n"));
  EXPECT_EQ(peer.requests.front().body, one.body);
}

INSTANTIATE_TEST_SUITE_P(Channels,
                         OverTheWireTest,
                         ::testing::ValuesIn(kWireCases),
                         [](const auto& one) {
                           return std::string(one.param.kind) + "_" + std::to_string(one.index);
                         });

}  // namespace

}  // namespace certferry::notify
