#include "sandbox/upyun/upyun_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/keys.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct UpyunApiTest : testing::Test {
  UpyunApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("elsewhere.example.com", "file");
  }

  Reply send(const std::string& method, const std::string& target, const Json& body = {}) {
    Request request{.method = method, .target = target};
    if (!body.is_null()) {
      request.body = body.dump();
      request.content_type = "application/json";
    }
    request.headers = {{"cookie", cookie}};
    return api.handle(request);
  }
  /// Its data.
  Json call(const std::string& method, const std::string& target, const Json& body = {}) {
    const Reply reply = send(method, target, body);
    status = reply.status;
    return reply.body.empty() ? Json() : Json::parse(reply.body).at("data");
  }
  int code(const std::string& method, const std::string& target, const Json& body = {}) {
    return call(method, target, body).value("error_code", 0);
  }
  void log_in() {
    const Reply reply =
        send("POST", "/accounts/signin/", {{"username", "somebody"}, {"password", "hunter2"}});
    ASSERT_FALSE(reply.headers.empty());
    const std::string& set = reply.headers.front().second;
    cookie = "lang=zh; " + set.substr(0, set.find(';'));
  }
  static Json upload_of(const IssuedLeaf& leaf) {
    return {{"certificate", leaf.chain_pem},
            {"private_key", write_key(leaf.key_pem, KeyForm::kTraditional)->reveal()}};
  }
  std::string store(const IssuedLeaf& leaf) {
    return call("POST", "/api/https/certificate/", upload_of(leaf))
        .at("result")
        .at("certificate_id");
  }
  static Json first(const std::string& id, const std::string& domain, bool force = false) {
    return {{"certificate_id", id}, {"domain", domain}, {"https", true}, {"force_https", force}};
  }
  static Json move(const std::string& id, const std::string& domain) {
    return {{"crt_id", id}, {"domain_name", domain}};
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  UpyunApi api{{.username = "somebody", .password = Secret("hunter2")}, world, faults};
  std::string cookie;
  int status = 0;
};

TEST_F(UpyunApiTest, LetsNobodyInWithoutASession) {
  EXPECT_EQ(send("GET", "/api/v2/buckets?type=ucdn").status, 302);
  EXPECT_EQ(api.counters().unauthorized, 1U);
  const Json wrong =
      call("POST", "/accounts/signin/", {{"username", "somebody"}, {"password", "hunter3"}});
  EXPECT_EQ(wrong.at("result"), false);
  log_in();
  EXPECT_EQ(send("GET", "/api/v2/buckets?type=ucdn").status, 200);
  clock.elapsed += minutes(31);
  EXPECT_EQ(send("GET", "/api/v2/buckets?type=ucdn").status, 302);
  cookie = "s=made up";
  EXPECT_EQ(send("GET", "/api/v2/buckets?type=ucdn").status, 302);
}

TEST_F(UpyunApiTest, StoresTheSamePairOnce) {
  log_in();
  const IssuedLeaf leaf = issue({"cdn.example.com", "*.example.com"});
  const std::string id = store(leaf);
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(store(leaf), id);
  EXPECT_NE(store(issue({"cdn.example.com"})), id);
  EXPECT_EQ(world.entries().size(), 2U);
  const Json listed = call("GET", "/api/https/certificate/list/?limit=100");
  EXPECT_EQ(listed.at("status"), 0);
  EXPECT_TRUE(listed.at("result").contains("default"));
  EXPECT_EQ(listed.at("result").at(id).at("commonName"), "cdn.example.com");
  EXPECT_EQ(listed.at("result").at(id).at("config_domain"), 0);
  EXPECT_TRUE(listed.at("pager").at("max").is_null());
  EXPECT_EQ(call("DELETE", "/api/https/certificate/?certificate_id=" + id).at("status"), true);
  EXPECT_EQ(code("DELETE", "/api/https/certificate/?certificate_id=" + id), 21701);
}

TEST_F(UpyunApiTest, TakesEcKeysOnlyInTheirTraditionalForm) {
  log_in();
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  Json body = upload_of(leaf);
  body["private_key"] = write_key(leaf.key_pem, KeyForm::kPkcs8)->reveal();
  EXPECT_EQ(call("POST", "/api/https/certificate/", body).at("status"), 1);
  const IssuedLeaf rsa = issue({"cdn.example.com"}, LeafRequest::KeyKind::kRsa2048);
  body = upload_of(rsa);
  body["private_key"] = write_key(rsa.key_pem, KeyForm::kPkcs8)->reveal();
  EXPECT_EQ(call("POST", "/api/https/certificate/", body).at("status"), 0);
  body["private_key"] = "-----BEGIN";
  EXPECT_EQ(call("POST", "/api/https/certificate/", body).at("status"), 1);
  EXPECT_EQ(code("POST", "/api/https/certificate/", {{"certificate", "x"}}), 40001);
  world.set_quota(1);
  EXPECT_EQ(code("POST", "/api/https/certificate/", upload_of(leaf)), 21720);
}

TEST_F(UpyunApiTest, ListsInPages) {
  log_in();
  for (int i = 0; i < 3; ++i) store(issue({"d" + std::to_string(i) + ".example.com"}));
  Json page = call("GET", "/api/https/certificate/list/?limit=2");
  EXPECT_EQ(page.at("result").size(), 3U);  // and the default
  const std::string max = page.at("pager").at("max").dump();
  page = call("GET", "/api/https/certificate/list/?limit=2&max=" + max);
  EXPECT_EQ(page.at("result").size(), 2U);
  EXPECT_TRUE(page.at("pager").at("max").is_null());
  EXPECT_EQ(code("GET", "/api/https/certificate/list/?limit=101"), 40001);

  for (int i = 0; i < 60; ++i) world.ensure_domain("e" + std::to_string(i) + ".example.com");
  page = call("GET", "/api/v2/buckets?type=ucdn&page=2&perPage=1");
  EXPECT_EQ(page.at("buckets").size(), 1U);
  EXPECT_EQ(page.at("pager"), Json({{"page", 2}, {"pages", 2}, {"total", 2}}));
  EXPECT_EQ(page.at("buckets")[0].at("domains").size(), 13U);  // with its test domain
  EXPECT_EQ(code("GET", "/api/v2/buckets?type=file"), 40001);
  EXPECT_EQ(code("GET", "/api/v2/buckets?type=ucdn&page=0"), 40001);
}

TEST_F(UpyunApiTest, BindsTheFirstTimeAndLaterByDifferentCalls) {
  log_in();
  const std::string id = store(issue({"cdn.example.com"}));
  const std::string second = store(issue({"cdn.example.com"}));
  const std::string other = store(issue({"other.example.com"}));
  const std::string manager = "/api/https/certificate/manager";
  const std::string migrate = "/api/https/migrate/domain";
  EXPECT_EQ(code("POST", migrate, move(id, "cdn.example.com")), 23602);
  EXPECT_EQ(code("POST", manager, first(other, "cdn.example.com")), 21712);
  EXPECT_EQ(code("POST", manager, first(id, "gone.example.com")), 21711);
  EXPECT_EQ(code("POST", manager, first(id, "elsewhere.example.com")), 21711);
  EXPECT_EQ(code("POST", manager, first("13da", "cdn.example.com")), 21701);
  EXPECT_EQ(code("POST", manager, {{"certificate_id", id}, {"domain", "cdn.example.com"}}), 40001);
  EXPECT_EQ(call("POST", manager, first(id, "cdn.example.com", true)).at("status"), true);
  EXPECT_EQ(code("POST", manager, first(second, "cdn.example.com")), 21713);
  EXPECT_EQ(code("POST", migrate, move(id, "cdn.example.com")), 23601);

  const std::string uses = "/api/https/certificate/manager/?certificate_id=";
  Json used = call("GET", uses + id);
  EXPECT_EQ(used.at("authenticate_domain"), Json({"cdn.example.com"}));
  EXPECT_EQ(used.at("domains")[0].at("https"), true);
  EXPECT_EQ(used.at("domains")[0].at("force_https"), true);
  EXPECT_FALSE(call("GET", uses + second).at("domains")[0].contains("https"));
  EXPECT_EQ(call("POST", migrate, move(second, "cdn.example.com")).at("status"), true);
  EXPECT_EQ(call("GET", uses + second).at("domains")[0].at("force_https"), true);
  EXPECT_EQ(code("GET", uses + "13da"), 21701);
  const Json of_domain = call("GET", "/api/https/services/manager?domain=cdn.example.com");
  EXPECT_EQ(of_domain.at("result").size(), 2U);

  const Json refused = call("DELETE", "/api/https/certificate/?certificate_id=" + second);
  EXPECT_EQ(refused.at("type"), "ThereIsBindingDomains");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(code("POST", migrate, move(id, "cdn.example.com")), 21714);
}

TEST_F(UpyunApiTest, BreaksAsToldAndOnlyThere) {
  log_in();
  const std::string id = store(issue({"cdn.example.com"}));
  const auto broken = [&](FaultKind kind) {
    faults.add({.kind = kind, .endpoint = "bind", .count = 1});
    return call("POST", "/api/https/certificate/manager", first(id, "cdn.example.com"));
  };
  EXPECT_EQ(broken(FaultKind::kThrottle).at("error_code"), 42900);
  EXPECT_EQ(status, 429);
  EXPECT_EQ(broken(FaultKind::kThrottleBody).at("error_code"), 42900);
  EXPECT_EQ(status, 200);
  EXPECT_TRUE(broken(FaultKind::kAuthRefused).is_null());
  EXPECT_EQ(status, 302);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(broken(FaultKind::kBindWithoutCode), Json::object());
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  faults.add({.kind = FaultKind::kErrorCode, .endpoint = "delete", .code = 7, .message = "x"});
  EXPECT_EQ(code("DELETE", "/api/https/certificate/?certificate_id=" + id), 7);
  EXPECT_EQ(code("GET", "/nothing"), 40400);
}

}  // namespace
}  // namespace certferry::sandbox
