#include "net/curl_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>  // setenv

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <deque>
#include <filesystem>
#include <fstream>

#include "crypto/throwaway_ca.h"
#include "net/test_peer.h"
#include "net/test_tls.h"

namespace certferry {
namespace {

namespace asio = boost::asio;
using test::await;
using test::http_reply;
using test::HttpPeer;
using test::Reply;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Reply hello(const HttpPeer::Request&) {
  return {.bytes = http_reply("hello")};
}

HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.timeout = seconds(20);
  return request;
}

HttpRequest change(std::string url) {
  HttpRequest request = get(std::move(url));
  request.method = "POST";
  request.body = Secret("the body");
  request.changes_state = true;
  return request;
}

std::string little_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string gzip(const std::string& text) {
  namespace zlib = boost::beast::zlib;
  zlib::deflate_stream deflate;
  std::string packed(deflate.upper_bound(text.size()), '\0');
  zlib::z_params todo;
  todo.next_in = text.data();
  todo.avail_in = text.size();
  todo.next_out = packed.data();
  todo.avail_out = packed.size();
  boost::system::error_code error;
  deflate.write(todo, zlib::Flush::finish, error);
  packed.resize(todo.total_out);
  boost::crc_32_type checksum;
  checksum.process_bytes(text.data(), text.size());
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + packed +
         little_endian(checksum.checksum()) +
         little_endian(static_cast<std::uint32_t>(text.size()));
}

class CurlClientTest : public testing::Test {
 protected:
  Result<HttpResponse> send(HttpRequest request) {
    return await(io_, client_.send(std::move(request)));
  }

  boost::asio::io_context io_;
  CurlClient client_{io_};
};

TEST_F(CurlClientTest, SendsExactlyWhatItIsTold) {
  HttpPeer peer(io_, hello);
  HttpRequest request = change(peer.url("/a/b?c=d"));
  request.headers = {{"Authorization", Secret("TOKEN x:y")}, {"X-Empty", Secret("")}};
  Result<HttpResponse> response = send(std::move(request));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  ASSERT_EQ(peer.requests.size(), 1u);
  const std::string& head = peer.requests[0].head;
  EXPECT_THAT(head, testing::StartsWith("POST /a/b?c=d HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nAuthorization: TOKEN x:y\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nX-Empty:\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nUser-Agent: certferry/"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Type")));
  EXPECT_EQ(peer.requests[0].body, "the body");
}

TEST_F(CurlClientTest, SendsEveryMethod) {
  HttpPeer peer(io_, [](const HttpPeer::Request& request) {
    bool head = request.head.starts_with("HEAD");
    return Reply{.bytes = head ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" : http_reply("x")};
  });
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
    HttpRequest request = get(peer.url());
    request.method = method;
    Result<HttpResponse> response = send(std::move(request));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_THAT(peer.requests.back().head, testing::StartsWith(method));
  }
}

TEST_F(CurlClientTest, GivesHeadersInLowerCaseAndKeepsRepeatedOnes) {
  HttpPeer peer(io_, [](const HttpPeer::Request&) {
    return Reply{.bytes = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" +
                          http_reply("", "X-One: 1\r\nX-ONE: 2\r\n")};
  });
  Result<HttpResponse> response = send(get(peer.url()));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_THAT(response->headers,
              ElementsAre(Pair("x-one", "1"), Pair("x-one", "2"), Pair("content-length", "0")));
}

TEST_F(CurlClientTest, ReturnsErrorStatusesAsReplies) {
  HttpPeer peer(io_, [](const HttpPeer::Request&) {
    return Reply{.bytes = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno"};
  });
  Result<HttpResponse> response = send(change(peer.url()));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->header("retry-after"), "7");
  EXPECT_EQ(response->body, "no");
}

TEST_F(CurlClientTest, KeepsConnectionsForTheNextRequest) {
  HttpPeer peer(io_, hello);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(send(get(peer.url())));
  EXPECT_EQ(peer.connections, 1);
}

TEST_F(CurlClientTest, DoesNotFollowRedirects) {
  HttpPeer peer(io_, [](const HttpPeer::Request&) {
    return Reply{.bytes = "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"};
  });
  Result<HttpResponse> response = send(get(peer.url()));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(peer.requests.size(), 1u);
}

TEST_F(CurlClientTest, RefusesWhatIsNotHttpsOrHttpToLoopback) {
  struct {
    const char* url;
    const char* code;
  } cases[] = {
      {"http://192.0.2.1/", "http.insecure"},
      {"http://example.com/", "http.insecure"},
      {"http://localhost.example.com/", "http.insecure"},
      {"http://127.0.0.1.example.com/", "http.insecure"},
      {"http://[::ffff:192.0.2.1]/", "http.insecure"},
      {"ftp://127.0.0.1/", "http.insecure"},
      {"file:///etc/passwd", "http.insecure"},
      {"https://user:password@127.0.0.1/", "http.malformed"},
      {"http://", "http.malformed"},
      {"", "http.malformed"},
  };
  for (const auto& [url, code] : cases) {
    Result<HttpResponse> response = send(get(url));
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().kind, ErrorKind::kInvalidInput) << url;
    EXPECT_EQ(response.error().code, code) << url;
  }
}

TEST_F(CurlClientTest, RefusesHeadersThatWouldWriteHeadersOfTheirOwn) {
  HttpPeer peer(io_, hello);
  std::pair<const char*, std::string> cases[] = {
      {"X-A", "1\r\nX-B: 2"},
      {"X-A", "1\n2"},
      {"X A", "1"},
      {"", "1"},
      {"X-A:", "1"},
      {"X-A", std::string("1\0002", 3)},
  };
  for (const auto& [name, value] : cases) {
    HttpRequest request = get(peer.url());
    request.headers = {{name, Secret(value)}};
    Result<HttpResponse> response = send(std::move(request));
    ASSERT_FALSE(response) << name;
    EXPECT_EQ(response.error().code, "http.malformed") << name;
  }
  EXPECT_TRUE(peer.requests.empty());
}

TEST_F(CurlClientTest, SendsASecretQueryAndSaysItNowhere) {
  HttpPeer peer(io_, hello);
  for (const auto& [target, line] : {std::pair("/a", "GET /a?token=a%2fb HTTP/1.1\r\n"),
                                     std::pair("/a?c=d", "GET /a?c=d&token=a%2fb HTTP/1.1\r\n")}) {
    HttpRequest request = get(peer.url(target));
    request.secret_query = Secret("token=a%2fb");
    ASSERT_TRUE(send(std::move(request)));
    EXPECT_THAT(peer.requests.back().head, testing::StartsWith(line));
  }
  const std::string refusing = "http://127.0.0.1:" + std::to_string(test::refusing_port(io_)) + "/";
  for (const auto& [url, query] :
       {std::pair(refusing, "token=hunter2"),
        std::pair(refusing, "token=hunter2 x"),
        std::pair(refusing, "token=hunter2\r\nX: y"),
        std::pair(refusing, "token=hunter2#"),
        std::pair(std::string("https://api.invalid/"), "token=hunter2")}) {
    HttpRequest request = get(url);
    request.secret_query = Secret(query);
    const Result<HttpResponse> response = send(std::move(request));
    ASSERT_FALSE(response);
    EXPECT_THAT(response.error().text(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(CurlClientTest, IgnoresTheProxyOfTheEnvironmentForLoopback) {
  HttpPeer peer(io_, hello);
  HttpPeer proxy(io_, hello);
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("ALL_PROXY", proxy.url().c_str(), 1);
  Result<HttpResponse> response = send(get(peer.url()));
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(peer.connections, 1);
  EXPECT_EQ(proxy.connections, 0);
}

/// A variable of the environment, for as long as a test needs it.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    setenv(name_.c_str(), value.c_str(), 1);
  }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
  ~EnvironmentVariable() { unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

Reply refuse_tunnel(const HttpPeer::Request&) {
  return {.bytes = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"};
}

TEST_F(CurlClientTest, AsksTheProxyOfTheEnvironmentForATunnel) {
  HttpPeer proxy(io_, refuse_tunnel);
  EnvironmentVariable https("https_proxy", proxy.url());
  EnvironmentVariable none("no_proxy", "direct.test");
  Result<HttpResponse> response = send(change("https://api.invalid/x?sign=1"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().text();
  ASSERT_EQ(proxy.requests.size(), 1u);
  const std::string& head = proxy.requests[0].head;
  EXPECT_THAT(head, testing::StartsWith("CONNECT api.invalid:443 HTTP/1.1"));
  EXPECT_THAT(head, Not(HasSubstr("sign=1")));

  // What no_proxy names goes without it. A label of 64 letters fails before any server is asked.
  response = send(get("https://" + std::string(64, 'x') + ".direct.test/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, "http.unreachable") << response.error().text();
  EXPECT_EQ(proxy.requests.size(), 1u);
}

TEST_F(CurlClientTest, TheConfiguredProxyGoesBeforeThatOfTheEnvironment) {
  HttpPeer configured(io_, refuse_tunnel);
  HttpPeer other(io_, refuse_tunnel);
  EnvironmentVariable https("https_proxy", other.url());
  CurlClient client(io_, {.proxy = configured.url()});
  ASSERT_FALSE(await(io_, client.send(get("https://api.invalid/"))));
  EXPECT_EQ(configured.requests.size(), 1u);
  EXPECT_EQ(other.connections, 0);
}

TEST_F(CurlClientTest, AsksTheConfiguredProxyForATunnel) {
  HttpPeer proxy(io_, [](const HttpPeer::Request&) {
    return Reply{.bytes = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"};
  });
  CurlClient client(io_, {.proxy = proxy.url()});
  Result<HttpResponse> response = await(io_, client.send(change("https://api.invalid/x?sign=1")));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().text();
  ASSERT_EQ(proxy.requests.size(), 1u);
  EXPECT_THAT(proxy.requests[0].head, testing::StartsWith("CONNECT api.invalid:443 HTTP/1.1"));
}

TEST_F(CurlClientTest, NeverRepeatsProxySettingsOrQueriesInErrors) {
  for (const char* proxy :
       {"bogus://user:pass-word@x", "http://user:pass-word@[bad", "http://u:pass-word@%zz"}) {
    CurlClient client(io_, {.proxy = proxy});
    Result<HttpResponse> response = await(io_, client.send(get("https://api.invalid/x?sign=1")));
    ASSERT_FALSE(response);
    EXPECT_THAT(response.error().text(), Not(HasSubstr("pass-word")));
    EXPECT_THAT(response.error().text(), Not(HasSubstr("sign=1")));
    EXPECT_THAT(response.error().text(), HasSubstr("calling GET api.invalid/x"));
  }
}

// What a failure means depends on whether the request may have left, and whether it changes
// something. Each row is one way in which a peer can fail.
struct FailureCase {
  const char* name;
  Reply reply;
  ErrorKind read;
  ErrorKind change;
  const char* code = "";
};

void PrintTo(const FailureCase& failure, std::ostream* out) {
  *out << failure.name;
}

class CurlFailureTest : public CurlClientTest, public testing::WithParamInterface<FailureCase> {};

TEST_P(CurlFailureTest, IsMaybeAppliedOnlyForChanges) {
  HttpPeer peer(io_, [](const HttpPeer::Request&) { return GetParam().reply; });
  HttpRequest read = get(peer.url());
  read.timeout = milliseconds(300);
  read.max_response_bytes = 1000;
  HttpRequest change_it = change(peer.url());
  change_it.timeout = read.timeout;
  change_it.max_response_bytes = read.max_response_bytes;

  Result<HttpResponse> first = send(std::move(read));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, GetParam().read) << first.error().text();
  EXPECT_EQ(first.error().code, GetParam().code);
  std::size_t seen = peer.requests.size();

  Result<HttpResponse> second = send(std::move(change_it));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, GetParam().change) << second.error().text();
  EXPECT_EQ(second.error().code, GetParam().code);
  EXPECT_EQ(peer.requests.size(), seen + 1);
}

using enum Reply::Then;
using enum ErrorKind;
INSTANTIATE_TEST_SUITE_P(
    Peers,
    CurlFailureTest,
    testing::Values(
        FailureCase{"Silence", {"", kSaySilence}, kTimedOut, kMaybeApplied, "http.timed_out"},
        FailureCase{"CloseBeforeReply", {"", kClose}, kUnavailable, kMaybeApplied, "http.cut"},
        FailureCase{"CutBody",
                    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", kClose},
                    kUnavailable,
                    kMaybeApplied,
                    "http.cut"},
        FailureCase{"StalledBody",
                    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", kSaySilence},
                    kTimedOut,
                    kMaybeApplied,
                    "http.timed_out"},
        FailureCase{"CutHeaders",
                    {"HTTP/1.1 200 OK\r\nContent-Le", kClose},
                    kUnavailable,
                    kMaybeApplied,
                    "http.cut"},
        FailureCase{"Garbage",
                    {"\x01\x02\x03\r\n\r\n", kClose},
                    kUnavailable,
                    kMaybeApplied,
                    "http.failed"},
        FailureCase{"FiveMebibytes",
                    {http_reply(std::string(5 << 20, 'x')), kClose},
                    kRejected,
                    kMaybeApplied,
                    "reply.too_large"},
        FailureCase{
            "GzipBomb",
            {http_reply(gzip(std::string(8 << 20, 'x')), "Content-Encoding: gzip\r\n"), kKeepOpen},
            kRejected,
            kMaybeApplied,
            "reply.too_large"},
        FailureCase{"EndlessHeaders",
                    {"HTTP/1.1 200 OK\r\n" +
                         [] {
                           std::string lines;
                           while (lines.size() < 200'000)
                             lines += "X-A: " + std::string(500, 'x') + "\r\n";
                           return lines;
                         }(),
                     kClose},
                    kRejected,
                    kMaybeApplied,
                    "reply.too_large"},
        FailureCase{"BrokenGzip",
                    {http_reply("no gzip", "Content-Encoding: gzip\r\n"), kClose},
                    kUnavailable,
                    kMaybeApplied,
                    "http.failed"}),
    [](const auto& info) { return info.param.name; });

TEST_F(CurlClientTest, TakesAReplyUpToTheLimit) {
  HttpPeer peer(io_, [](const HttpPeer::Request&) {
    return Reply{.bytes =
                     http_reply(gzip(std::string(100'000, 'x')), "Content-Encoding: gzip\r\n")};
  });
  HttpRequest request = get(peer.url());
  request.max_response_bytes = 100'000;
  Result<HttpResponse> response = send(std::move(request));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->body.size(), 100'000u);

  HttpRequest one_less = get(peer.url());
  one_less.max_response_bytes = 99'999;
  response = send(std::move(one_less));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, "reply.too_large");
}

TEST_F(CurlClientTest, TellsAChangeThatNeverLeftFromOneThatMayHave) {
  std::string refusing = "http://127.0.0.1:" + std::to_string(test::refusing_port(io_)) + "/";
  // A label of 64 letters is no name: it fails to resolve without any server being asked.
  for (const std::string& url : {refusing, "https://" + std::string(64, 'x') + ".test/"}) {
    Result<HttpResponse> response = send(change(url));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().text();
    EXPECT_EQ(response.error().code, "http.unreachable");
  }
}

/// Answers the first request of a connection; takes the second and hangs up.
Reply hang_up_on_reuse(const HttpPeer::Request& request, int& on_first_connection) {
  if (request.connection > 1 || ++on_first_connection == 1) return hello(request);
  return {.bytes = "", .then = kClose};
}

TEST_F(CurlClientTest, SendsAChangeOnceWhenAKeptConnectionDies) {
  int count = 0;
  HttpPeer peer(io_, [&](const HttpPeer::Request& r) { return hang_up_on_reuse(r, count); });
  ASSERT_TRUE(send(get(peer.url())));
  Result<HttpResponse> response = send(change(peer.url("/upload")));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::kMaybeApplied) << response.error().text();
  ASSERT_EQ(peer.requests.size(), 2u);
  EXPECT_THAT(peer.requests[1].head, testing::StartsWith("POST /upload"));
}

TEST_F(CurlClientTest, RepeatsAReadWhenAKeptConnectionDies) {
  int count = 0;
  HttpPeer peer(io_, [&](const HttpPeer::Request& r) { return hang_up_on_reuse(r, count); });
  ASSERT_TRUE(send(get(peer.url())));
  Result<HttpResponse> response = send(get(peer.url()));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(peer.requests.size(), 3u);
}

TEST_F(CurlClientTest, RefusesACertificateOfAnUnknownRoot) {
  ThrowawayCa ca = test::make_ca();
  asio::ssl::context tls = test::server_tls(test::issue(ca, {"localhost"}, {"127.0.0.1"}));
  HttpPeer peer(io_, hello, &tls);
  Result<HttpResponse> response = send(change(peer.url()));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(response.error().code, "tls.untrusted") << response.error().text();
  EXPECT_TRUE(peer.requests.empty());
}

TEST_F(CurlClientTest, RefusesACertificateOfAnotherName) {
  ThrowawayCa ca = test::make_ca();
  asio::ssl::context tls = test::server_tls(test::issue(ca, {"example.com"}, {"127.0.0.2"}));
  HttpPeer peer(io_, hello, &tls);
  CurlClient client(io_, {.extra_roots = ca.root_pem()});
  Result<HttpResponse> response = await(io_, client.send(get(peer.url())));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, "tls.untrusted") << response.error().text();
  EXPECT_TRUE(peer.requests.empty());
}

TEST_F(CurlClientTest, TrustsExtraRootsBesideThoseOfTheSystem) {
  ThrowawayCa system_ca = test::make_ca();
  ThrowawayCa private_ca = test::make_ca();
  std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / ("roots-" + std::to_string(getpid()));
  std::filesystem::create_directory(directory);
  std::ofstream(directory / (test::subject_hash(system_ca.root_pem()) + ".0"))
      << system_ca.root_pem();
  CurlClient client(io_,
                    {.extra_roots = private_ca.root_pem(), .roots_directory = directory.string()});
  std::deque<asio::ssl::context> contexts;
  std::deque<HttpPeer> peers;
  for (const ThrowawayCa* ca : {&system_ca, &private_ca}) {
    contexts.push_back(test::server_tls(test::issue(*ca, {"localhost"}, {"127.0.0.1"})));
    HttpPeer& peer = peers.emplace_back(io_, hello, &contexts.back());
    Result<HttpResponse> response = await(io_, client.send(get(peer.url())));
    EXPECT_TRUE(response) << response.error().text();
    EXPECT_EQ(peer.requests.size(), 1u);
  }
  std::filesystem::remove_all(directory);
}

TEST_F(CurlClientTest, TrustsOneServersCertificateAndNothingElse) {
  ThrowawayCa ca = test::make_ca();
  const IssuedLeaf pinned = test::issue(ca, {"localhost"}, {"127.0.0.1"});
  const IssuedLeaf other = test::issue(ca, {"localhost"}, {"127.0.0.1"});
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----\n";
  const std::string leaf = pinned.chain_pem.substr(
      0, pinned.chain_pem.find(kEnd) + kEnd.size());  // without what signed it
  CurlClient client(io_, {.extra_roots = leaf, .roots_directory = ""});
  for (const IssuedLeaf* one : {&pinned, &other}) {
    asio::ssl::context tls = test::server_tls(*one);
    HttpPeer peer(io_, hello, &tls);
    const Result<HttpResponse> response = await(io_, client.send(get(peer.url())));
    EXPECT_EQ(response.has_value(), one == &pinned);
    if (!response) EXPECT_EQ(response.error().code, "tls.untrusted") << response.error().text();
  }
}

TEST_F(CurlClientTest, SaysThatExtraRootsAreUnreadable) {
  ThrowawayCa ca = test::make_ca();
  asio::ssl::context tls = test::server_tls(test::issue(ca, {"localhost"}, {"127.0.0.1"}));
  HttpPeer peer(io_, hello, &tls);
  CurlClient client(io_, {.extra_roots = "no certificate"});
  Result<HttpResponse> response = await(io_, client.send(get(peer.url())));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::kInvalidInput) << response.error().text();
}

Task<bool> send_one_after_another(HttpClient& client, std::string url, int count) {  // NOLINT
  for (int i = 0; i < count; ++i) {
    HttpResponse response = co_await client.send(get(url));
    if (response.body != "hello") co_return false;
  }
  co_return true;
}

TEST_F(CurlClientTest, CarriesManyRequestsAtOnceOnOneLoop) {
  HttpPeer peer(io_, hello);
  constexpr int kInFlight = 300;
  int good = 0;
  int left = kInFlight;
  for (int i = 0; i < kInFlight; ++i) {
    asio::co_spawn(io_,
                   send_one_after_another(client_, peer.url(), 3),
                   [&](std::exception_ptr failure, bool all_good) {
                     if (!failure && all_good) ++good;
                     if (--left == 0) io_.stop();
                   });
  }
  io_.run();
  EXPECT_EQ(good, kInFlight);
  EXPECT_EQ(peer.requests.size(), 3u * kInFlight);
  EXPECT_EQ(peer.connections, kInFlight);
}

TEST_F(CurlClientTest, ACancelledRequestLeavesTheWire) {
  asio::cancellation_signal signal;
  HttpPeer peer(io_, [&](const HttpPeer::Request&) {
    asio::post(io_, [&] { signal.emit(asio::cancellation_type::terminal); });
    return Reply{.bytes = "", .then = kSaySilence};
  });
  std::optional<ErrorKind> kind;
  auto ended = [&](std::exception_ptr failure, HttpResponse) {
    try {
      std::rethrow_exception(failure);
    } catch (const Error& error) {
      kind = error.kind;
    }
    io_.stop();
  };
  asio::co_spawn(
      io_, client_.send(change(peer.url())), asio::bind_cancellation_slot(signal.slot(), ended));
  io_.run();
  EXPECT_EQ(kind, ErrorKind::kCancelled);
}

TEST_F(CurlClientTest, SurvivesTheLoopBeingTakenAwayMidway) {
  auto io = std::make_unique<asio::io_context>();
  auto client = std::make_unique<CurlClient>(*io);
  HttpPeer peer(*io, [&](const HttpPeer::Request&) {
    io->stop();
    return Reply{.bytes = "", .then = kSaySilence};
  });
  asio::co_spawn(*io, client->send(change(peer.url())), asio::detached);
  io->run();
  client.reset();
  EXPECT_EQ(peer.requests.size(), 1u);
}

}  // namespace
}  // namespace certferry
