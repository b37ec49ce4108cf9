#include "sandbox/bunny/bunny_api.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct BunnyApiTest : testing::Test {
  BunnyApiTest() {
    zone = world.ensure_domain("cdn.example.com", "cdn").id;
    world.ensure_domain("elsewhere.example.com", "storage");
  }

  Reply send(const std::string& method, const std::string& target, const Json& body = {}) {
    Request request{.method = method, .target = target};
    if (!body.is_null()) {
      request.body = body.dump();
      request.content_type = "application/json";
    }
    request.headers = {{"accesskey", key}};
    return api.handle(request);
  }
  Json read(const std::string& target) { return Json::parse(send("GET", target).body); }
  std::string path(const std::string& what) {
    return "/pullzone/" + std::to_string(zone) + "/" + what;
  }
  static Json pair(const IssuedLeaf& leaf, const std::string& name = "cdn.example.com") {
    return {{"Hostname", name},
            {"Certificate", base64_encode(leaf.chain_pem)},
            {"CertificateKey", base64_encode(leaf.key_pem.reveal())}};
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  BunnyApi api{{.access_key = Secret("key")}, world, faults};
  std::string key = "key";
  std::int64_t zone = 0;
};

TEST_F(BunnyApiTest, WantsTheKey) {
  EXPECT_EQ(send("GET", "/pullzone?page=1").status, 200);
  key = "another";
  EXPECT_EQ(send("GET", "/pullzone?page=1").status, 401);
  EXPECT_EQ(api.counters().unauthorized, 1U);
}

TEST_F(BunnyApiTest, ReplacesACertificateInPlaceAndShowsItWhenAsked) {
  for (int i = 0; i < 2; ++i) {
    const IssuedLeaf leaf = issue({"cdn.example.com"});
    const Reply reply = send("POST", path("addCertificate"), pair(leaf));
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(reply.body, "");
    const Json zones = read("/pullzone?page=1&perPage=5&includeCertificate=true");
    EXPECT_EQ(zones.at("TotalItems"), 1);
    const Json hostname = zones.at("Items")[0].at("Hostnames")[1];
    EXPECT_EQ(base64_decode(hostname.at("Certificate").get<std::string>()), leaf.chain_pem);
    EXPECT_TRUE(hostname.at("CertificateKey").is_null());
    EXPECT_EQ(world.entries().size(), 1U);
  }
  EXPECT_TRUE(
      read("/pullzone/" + std::to_string(zone)).at("Hostnames")[1].at("Certificate").is_null());
  EXPECT_TRUE(read("/pullzone").is_array());
  EXPECT_EQ(send("DELETE", path("removeCertificate"), {{"Hostname", "cdn.example.com"}}).status,
            204);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
}

TEST_F(BunnyApiTest, RefusesWhatIsNoPairOrNotTheNames) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  Json body = pair(leaf);
  body["Certificate"] = leaf.chain_pem;  // not in base64
  EXPECT_EQ(send("POST", path("addCertificate"), body).status, 400);
  body = pair(leaf);
  body["CertificateKey"] = base64_encode(issue({"cdn.example.com"}).key_pem.reveal());
  EXPECT_EQ(send("POST", path("addCertificate"), body).status, 400);
  EXPECT_EQ(send("POST", path("addCertificate"), pair(issue({"cdn.example.org"}))).status, 400);
  EXPECT_EQ(send("POST", path("addCertificate"), pair(leaf, "www.example.com")).status, 400);
  EXPECT_EQ(send("POST", "/pullzone/1/addCertificate", pair(leaf)).status, 404);
  EXPECT_EQ(send("POST", path("addCertificate"), Json::array()).status, 400);
  EXPECT_EQ(send("GET", "/pullzone?perPage=4").status, 400);
  EXPECT_EQ(send("POST", path("addHostname")).status, 404);
  EXPECT_TRUE(world.entries().empty());
}

}  // namespace
}  // namespace certferry::sandbox
