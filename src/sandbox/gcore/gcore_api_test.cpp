#include "sandbox/gcore/gcore_api.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct GcoreApiTest : testing::Test {
  GcoreApiTest() { resource = world.ensure_domain("cdn.example.com", "cdn").id; }

  Json call(const std::string& method, const std::string& target, const Json& body = {}) {
    Request request{.method = method, .target = target, .authorization = authorization};
    if (!body.is_null()) {
      request.body = body.dump();
      request.content_type = "application/json";
    }
    const Reply reply = api.handle(request);
    status = reply.status;
    return reply.body.empty() ? Json() : Json::parse(reply.body);
  }
  static Json pair(const IssuedLeaf& leaf, const std::string& name) {
    return {{"name", name},
            {"sslCertificate", leaf.chain_pem},
            {"sslPrivateKey", leaf.key_pem.reveal()},
            {"validate_root_ca", false}};
  }
  std::int64_t store(std::vector<std::string> names, const std::string& name) {
    return call("POST", "/cdn/sslData", pair(issue(std::move(names)), name)).at("id");
  }
  std::string path() { return "/cdn/resources/" + std::to_string(resource); }
  static Json to(std::int64_t id) { return {{"sslEnabled", true}, {"sslData", id}}; }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  GcoreApi api{{.api_token = Secret("1$2")}, world, faults};
  std::string authorization = "APIKey 1$2";
  std::int64_t resource = 0;
  int status = 0;
};

TEST_F(GcoreApiTest, WantsTheTokenAfterItsWord) {
  EXPECT_EQ(call("GET", "/cdn/clients/me").at("cname"), "all.sandbox-edge.test");
  for (const char* wrong : {"Bearer 1$2", "APIKey 1$3", "1$2", ""}) {
    authorization = wrong;
    call("GET", "/cdn/resources");
    EXPECT_EQ(status, 401) << wrong;
  }
  EXPECT_EQ(api.counters().unauthorized, 4U);
}

TEST_F(GcoreApiTest, StoresUnderNamesThatAreTakenOnce) {
  const std::int64_t id = store({"cdn.example.com", "*.example.net"}, "ours");
  EXPECT_EQ(status, 201);
  call("POST", "/cdn/sslData", pair(issue({"cdn.example.com"}), "ours"));
  EXPECT_EQ(status, 400);
  Json untrusted = pair(issue({"cdn.example.com"}), "another");
  untrusted.erase("validate_root_ca");
  EXPECT_TRUE(call("POST", "/cdn/sslData", untrusted).at("errors").contains("sslCertificate"));
  Json mixed = pair(issue({"cdn.example.com"}), "another");
  mixed["sslPrivateKey"] = issue({"cdn.example.com"}).key_pem.reveal();
  EXPECT_TRUE(call("POST", "/cdn/sslData", mixed).at("errors").contains("sslCertificate"));
  const Json stored = call("GET", "/cdn/sslData");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].at("id"), id);
  EXPECT_EQ(stored[0].at("cert_subject_alt"), "cdn.example.com, *.example.net");
  EXPECT_EQ(stored[0].at("hasRelatedResources"), false);
}

TEST_F(GcoreApiTest, BindsByPatchAndKeepsWhatIsInUse) {
  const std::int64_t id = store({"cdn.example.com"}, "first");
  EXPECT_EQ(call("PATCH", path(), to(id)).at("sslData"), id);
  EXPECT_EQ(call("GET", path()).at("sslEnabled"), true);
  EXPECT_EQ(call("GET", "/cdn/sslData")[0].at("hasRelatedResources"), true);
  call("DELETE", "/cdn/sslData/" + std::to_string(id));
  EXPECT_EQ(status, 400);
  const std::int64_t other = store({"cdn.example.org"}, "second");
  EXPECT_TRUE(call("PATCH", path(), to(other)).at("errors").contains("sslData"));
  EXPECT_TRUE(call("PATCH", path(), {{"sslEnabled", true}, {"sslData", "1"}}).contains("errors"));
  EXPECT_TRUE(call("PATCH", path(), {{"sslEnabled", true}, {"options", {}}}).contains("errors"));
  call("PATCH", "/cdn/resources/1", to(id));
  EXPECT_EQ(status, 404);
  EXPECT_TRUE(call("DELETE", "/cdn/sslData/" + std::to_string(other)).is_null());
  EXPECT_EQ(status, 204);
  api.forbid_binds();
  call("PATCH", path(), to(id));
  EXPECT_EQ(status, 403);
}

TEST_F(GcoreApiTest, ListsInPagesWhenALimitIsAskedFor) {
  for (int i = 0; i < 3; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com", "cdn");
  EXPECT_EQ(call("GET", "/cdn/resources").size(), 4U);
  const Json page = call("GET", "/cdn/resources?limit=3&offset=3");
  EXPECT_EQ(page.at("count"), 4);
  EXPECT_EQ(page.at("results").size(), 1U);
  call("GET", "/cdn/resources?limit=1001");
  EXPECT_EQ(status, 400);
}

}  // namespace
}  // namespace certferry::sandbox
