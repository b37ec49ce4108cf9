#include "sandbox/ctyun/ctyun_api.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct CtyunApiTest : testing::Test {
  CtyunApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("icdn.example.com", "icdn");
    world.ensure_domain("live.example.com", "live");
  }

  std::string date(milliseconds ahead = hours(8)) const {
    std::string text = format_time(clock.now() + ahead);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
  }
  Request signed_call(const std::string& method,
                      const std::string& target,
                      const std::string& body = {},
                      const std::string& host = "127.0.0.1:8080") const {
    const auto mark = target.find('?');
    const std::string query = mark == std::string::npos ? "" : target.substr(mark + 1);
    const std::string at = date();
    const std::string text =
        "ctyun-eop-request-id:r-1\neop-date:" + at + "\n\n" + query + "\n" + sha256_hex(body);
    Secret key(hmac_sha256(Secret("SK"), at));
    key = Secret(hmac_sha256(key, "AK"));
    key = Secret(hmac_sha256(key, at.substr(0, 8)));
    Request request{.method = method, .target = target, .body = body};
    request.content_type = "application/json";
    request.headers = {{"host", host},
                       {"ctyun-eop-request-id", "r-1"},
                       {"eop-date", at},
                       {"eop-authorization",
                        "AK Headers=ctyun-eop-request-id;eop-date Signature=" +
                            base64_encode(hmac_sha256(key, text))}};
    return request;
  }
  Json answer(const Request& request) { return Json::parse(api.handle(request).body); }
  Json get(const std::string& target) { return answer(signed_call("GET", target)); }
  Json post(const std::string& path, const Json& body) {
    return answer(signed_call("POST", path, body.dump()));
  }
  Json bind(const std::string& domain, const std::string& name) {
    return post("/v1/domain/update-domain",
                {{"domain", domain}, {"https_status", "on"}, {"cert_name", name}});
  }
  static Json upload_of(const IssuedLeaf& leaf, const std::string& name) {
    return {{"name", name}, {"certs", leaf.chain_pem}, {"key", std::string(leaf.key_pem.reveal())}};
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  CtyunApi api{
      {.credentials = {.access_key = "AK", .security_key = Secret("SK")}, .work = minutes(5)},
      world,
      faults};
};

TEST_F(CtyunApiTest, TakesTheWorkedSignature) {
  const CtyunCredentials keys{.access_key = "AKEXAMPLE", .security_key = Secret("SKEXAMPLE")};
  const Time now = parse_time("2024-01-02T03:04:05Z").value();
  Request request{.method = "GET", .target = "/any?page=1&page_size=100"};
  request.headers = {{"ctyun-eop-request-id", "00000000-0000-4000-8000-000000000000"},
                     {"eop-date", "20240102T030405Z"},
                     {"eop-authorization",
                      "AKEXAMPLE Headers=ctyun-eop-request-id;eop-date "
                      "Signature=VEv1XqIP3ojIt3fVW2qNtCyLrFKtScqJS61cueBLVNk="}};
  EXPECT_FALSE(refuse_signature(request, keys, CtyunWall::kUtc, now).has_value());
  EXPECT_FALSE(refuse_signature(request, keys, CtyunWall::kUtc, now + minutes(14)).has_value());
  EXPECT_TRUE(refuse_signature(request, keys, CtyunWall::kUtc, now + minutes(16)).has_value());
  EXPECT_TRUE(refuse_signature(request, keys, CtyunWall::kBeijing, now).has_value());
  request.target = "/any?page_size=100&page=1";
  EXPECT_EQ(refuse_signature(request, keys, CtyunWall::kUtc, now)->code, "CTAPI_10009");
}

TEST_F(CtyunApiTest, RefusesWhatIsNotSigned) {
  Request request = signed_call("GET", "/v1/cert/query-cert-list");
  request.body = "x";
  EXPECT_EQ(answer(request).at("statusCode"), "CTAPI_10009");
  request.headers.back().second = "OTHER Headers=x";
  EXPECT_EQ(answer(request).at("statusCode"), "CTAPI_10002");
  request.headers.pop_back();
  EXPECT_EQ(answer(request).at("statusCode"), "CTAPI_10002");
  EXPECT_EQ(api.counters().unauthorized, 3U);
  EXPECT_EQ(get("/v1/cert/list").at("statusCode"), "CTAPI_10404");
  EXPECT_EQ(post("/v1/cert/query-cert-list", {{"page", 1}}).at("statusCode"), "CTAPI_10404");
}

TEST_F(CtyunApiTest, StoresListsAndDeletesByName) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  EXPECT_GT(post("/v1/cert/creat-cert", upload_of(leaf, "c-1")).at("returnObj").at("id"), 0);
  EXPECT_EQ(post("/v1/cert/creat-cert", upload_of(leaf, "c-1")).at("message"), "已存在重名的证书");
  Json broken = upload_of(leaf, "c-2");
  broken["key"] = std::string(issue({"cdn.example.com"}).key_pem.reveal());
  EXPECT_EQ(post("/v1/cert/creat-cert", broken).at("statusCode"), 100410);
  EXPECT_EQ(post("/v1/cert/creat-cert", {{"name", "c-2"}}).at("statusCode"), 100001);
  const Json listed = get("/v1/cert/query-cert-list?page=1&per_page=1000&usage_mode=0");
  EXPECT_EQ(listed.at("returnObj").at("total_records"), 1);
  EXPECT_EQ(listed.at("returnObj").at("result")[0].at("name"), "c-1");
  EXPECT_FALSE(listed.at("returnObj").at("result")[0].contains("key"));
  EXPECT_EQ(get("/v1/cert/query-cert-list?per_page=1001").at("statusCode"), 100001);
  EXPECT_EQ(get("/v1/cert/query-cert-detail?name=c-1").at("returnObj").at("result").at("certs"),
            leaf.chain_pem);
  EXPECT_EQ(post("/v1/cert/delete-cert", {{"name", "c-1"}}).at("statusCode"), 100000);
  EXPECT_EQ(post("/v1/cert/delete-cert", {{"name", "c-1"}}).at("message"), "证书不存在");
  EXPECT_TRUE(get("/v1/cert/query-cert-list").at("returnObj").at("result").is_null());
}

TEST_F(CtyunApiTest, ShowsTheDomainsOfAllProductsAndOneByItsOwnHost) {
  const Json listed = get("/v1/domain/query-domain-list?page=1&page_size=2").at("returnObj");
  EXPECT_EQ(listed.at("total"), 3);
  EXPECT_EQ(listed.at("result")[0].at("product_code"), "008");
  EXPECT_EQ(listed.at("result")[1].at("product_code"), "006");
  EXPECT_EQ(get("/v1/domain/query-domain-list?page=9").at("returnObj").at("result").size(), 0U);
  const std::string target = "/v1/domain/query-domain-detail?domain=icdn.example.com";
  EXPECT_EQ(get(target).at("returnObj").at("https_status"), "off");
  EXPECT_TRUE(
      answer(signed_call("GET", target, "", "ctcdn-global.ctapi.test")).at("returnObj").is_null());
  EXPECT_TRUE(
      get("/v1/domain/query-domain-detail?domain=gone.example.com").at("returnObj").is_null());
}

TEST_F(CtyunApiTest, IsStrictAboutChanges) {
  world.upload("c-1", pair_for({"cdn.example.com"}));
  world.upload("c-2", pair_for({"other.example.com"}));
  EXPECT_EQ(bind("gone.example.com", "c-1").at("message"), "域名不存在");
  EXPECT_EQ(bind("live.example.com", "c-1").at("message"), "域名不存在");
  EXPECT_EQ(bind("cdn.example.com", "c-0").at("message"), "证书不存在");
  EXPECT_EQ(bind("cdn.example.com", "c-2").at("statusCode"), 100408);
  const Json with_more = {{"domain", "cdn.example.com"}, {"cert_name", "c-1"}, {"origin", "x"}};
  EXPECT_EQ(post("/v1/domain/update-domain", with_more).at("statusCode"), 100001);
  api.https_of("cdn.example.com").force = true;
  EXPECT_EQ(bind("cdn.example.com", "c-1").at("statusCode"), 100000);
  EXPECT_EQ(bind("cdn.example.com", "c-1").at("message"), "请求已提交，请勿重复操作！");
  EXPECT_EQ(get("/v1/domain/query-domain-list").at("returnObj").at("result")[0].at("status"), 3);
  const Json detail = get("/v1/domain/query-domain-detail?domain=cdn.example.com").at("returnObj");
  EXPECT_EQ(detail.at("cert_name"), "c-1");
  EXPECT_EQ(detail.at("https_basic").at("https_force"), "on");
  clock.elapsed += minutes(6);
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(bind("cdn.example.com", "c-1").at("statusCode"), 100406);
}

TEST_F(CtyunApiTest, AccessOneHasCertificatesOfItsOwnAndReplacesSettings) {
  world.ensure_domain("ao.example.com", "ao");
  const std::string config = "/ctapi/v1/accessone/domain/config";
  const Json which = {{"domain", "ao.example.com"}, {"product_code", "020"}};
  const auto modify = [&](const Json& change) {
    Json body = {{"domain", "ao.example.com"},
                 {"product_code", "020"},
                 {"origin", {{{"origin", "o.example.com"}, {"role", "master"}, {"weight", "1"}}}},
                 {"https_status", "on"},
                 {"cert_name", "c-1"},
                 {"ssl_stapling", "on"}};
    body.update(change);
    return post("/ctapi/v1/scdn/domain/modify_config", body).at("statusCode");
  };
  world.upload("c-1", pair_for({"ao.example.com"}));
  EXPECT_EQ(modify(Json::object()), 100405);  // it is in CDN's list alone
  const std::string create = "/ctapi/v1/accessone/cert/create";
  const IssuedLeaf leaf = issue({"ao.example.com"});
  EXPECT_EQ(post(create, upload_of(leaf, "c-1")).at("statusCode"), 100000);
  EXPECT_EQ(post(create, upload_of(leaf, "c-1")).at("message"), "已存在重名的证书");
  const Json copies = get("/ctapi/v1/accessone/cert/list?per_page=1000").at("returnObj");
  EXPECT_EQ(copies.at("total_records"), 1);
  EXPECT_EQ(copies.at("result")[0].at("name"), "c-1");
  EXPECT_EQ(world.entries().size(), 1U);

  EXPECT_EQ(modify({{"origin", Json::array()}}), 100001);
  for (const Json& odd : {Json{{"origin", "o"}, {"weight", "1"}},
                          Json{{"origin", "o"}, {"role", "master"}, {"weight", 1}},
                          Json{{"origin", "o"}, {"role", "master"}, {"weight", "0"}}}) {
    EXPECT_EQ(modify({{"origin", Json::array({odd})}}), 100001) << odd;
  }
  EXPECT_EQ(modify({{"cname", "x"}}), 100001);
  EXPECT_EQ(modify({{"product_code", "008"}}), 100404);
  EXPECT_EQ(modify(Json::object()), 100000);
  EXPECT_EQ(modify(Json::object()), 100407);
  const Json set = post(config, which).at("returnObj");
  EXPECT_EQ(set.at("cert_name"), "c-1");
  EXPECT_EQ(set.at("ssl_stapling"), "on");
  EXPECT_EQ(set.at("https_basic").at("https_force"), "off");
  EXPECT_EQ(set.at("origin")[0].at("origin"), "o.example.com");
  EXPECT_EQ(world.entries().size(), 1U);
  EXPECT_EQ(world.find_domain("ao.example.com")->bound()->pair.leaf.fingerprint,
            leaf.leaf.fingerprint);
  EXPECT_TRUE(post(config, {{"domain", "cdn.example.com"}, {"product_code", "020"}})
                  .at("returnObj")
                  .is_null());
  // Its calls are at its own host alone, and CDN's are not there.
  for (const auto& [path, host] :
       {std::pair("/ctapi/v2/domain/query", "ctcdn-global.ctapi.test"),
        std::pair("/v1/domain/query-domain-list", "accessone-global.ctapi.test")}) {
    EXPECT_EQ(answer(signed_call("GET", path, "", host)).at("statusCode"), "CTAPI_10404") << path;
  }
}

TEST_F(CtyunApiTest, BreaksAsTold) {
  world.upload("c-1", pair_for({"cdn.example.com"}));
  const auto broken = [&](FaultKind kind) {
    faults.add({.kind = kind, .endpoint = "/v1/domain/update-domain", .count = 1});
    return bind("cdn.example.com", "c-1");
  };
  EXPECT_EQ(broken(FaultKind::kThrottle).at("error"), "openapi.flowlimit");
  EXPECT_EQ(broken(FaultKind::kAuthRefused).at("statusCode"), "CTAPI_10002");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_FALSE(broken(FaultKind::kBindWithoutCode).contains("statusCode"));
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
}

}  // namespace
}  // namespace certferry::sandbox
