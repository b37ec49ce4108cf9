#include <gmock/gmock.h>

#include "net/curl_client.h"
#include "net/http2_peer.h"
#include "net/test_tls.h"

namespace certferry {
namespace {

namespace asio = boost::asio;
using test::await;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class CurlHttp2Test : public testing::Test {
 protected:
  HttpRequest request(const std::string& method, const std::string& path) {
    HttpRequest out;
    out.method = method;
    out.url = peer_.url(path);
    out.timeout = seconds(20);
    if (method == "POST") out.body = Secret("the body");
    out.changes_state = method == "POST";
    return out;
  }

  asio::io_context io_;
  ThrowawayCa ca_ = test::make_ca();
  asio::ssl::context tls_ = test::server_tls(test::issue(ca_, {"localhost"}, {"127.0.0.1"}));
  test::Http2Peer peer_{io_, tls_};
  CurlClient client_{io_, {.extra_roots = ca_.root_pem()}};
};

TEST_F(CurlHttp2Test, SpeaksItWhereItIsOfferedAndKeepsTheConnection) {
  for (const char* method : {"GET", "POST", "GET"}) {
    Result<HttpResponse> response = await(io_, client_.send(request(method, "/x")));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "/x");
  }
  EXPECT_THAT(peer_.requests, ElementsAre("GET /x", "POST /x", "GET /x"));
  EXPECT_EQ(peer_.connections, 1);
}

TEST_F(CurlHttp2Test, CarriesManyRequestsAtOnceOnOneConnection) {
  ASSERT_TRUE(await(io_, client_.send(request("GET", "/first"))));
  peer_.requests.clear();
  std::vector<std::string> bodies;
  for (const char* path : {"/a", "/b", "/c"}) {
    asio::co_spawn(io_,
                   client_.send(request("POST", path)),
                   [&](std::exception_ptr failure, HttpResponse response) {
                     bodies.push_back(failure ? "failed" : response.body);
                     if (bodies.size() == 3) io_.stop();
                   });
  }
  io_.restart();
  io_.run();
  EXPECT_THAT(bodies, UnorderedElementsAre("/a", "/b", "/c"));
  EXPECT_THAT(peer_.requests, UnorderedElementsAre("POST /a", "POST /b", "POST /c"));
  EXPECT_EQ(peer_.connections, 1);
}

}  // namespace
}  // namespace certferry
