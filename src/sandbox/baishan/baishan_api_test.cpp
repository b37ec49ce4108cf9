#include "sandbox/baishan/baishan_api.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct BaishanApiTest : testing::Test {
  BaishanApiTest() {
    world.ensure_domain("cdn.example.com", "cdn");
    world.ensure_domain("*.example.net", "cdn");
  }

  Json call(const std::string& method,
            const std::string& path,
            const std::string& query = {},
            const Json& body = {}) {
    Request request{
        .method = method,
        .target = "/v2/domain/" + path + "?token=" + token + (query.empty() ? "" : "&" + query)};
    if (!body.is_null()) {
      request.body = body.dump();
      request.content_type = "application/json";
    }
    return Json::parse(api.handle(request).body);
  }
  static Json pair(const IssuedLeaf& leaf) {
    return {{"name", "ours"}, {"certificate", leaf.chain_pem}, {"key", leaf.key_pem.reveal()}};
  }
  std::int64_t store(std::vector<std::string> names) {
    return call("POST", "certificate", "", pair(issue(std::move(names)))).at("data").at("cert_id");
  }
  Json bind(const std::string& domain, const Json& https) {
    return call("POST", "config", "", {{"domains", domain}, {"config", {{"https", https}}}});
  }
  Json config(const std::string& domains) {
    return call("GET", "config", "domains=" + domains + "&config%5B%5D=https").at("data");
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  BaishanApi api{{.api_token = Secret("t/1")}, world, faults};
  std::string token = "t%2F1";
};

TEST_F(BaishanApiTest, WantsTheTokenInTheQuery) {
  const std::string page = "page_number=1&page_size=10";
  EXPECT_EQ(call("GET", "list", page).at("code"), 0);
  EXPECT_EQ(call("GET", "list", page + "&more=1").at("code"), 400001);
  EXPECT_EQ(call("GET", "list", "page_number=1&page_size=501").at("code"), 400001);
  EXPECT_EQ(call("GET", "nothing").at("code"), 404001);
  for (const char* wrong : {"", "t%2F2", "t%2F1%20"}) {
    token = wrong;
    EXPECT_EQ(call("GET", "list", page).at("code"), 401001) << wrong;
  }
  EXPECT_EQ(api.counters().unauthorized, 3U);
}

TEST_F(BaishanApiTest, StoresACertificateOnce) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const Json stored = call("POST", "certificate", "", pair(leaf));
  ASSERT_EQ(stored.at("code"), 0) << stored;
  const Json again = call("POST", "certificate", "", pair(leaf));
  EXPECT_EQ(again.at("code"), 400699);
  EXPECT_EQ(again.at("message"), "this certificate is exists, cert_id is (10001)");
  Json mixed = pair(leaf);
  mixed["key"] = issue({"cdn.example.com"}).key_pem.reveal();
  EXPECT_EQ(call("POST", "certificate", "", mixed).at("code"), 400003);
  Json in_place = pair(leaf);
  in_place["cert_id"] = 10001;
  EXPECT_EQ(call("POST", "certificate", "", in_place).at("code"), 400001);
  const Json list = call("GET", "certificate", "page_number=1&page_size=10").at("data");
  EXPECT_EQ(list.at("total_number"), 1);
  EXPECT_EQ(list.at("list").at(0).at("cert_id"), "10001");
  EXPECT_EQ(list.at("list").at(0).at("certificate"), leaf.chain_pem);
}

TEST_F(BaishanApiTest, BindsByWritingAllOfHttps) {
  const std::int64_t id = store({"cdn.example.com", "*.example.net"});
  EXPECT_EQ(config("cdn.example.com").at(0).at("config"), Json::array());
  EXPECT_EQ(bind("cdn.example.com", {{"cert_id", id}, {"http2", "on"}}).at("code"), 0);
  EXPECT_EQ(config("cdn.example.com,gone.example.com").size(), 1U);
  EXPECT_EQ(config("cdn.example.com").at(0).at("config").at("https"),
            (Json{{"cert_id", std::to_string(id)}, {"http2", "on"}}));
  EXPECT_EQ(bind("cdn.example.com", {{"cert_id", id}}).at("code"), 0);
  EXPECT_FALSE(config("cdn.example.com").at(0).at("config").at("https").contains("http2"));
  EXPECT_EQ(bind(".example.net", {{"cert_id", id}}).at("code"), 0);
  EXPECT_EQ(bind("*.example.net", {{"cert_id", id}}).at("code"), 400005);
  EXPECT_EQ(bind("cdn.example.com", {{"cert_id", std::to_string(id)}}).at("code"), 400001);
  EXPECT_EQ(bind("cdn.example.com", {{"cert_id", id}, {"what", "on"}}).at("code"), 400001);
  EXPECT_EQ(bind("gone.example.com", {{"cert_id", id}}).at("code"), 400005);
  const std::int64_t other = store({"cdn.example.org"});
  EXPECT_EQ(bind("cdn.example.com", {{"cert_id", other}}).at("code"), 400006);
  EXPECT_EQ(bind("cdn.example.com", {{"cert_id", 1}}).at("code"), 400007);
}

TEST_F(BaishanApiTest, DeletesByABody) {
  const std::int64_t id = store({"cdn.example.com"});
  EXPECT_EQ(call("DELETE", "certificate", "cert_id=" + std::to_string(id)).at("code"), 400001);
  EXPECT_EQ(call("DELETE", "certificate", "", {{"cert_id", id}}).at("code"), 0);
  EXPECT_EQ(call("DELETE", "certificate", "", {{"cert_id", id}}).at("code"), 404002);
}

}  // namespace
}  // namespace certferry::sandbox
