#include "sandbox/cloudflare/cloudflare_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/cloudflare/cloudflare_api.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;

struct CloudflareZoneApiTest : testing::Test {
  CloudflareZoneApiTest() {
    world.ensure_domain("a.example.com", "zone");
    world.ensure_domain("b.example.com", "zone");
    world.ensure_domain("app.example.net", "saas");
  }

  Json call(const std::string& method, const std::string& path, const Json& body = {}) {
    Request request{
        .method = method, .target = "/client/v4/zones" + path, .authorization = "Bearer token"};
    if (!body.is_null()) {
      request.body = body.dump();
      request.content_type = "application/json";
    }
    const Reply reply = api.handle(request);
    status = reply.status;
    return Json::parse(reply.body);
  }
  int code(const std::string& method, const std::string& path, const Json& body = {}) {
    const Json errors = call(method, path, body).at("errors");
    return errors.empty() ? 0 : errors[0].at("code").get<int>();
  }
  static Json with(const IssuedLeaf& leaf, const std::string& type = "sni_custom") {
    Json body = {{"certificate", leaf.chain_pem},
                 {"private_key", leaf.key_pem.reveal()},
                 {"bundle_method", "force"}};
    if (!type.empty()) body["type"] = type;
    return body;
  }
  std::string add(const IssuedLeaf& leaf, const std::string& type = "sni_custom") {
    const Json answer = call("POST", "/023e/custom_certificates", with(leaf, type));
    return answer.at("success") == true ? answer.at("result").at("id").get<std::string>() : "";
  }
  std::vector<std::string> listed() {
    std::vector<std::string> ids;
    for (const Json& one : call("GET", "/023e/custom_certificates").at("result")) {
      ids.push_back(one.at("id"));
    }
    return ids;
  }
  std::string served(const std::string& name) {
    const EntryPtr entry = world.find_domain(name)->bound();
    return entry ? entry->pair.leaf.fingerprint : "";
  }
  static std::string fingerprint(const IssuedLeaf& leaf) {
    return read_pair(leaf.chain_pem, leaf.key_pem)->leaf.fingerprint;
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  CloudflareApi api{{.zone_id = "023e", .api_token = Secret("token")}, world, faults};
  int status = 0;
};

TEST_F(CloudflareZoneApiTest, AnUploadServesItsHosts) {
  const IssuedLeaf wild = issue({"*.example.com"});
  const IssuedLeaf exact = issue({"a.example.com"});
  add(exact);
  add(wild);
  EXPECT_EQ(served("a.example.com"), fingerprint(exact));
  EXPECT_EQ(served("b.example.com"), fingerprint(wild));
  EXPECT_EQ(served("app.example.net"), "");
  const Json first = call("GET", "/023e/custom_certificates").at("result").at(0);
  EXPECT_EQ(first.at("hosts"), Json::array({"a.example.com"}));
  EXPECT_EQ(first.at("status"), "initializing");
  for (const char* untold : {"fingerprint", "serial_number", "certificate", "type"}) {
    EXPECT_FALSE(first.contains(untold)) << untold;
  }
  clock.elapsed += seconds(5);
  EXPECT_EQ(call("GET", "/023e/custom_certificates/" + first.at("id").get<std::string>())
                .at("result")
                .at("status"),
            "active");
}

TEST_F(CloudflareZoneApiTest, LegacyComesBeforeModernAndTheLastOneFirst) {
  const IssuedLeaf legacy = issue({"a.example.com", "b.example.com"});
  const IssuedLeaf modern = issue({"a.example.com", "c.example.com"});
  add(legacy, "legacy_custom");
  add(modern);
  EXPECT_EQ(served("a.example.com"), fingerprint(legacy));
  const IssuedLeaf last = issue({"a.example.com", "d.example.com"});
  add(last, "legacy_custom");
  EXPECT_EQ(served("a.example.com"), fingerprint(last));
}

TEST_F(CloudflareZoneApiTest, AReplacementHasAnotherIdAndForgetsWhatIsNotSaidAgain) {
  const std::string id = add(issue({"a.example.com"}));
  Json body = with(issue({"a.example.com"}), "");
  body["geo_restrictions"] = {{"label", "eu"}};
  body["policy"] = "country: US";
  const Json second = call("PATCH", "/023e/custom_certificates/" + id, body).at("result");
  EXPECT_NE(second.at("id"), id);
  EXPECT_EQ(second.at("policy_restrictions"), "country: US");
  EXPECT_EQ(second.at("geo_restrictions").at("label"), "eu");
  // The old one stays until the new one is active.
  EXPECT_THAT(listed(), ElementsAre(id, second.at("id")));
  clock.elapsed += seconds(5);
  EXPECT_THAT(listed(), ElementsAre(second.at("id")));
  EXPECT_EQ(code("PATCH", "/023e/custom_certificates/" + id, with(issue({"a.example.com"}), "")),
            1002);
  EXPECT_EQ(status, 404);
  body = with(issue({"a.example.com"}), "");
  body.erase("bundle_method");
  const Json third =
      call("PATCH", "/023e/custom_certificates/" + second.at("id").get<std::string>(), body)
          .at("result");
  EXPECT_EQ(third.at("bundle_method"), "ubiquitous");
  EXPECT_FALSE(third.contains("geo_restrictions"));
  EXPECT_EQ(world.entries().size(), 2U);
}

TEST_F(CloudflareZoneApiTest, ALegacyOneKeepsItsId) {
  const std::string id = add(issue({"a.example.com"}), "legacy_custom");
  const IssuedLeaf second = issue({"a.example.com"});
  EXPECT_EQ(
      call("PATCH", "/023e/custom_certificates/" + id, with(second, "")).at("result").at("id"), id);
  EXPECT_THAT(listed(), ElementsAre(id));
  EXPECT_EQ(served("a.example.com"), fingerprint(second));
}

TEST_F(CloudflareZoneApiTest, RefusesWhatAZoneDoesNotTake) {
  const std::string path = "/023e/custom_certificates";
  const IssuedLeaf leaf = issue({"a.example.com"});
  EXPECT_EQ(code("POST", path, with(issue({"a.example.org"}))), 2103);
  Json body = with(leaf);
  body["private_key"] = issue({"a.example.com"}).key_pem.reveal();
  EXPECT_EQ(code("POST", path, body), 2106);
  body = with(leaf);
  body["bundle_method"] = "best";
  EXPECT_EQ(code("POST", path, body), 1400);
  EXPECT_EQ(code("POST", path, with(leaf, "custom")), 1400);
  body = with(leaf);
  body["name"] = "ours";
  EXPECT_EQ(code("POST", path, body), 1400);
  body = with(leaf);
  body.erase("private_key");
  EXPECT_EQ(code("POST", path, body), 1002);
  EXPECT_TRUE(world.entries().empty());

  const std::string id = add(leaf);
  EXPECT_EQ(code("POST", path, with(leaf)), 1220);
  EXPECT_EQ(code("PATCH", path + "/" + id, with(leaf, "")), 1220);
  EXPECT_EQ(code("PATCH", path + "/" + id, with(issue({"a.example.com"}))), 1400);
  EXPECT_EQ(code("POST", path, with(issue({"a.example.com"}))), 1228);
  EXPECT_EQ(code("PATCH", path + "/another", with(issue({"a.example.com"}), "")), 1002);
  world.set_quota(1);
  EXPECT_EQ(code("POST", path, with(issue({"b.example.com"}))), 1212);
  clock.elapsed += hours(24 * 9990);
  EXPECT_EQ(code("PATCH", path + "/" + id, with(issue({"b.example.com"}), "")), 1002);
  EXPECT_EQ(code("GET", path + "?per_page=51"), 1400);
}

TEST_F(CloudflareZoneApiTest, WhatServesNothingAnyMoreWasDeletedByHand) {
  add(issue({"a.example.com", "b.example.com"}));
  world.unbind("a.example.com");
  EXPECT_EQ(listed().size(), 1U);
  EXPECT_NE(served("a.example.com"), "");
  world.unbind("a.example.com");
  world.unbind("b.example.com");
  EXPECT_TRUE(listed().empty());
  EXPECT_TRUE(world.entries().empty());
}

TEST_F(CloudflareZoneApiTest, ListsRecordsAndZonesToWhomMayReadThem) {
  world.set_online("b.example.com", false);
  EXPECT_EQ(call("GET", "/023e/dns_records").at("result_info").at("total_count"), 5);
  const Json proxied = call("GET", "/023e/dns_records?proxied=true&per_page=100");
  EXPECT_EQ(proxied.at("result").size(), 2U);
  EXPECT_EQ(proxied.at("result").at(0).at("name"), "a.example.com");
  EXPECT_EQ(code("GET", "/023e/dns_records?per_page=101"), 1400);
  EXPECT_EQ(call("GET", "?name=example.com").at("result").at(0).at("id"), "023e");
  EXPECT_TRUE(call("GET", "?name=example.org").at("result").empty());
  EXPECT_EQ(call("GET", "/023e").at("result").at("name"), "example.com");
  EXPECT_EQ(code("GET", "/024e"), 7003);
  api.forbid_records();
  EXPECT_EQ(code("GET", "/023e/dns_records"), 10000);
  EXPECT_EQ(status, 403);
  EXPECT_EQ(code("GET", "/023e"), 0);
  api.forbid_zones();
  EXPECT_EQ(code("GET", "/023e"), 10000);
  EXPECT_EQ(code("GET", "/023e/custom_certificates"), 0);
}

}  // namespace
}  // namespace certferry::sandbox
