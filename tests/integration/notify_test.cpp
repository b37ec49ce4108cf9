// Each channel through the HTTP client that the program uses, to a server on this machine: what
// arrives is what wire_cases.h says, to the byte, and no header beside it but the client's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "net/curl_client.h"
#include "net/test_peer.h"
#include "notify/recorded_http.h"
#include "notify/wire_cases.h"

namespace certferry::notify {

namespace {

using ::testing::UnorderedElementsAreArray;

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

/// The lines that are to arrive before the body, in whatever order the headers are.
std::vector<std::string> head_of(const WireCase& one, std::uint16_t port) {
  std::string target = std::string(one.url).substr(path_of(one.url));
  if (!target.starts_with('/')) target.insert(0, "/");
  std::vector<std::string> lines = {
      std::string(one.method) + " " + target + " HTTP/1.1",
      "Host: 127.0.0.1:" + std::to_string(port),
      "User-Agent: certferry/wire",
      "Accept: */*",
      "Accept-Encoding: gzip, deflate",
      "Content-Type: " + std::string(kWireContentType),
      "Content-Length: " + std::to_string(std::string_view(one.body).size()),
  };
  if (*one.header != '\0') lines.emplace_back(one.header);
  return lines;
}

std::vector<std::string> lines_of(const std::string& head) {
  std::vector<std::string> lines;
  for (const std::string& line : split(head, '\n')) {
    if (const auto text = trim(line); !text.empty()) lines.emplace_back(text);
  }
  return lines;
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
  CurlClient curl(io, {.user_agent = "certferry/wire"});
  Diverted http(curl, peer.url(""));
  RecordedMail mail;
  StandingTime clock;
  NotifierOptions options{.kind = one.kind, .name = "ops", .values = {}};
  for (const auto& [key, text] : one.fields) options.values.emplace(key, Secret(text));
  const auto notifier = make_notifier(options, {http, mail, clock});

  const Result<bool> sent = test::await(io, deliver(notifier.get()));
  EXPECT_TRUE(sent.has_value()) << sent.error().text();

  ASSERT_EQ(peer.requests.size(), 1U);
  EXPECT_THAT(lines_of(peer.requests.front().head),
              UnorderedElementsAreArray(head_of(one, peer.port())));
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
