#include "sandbox/cloudflare/cloudflare_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct CloudflareApiTest : testing::Test {
  CloudflareApiTest() {
    world.ensure_domain("app.example.com", "saas");
    world.ensure_domain("other.example.net", "saas");
    world.ensure_domain("elsewhere.example.com", "cdn");
  }

  Reply send(const std::string& method, const std::string& path, const Json& body = {}) {
    Request request{.method = method,
                    .target = "/client/v4/zones/" + zone + path,
                    .authorization = authorization};
    if (!body.is_null()) {
      request.body = body.dump();
      request.content_type = "application/json";
    }
    return api.handle(request);
  }
  Json call(const std::string& method, const std::string& path, const Json& body = {}) {
    const Reply reply = send(method, path, body);
    status = reply.status;
    return Json::parse(reply.body);
  }
  int code(const std::string& method, const std::string& path, const Json& body = {}) {
    const Json errors = call(method, path, body).at("errors");
    return errors.empty() ? 0 : errors[0].at("code").get<int>();
  }
  std::string id(const std::string& name) {
    const Json found = call("GET", "/custom_hostnames?hostname=" + name).at("result");
    return found.empty() ? "" : found[0].at("id").get<std::string>();
  }
  static Json edit(const IssuedLeaf& leaf) {
    return {{"ssl",
             {{"type", "dv"},
              {"method", "http"},
              {"bundle_method", "force"},
              {"custom_certificate", leaf.chain_pem},
              {"custom_key", leaf.key_pem.reveal()}}}};
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  CloudflareApi api{{.zone_id = "023e", .api_token = Secret("token")}, world, faults};
  std::string zone = "023e";
  std::string authorization = "Bearer token";
  int status = 0;
};

TEST_F(CloudflareApiTest, WantsTheTokenAndTheZone) {
  EXPECT_EQ(code("GET", "/custom_hostnames"), 0);
  zone = "024e";
  EXPECT_EQ(code("GET", "/custom_hostnames"), 7003);
  zone = "023e";
  EXPECT_EQ(code("GET", "/rulesets"), 7000);
  authorization = "Bearer another";
  EXPECT_EQ(code("GET", "/custom_hostnames"), 10000);
  EXPECT_EQ(status, 401);
  authorization = "token";
  EXPECT_EQ(code("GET", "/custom_hostnames"), 9106);
  EXPECT_EQ(api.counters().unauthorized, 2U);
  EXPECT_EQ(api.counters().unknown, 1U);
}

TEST_F(CloudflareApiTest, ReplacesACertificateInPlace) {
  const IssuedLeaf first = issue({"app.example.com"});
  const IssuedLeaf second = issue({"app.example.com"});
  const std::string path = "/custom_hostnames/" + id("app.example.com");
  EXPECT_FALSE(call("GET", path).at("result").at("ssl").contains("certificates"));
  for (const IssuedLeaf& leaf : {first, second}) {
    ASSERT_EQ(code("PATCH", path, edit(leaf)), 0);
    const Json ssl = call("GET", path).at("result").at("ssl");
    EXPECT_EQ(ssl.at("certificates").at(0).at("fingerprint_sha256"),
              world.find_domain("app.example.com")->bound()->pair.leaf.fingerprint);
    EXPECT_EQ(ssl.at("bundle_method"), "force");
    EXPECT_EQ(world.entries().size(), 1U);
  }
  EXPECT_EQ(api.counters().applied, 2U);
}

TEST_F(CloudflareApiTest, RefusesWhatAChangeMayNotBe) {
  const std::string path = "/custom_hostnames/" + id("app.example.com");
  const IssuedLeaf leaf = issue({"app.example.com"});
  Json body = edit(leaf);
  body["ssl"].erase("method");
  EXPECT_EQ(code("PATCH", path, body), 1434);
  body = edit(leaf);
  body["ssl"]["bundle_method"] = "best";
  EXPECT_EQ(code("PATCH", path, body), 1400);
  body = edit(leaf);
  body["ssl"]["custom_key"] = issue({"app.example.com"}).key_pem.reveal();
  EXPECT_EQ(code("PATCH", path, body), 1415);
  EXPECT_EQ(code("PATCH", path, edit(issue({"app.example.org"}))), 1419);
  EXPECT_EQ(code("PATCH", "/custom_hostnames/gone", edit(leaf)), 1436);
  EXPECT_EQ(code("PATCH", path, Json::array()), 6007);
  EXPECT_TRUE(world.entries().empty());
  api.allow_reads_only();
  EXPECT_EQ(code("PATCH", path, edit(leaf)), 10000);
  EXPECT_EQ(status, 403);
}

TEST_F(CloudflareApiTest, ResetsWhatAChangeLeavesOut) {
  api.state().hostnames["app.example.com"] = {.method = "txt", .wildcard = true};
  const std::string path = "/custom_hostnames/" + id("app.example.com");
  EXPECT_EQ(call("GET", path).at("result").at("ssl").at("wildcard"), true);
  ASSERT_EQ(code("PATCH", path, edit(issue({"app.example.com"}))), 0);
  EXPECT_EQ(call("GET", path).at("result").at("ssl").at("wildcard"), false);
  EXPECT_EQ(call("GET", path).at("result").at("ssl").at("method"), "http");
}

TEST_F(CloudflareApiTest, ListsInPagesWhatIsInTheZone) {
  for (int i = 0; i < 5; ++i) {
    world.ensure_domain("d" + std::to_string(i) + ".example.com", "saas");
  }
  const Json page = call("GET", "/custom_hostnames?page=2&per_page=5");
  EXPECT_EQ(page.at("result").size(), 2U);
  EXPECT_EQ(page.at("result_info").at("total_count"), 7);
  EXPECT_EQ(code("GET", "/custom_hostnames?per_page=51"), 1400);
  EXPECT_EQ(code("GET", "/custom_hostnames?page=0"), 1400);
  EXPECT_EQ(id("elsewhere.example.com"), "");
}

}  // namespace
}  // namespace certferry::sandbox
