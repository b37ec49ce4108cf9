#include "providers/huaweicloud/waf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "providers/huaweicloud/huaweicloud.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kId = "scs1600313391074";
const Time kEnd = parse_time("2026-04-15T08:30:59Z").value();  // 1776241859
const std::string kCopyName = "certferry-scs1600313391074-1776241859";

Json host(const std::string& id, const std::string& name, const std::string& kind = "cloud") {
  return {{"id", id}, {"hostname", name}, {"waf_type", kind}, {"protect_status", 1}};
}

Json own(const std::string& id,
         const std::string& name,
         const std::vector<Json>& hosts = {},
         std::int64_t end = 1776241859000) {
  return {{"id", id}, {"name", name}, {"expire_time", end}, {"bind_host", hosts}};
}

struct HuaweiCloudWafTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  HuaweiCloud account{config(), http, clock};

  static HuaweiCloudConfig config() {
    return {.endpoint = "https://{service}.myhuaweicloud.com",
            .region = "",
            .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
            .domain_id = "D1",
            .project_id = "P1",
            .enterprise_project_id = "",
            .waf_region = "cn-east-3",
            .waf_project_id = "P2"};
  }
  void will_list(const std::vector<Json>& items) {
    http.will_answer(200, Json{{"total", items.size()}, {"items", items}}.dump());
  }
  Result<std::vector<Binding>> list() { return finish(account.list_bindings("waf")); }
  Result<BindDone> bind(bool with_bundle = true, const std::string& id = kId) {
    auto bundle = std::make_shared<Bundle>();
    bundle->leaf.not_after = kEnd;
    bundle->chain_pem = "CHAIN";
    bundle->key_pem = Secret("KEY");
    return finish(account.bind({.product = "waf",
                                .binding = {.name = "a.example.com",
                                            .vendor_name = "a.example.com",
                                            .settings = {{"hosts", "cloud/h1,premium/h2"}}},
                                .stored_id = id,
                                .bundle = with_bundle ? bundle : nullptr}));
  }
  /// Method, path and query of each call at WAF's host.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      const std::string host = "https://waf.cn-east-3.myhuaweicloud.com/v1/P2";
      out.push_back(one.method + " " +
                    (one.url.starts_with(host) ? one.url.substr(host.size()) : one.url));
    }
    return out;
  }
};

TEST_F(HuaweiCloudWafTest, ListsHostsAndWhatTheCertificatesSayOfThem) {
  Json bypassed = host("h5", "e.example.com");
  bypassed["protect_status"] = -1;
  will_list({host("h1", "A.example.com"),
             host("h2", ".example.net", "premium"),
             host("h3", "c.example.com:8443", "premium"),
             host("h4", "http.example.com"),
             bypassed});
  will_list({own("w1", kCopyName, {host("h1", "A.example.com")}),
             own("w2", "by hand", {host("h2", ".example.net", "premium"), host("h5", "e")}),
             own("w3", kCopyName, {host("h3", "c.example.com", "premium")}, 1800000000000)});
  const auto bindings = list().value();
  ASSERT_EQ(bindings.size(), 5U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].vendor_name, "A.example.com");
  EXPECT_EQ(bindings[0].edge_name, "");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, kId);
  EXPECT_EQ(bindings[0].settings.at("hosts"), "cloud/h1");
  EXPECT_EQ(bindings[1].name, "*.example.net");
  EXPECT_EQ(bindings[1].stored_id, "waf:w2");
  EXPECT_EQ(bindings[2].name, "c.example.com");
  // Somebody replaced what is in it: the end is another one than its name tells.
  EXPECT_EQ(bindings[2].stored_id, "waf:w3");
  EXPECT_FALSE(bindings[3].online);
  EXPECT_EQ(bindings[3].status, "offline");
  EXPECT_EQ(bindings[3].stored_id, std::nullopt);
  EXPECT_FALSE(bindings[4].online);
  EXPECT_EQ(bindings[4].stored_id, "waf:w2");
  EXPECT_FALSE(bindings[4].settings.contains("hosts"));
  EXPECT_THAT(asked(),
              ElementsAre("GET /composite-waf/host?enterprise_project_id=all_granted_eps&page=1"
                          "&pagesize=100",
                          "GET /waf/certificate?enterprise_project_id=all_granted_eps&host=true"
                          "&page=1&pagesize=100"));
  EXPECT_EQ(http.sent[0].headers.at("X-Project-Id"), "P2");
}

TEST_F(HuaweiCloudWafTest, TakesHostsOfOneNameTogether) {
  will_list({host("h1", "a.example.com"), host("h2", "a.example.com:8443", "premium")});
  will_list({own("w1", kCopyName, {host("h1", "a.example.com")}),
             own("w2", "by hand", {host("h2", "a.example.com", "premium")})});
  const auto bindings = list().value();
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].stored_id, kId + " and waf:w2");
  EXPECT_EQ(bindings[0].settings.at("hosts"), "cloud/h1,premium/h2");
}

TEST_F(HuaweiCloudWafTest, TakesNothingOddForAList) {
  for (const std::string hosts : {R"([{"id":"h1","waf_type":"cloud"}])",
                                  R"([{"hostname":"a","waf_type":"cloud"}])",
                                  R"([{"id":"h1","hostname":"a","waf_type":"other"}])",
                                  R"([{"id":"h,1","hostname":"a","waf_type":"cloud"}])"}) {
    http.will_answer(200, R"({"total":1,"items":)" + hosts + "}");
    will_list({});
    EXPECT_EQ(list().error().kind, ErrorKind::kUnavailable) << hosts;
  }
  will_list({host("h1", "a.example.com")});
  http.will_answer(200, R"({"total":1,"items":[{"id":"w1","name":"x","bind_host":7}]})");
  EXPECT_EQ(list().error().code, "reply.shape");
}

TEST_F(HuaweiCloudWafTest, BelievesNoNameThatTellsAnEndPastAll) {
  for (const char* end : {"9223372036854775807", "9223372036854775808", "253402300800", "-1"}) {
    will_list({host("h1", "a.example.com")});
    will_list({own("w1", "certferry-scs1-" + std::string(end), {host("h1", "a.example.com")})});
    EXPECT_EQ(list().value().at(0).stored_id, "waf:w1") << end;
  }
}

TEST_F(HuaweiCloudWafTest, CopiesABundleOnceAndAppliesTheCopy) {
  will_list({own("w9", "by hand")});
  will_list({});
  http.will_answer(200, R"({"id":"w1","key":"KEY"})");
  http.will_answer(200, R"({"id":"w1","bind_host":[]})");
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(asked(),
              ElementsAre(HasSubstr("&host=true&"),
                          HasSubstr("&host=false&"),
                          "POST /waf/certificate",
                          "POST /waf/certificate/w1/apply-to-hosts"));
  EXPECT_EQ(http.sent[2].body, R"({"name":")" + kCopyName + R"(","content":"CHAIN","key":"KEY"})");
  EXPECT_EQ(http.sent[3].body, R"({"cloud_host_ids":["h1"],"premium_host_ids":["h2"]})");
  EXPECT_TRUE(http.sent[3].changes_state);
  // It is known by now.
  http.will_answer(200, R"({"id":"w1"})");
  ASSERT_TRUE(bind(false).has_value());
  EXPECT_EQ(http.sent.size(), 5U);
}

TEST_F(HuaweiCloudWafTest, TakesACopyThatIsThereWhicheverListHasIt) {
  for (const bool used : {true, false}) {
    HuaweiCloud other{config(), http, clock};
    will_list(used ? std::vector{own("w1", kCopyName)} : std::vector<Json>{});
    will_list({own("w1", kCopyName)});
    http.will_answer(200, R"({"id":"w1"})");
    const auto done = finish(other.bind({.product = "waf",
                                         .binding = {.name = "a.example.com",
                                                     .vendor_name = "a.example.com",
                                                     .settings = {{"hosts", "cloud/h1"}}},
                                         .stored_id = kId}));
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(http.sent.back().body, R"({"cloud_host_ids":["h1"]})");
  }
  EXPECT_EQ(http.sent.size(), 6U);
}

TEST_F(HuaweiCloudWafTest, GoesBackToSomebodysOwn) {
  will_list({own("w2", "by hand")});
  will_list({});
  http.will_answer(200, R"({"id":"w2"})");
  EXPECT_TRUE(bind(false, "waf:w2").has_value());
  EXPECT_THAT(http.sent.back().url, HasSubstr("/w2/apply-to-hosts"));
}

TEST_F(HuaweiCloudWafTest, CannotCopyWhatIsNotHere) {
  for (const std::string& id : {kId, std::string("waf:w7")}) {
    will_list({});
    will_list({});
    const auto done = bind(false, id);
    EXPECT_EQ(done.error().kind, ErrorKind::kNotFound) << id;
    EXPECT_THAT(done.error().text(), HasSubstr(id));
  }
  const auto nowhere = finish(account.bind(
      {.product = "waf", .binding = {.name = "a", .vendor_name = "a"}, .stored_id = kId}));
  EXPECT_EQ(nowhere.error().kind, ErrorKind::kNotFound);
  for (const auto& one : http.sent) EXPECT_FALSE(one.changes_state);
}

TEST_F(HuaweiCloudWafTest, AnAnswerAboutSomethingElseDecidesNothing) {
  will_list({own("w1", kCopyName)});
  will_list({});
  http.will_answer(200, R"({"id":"w2"})");
  EXPECT_EQ(bind().error().kind, ErrorKind::kMaybeApplied);
  http.will_answer(200, "{}");
  EXPECT_EQ(bind().error().kind, ErrorKind::kMaybeApplied);
}

TEST_F(HuaweiCloudWafTest, LooksForTheCopyAnewWhenItIsGone) {
  will_list({own("w1", kCopyName)});
  will_list({});
  http.will_answer(404, R"({"error_code":"WAF.1","error_msg":"no such certificate"})");
  EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  will_list({own("w2", kCopyName)});
  will_list({});
  http.will_answer(200, R"({"id":"w2"})");
  EXPECT_TRUE(bind().has_value());
}

TEST_F(HuaweiCloudWafTest, NoErrorHasTheKeyThatAnAnswerHolds) {
  will_list({});
  will_list({});
  http.will_answer(400, R"({"name":"x","key":"-----BEGIN PRIVATE KEY-----"})");
  EXPECT_THAT(bind().error().text(), Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(HuaweiCloudWafTest, DeletesCopiesBeforeTheCertificateInScm) {
  const auto begin = [&] {
    http.will_answer(200, R"({"total":0,"domains":[]})");
    http.will_answer({.status = 200,
                      .headers = {{"x-obs-request-id", "R-1"}},
                      .body = "<ListAllMyBucketsResult/>"});
  };
  begin();
  will_list({});  // hosts
  will_list({own("w2", kCopyName, {}, 1800000000000)});
  will_list({own("w1", kCopyName), own("w3", "certferry-scs2-1776241859")});
  http.will_answer(200, R"({"id":"w1"})");
  http.will_answer(
      200,
      R"({"results":[{"certificate_id":")" + kId + R"(","total_num":0,"deployed_resources":[]}]})");
  http.will_answer(204, "");
  ASSERT_TRUE(finish(account.remove(kId)).has_value());
  std::vector<std::string> deleted;
  for (const auto& one : http.sent) {
    if (one.method == "DELETE") deleted.push_back(one.url);
  }
  EXPECT_THAT(deleted, ElementsAre(HasSubstr("/waf/certificate/w1"), HasSubstr("/scm/")));

  begin();
  will_list({host("h1", "a.example.com")});
  will_list({own("w1", kCopyName, {host("h1", "a.example.com")})});
  EXPECT_EQ(finish(account.remove(kId)).error().kind, ErrorKind::kInUse);
  begin();
  will_list({});
  // A host that the list of hosts does not have, in another enterprise project say.
  will_list({own("w1", kCopyName, {host("h1", "a.example.com")})});
  will_list({});
  const auto used = finish(account.remove(kId));
  EXPECT_EQ(used.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(used.error().text(), HasSubstr("a.example.com"));
}

TEST_F(HuaweiCloudWafTest, IsNotAskedBeforeADeleteByWhoDoesNotDeployToIt) {
  HuaweiCloudConfig without = config();
  without.waf_region.clear();
  without.waf_project_id.clear();
  HuaweiCloud other{without, http, clock};
  http.will_answer(200, R"({"total":0,"domains":[]})");
  http.will_answer({.status = 200,
                    .headers = {{"x-obs-request-id", "R-1"}},
                    .body = "<ListAllMyBucketsResult/>"});
  http.will_answer(
      200,
      R"({"results":[{"certificate_id":")" + kId +
          R"(","total_num":1,"deployed_resources":[{"service":"WAF","resource_num":1,)"
          R"("region_resources":[{"region_id":"cn-east-3","is_error":false,)"
          R"("resources":[{"resource_id":"h","resource_name":"a.example.com"}]}]}]}]})");
  const auto kept = finish(other.remove(kId));
  EXPECT_EQ(kept.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(kept.error().text(), HasSubstr("WAF (a.example.com)"));
}

TEST_F(HuaweiCloudWafTest, IsWhereTheStoreIsUnlessItHasARegionAndAProject) {
  HuaweiCloudConfig other = config();
  other.waf_region.clear();
  EXPECT_THROW(HuaweiCloud(other, http, clock), Error);
  other.waf_project_id.clear();
  other.enterprise_project_id = "E1";
  HuaweiCloud there{other, http, clock};
  will_list({});
  ASSERT_TRUE(finish(there.list_bindings("waf")).has_value());
  EXPECT_EQ(http.sent.back().url,
            "https://waf.cn-north-4.myhuaweicloud.com/v1/P1/composite-waf/host"
            "?enterprise_project_id=E1&page=1&pagesize=100");
  other.waf_region = "cn-east-3.example.com/";
  other.waf_project_id = "P2";
  EXPECT_THROW(HuaweiCloud(other, http, clock), Error);
}

}  // namespace
}  // namespace certferry
