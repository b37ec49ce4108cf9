#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/tencentcloud/test_support.h"

namespace certferry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::request_for;
using Json = nlohmann::json;

Json rule(const std::string& name,
          const Json& certificate,
          const std::string& owner = "bgpip-1",
          const std::string& port = "443") {
  return {{"Domain", name},
          {"InstanceId", owner},
          {"Protocol", "https"},
          {"CertId", certificate},
          {"VirtualPort", port}};
}

Json route(const std::string& name, const std::string& certificate, const Json& more = {}) {
  Json out = {{"Domain", name},
              {"CertId", certificate},
              {"AccessType", "DIRECT"},
              {"Protocol", "HTTP_TO_HTTPS"},
              {"Enable", true},
              {"IsDefault", false},
              {"Status", "SUCCESS"}};
  if (more.is_object()) out.update(more);
  return out;
}

struct TencentSslDeployTest : testing::TencentCloudTest {
  void will_list_rules(const std::vector<Json>& rules) {
    will_answer({{"TotalCount", rules.size()}, {"InstanceList", rules}});
  }
  void will_list_routes(const std::vector<Json>& routes) {
    will_answer({{"TotalCount", routes.size()}, {"Domains", routes}});
  }
  /// One environment of Shanghai, with these.
  void will_list_cloudbase(const std::vector<Json>& routes) {
    will_list_environments({{"front-1", "ap-shanghai"}});
    will_list_environments({});
    will_refuse("UnsupportedRegion");
    will_list_routes(routes);
  }
  void will_list_no_cloudbase() {
    for (int region = 0; region < 3; ++region) will_list_environments({});
  }
  void will_list_jobs(const std::vector<Json>& jobs) {
    will_answer({{"TotalCount", jobs.size()}, {"DeployRecordList", jobs}});
  }
  void will_begin(std::int64_t id) { will_answer({{"DeployRecordId", id}, {"DeployStatus", 1}}); }
  /// Of a job with a part for each reason, which is empty where it was done.
  void will_say_of_job(const std::vector<std::string>& reasons) {
    Json parts = Json::array();
    int failed = 0;
    for (const std::string& reason : reasons) {
      parts.push_back({{"Domains", Json::array({"a.example.com"})}, {"ErrorMsg", reason}});
      failed += reason.empty() ? 0 : 1;
    }
    will_answer({{"TotalCount", reasons.size()},
                 {"SuccessTotalCount", static_cast<int>(reasons.size()) - failed},
                 {"FailedTotalCount", failed},
                 {"DeployRecordDetailList", parts}});
  }
  /// That a job is begun and done.
  void will_carry() {
    will_list_jobs({});
    will_begin(8);
    will_say_of_job({""});
  }
  Result<std::vector<Binding>> list() { return finish(account.list_bindings("ssl-deploy")); }
  Result<BindDone> bind() {
    return finish(account.bind(request_for("ssl-deploy", "a.example.com", "new")));
  }
  std::map<std::string, Binding> by_name() {
    std::map<std::string, Binding> out;
    const auto bindings = list();
    EXPECT_TRUE(bindings.has_value()) << bindings.error().text();
    for (const Binding& one : bindings.value_or(std::vector<Binding>())) out[one.vendor_name] = one;
    return out;
  }
  /// The bodies of all orders.
  std::vector<Json> orders() {
    std::vector<Json> out;
    for (std::size_t i = 0; i < http.sent.size(); ++i) {
      if (asked().at(i) == "DeployCertificateInstance") out.push_back(body(i));
    }
    return out;
  }
};

TEST_F(TencentSslDeployTest, ReadsRulesOfAntiDdosAndDomainsOfCloudBase) {
  Json plain = rule("http.example.com", nullptr);
  plain["Protocol"] = "http";
  Json nowhere = rule("nowhere.example.com", "old");
  nowhere["InstanceId"] = nullptr;
  will_list_rules({rule("a.example.com", "abCD1234"),
                   rule("B.example.com", nullptr),
                   plain,
                   nowhere,
                   rule("pipe.example.com", "old", "bgpip|1"),
                   rule("port.example.com", "old", "bgpip-1", "8443")});
  will_list_cloudbase({route("c.example.com", "abCD1234"),
                       route("d.example.com", ""),
                       route("busy.example.com", "old", {{"Status", "PROCESSING"}}),
                       route("off.example.com", "old", {{"Enable", false}}),
                       route("plain.example.com", "old", {{"Protocol", "HTTP"}}),
                       route("cdn.example.com", "old", {{"AccessType", "CDN"}}),
                       route("fail.example.com", "old", {{"Status", "FAIL"}}),
                       route("front-1.tcloudbase.com", "theirs", {{"IsDefault", true}})});
  const auto all = by_name();
  ASSERT_EQ(all.size(), 14U);
  for (const auto& [name, id] : {std::pair("a.example.com", "abCD1234"),
                                 std::pair("B.example.com", ""),
                                 std::pair("c.example.com", "abCD1234"),
                                 std::pair("d.example.com", "")}) {
    EXPECT_TRUE(all.at(name).online) << name;
    EXPECT_EQ(all.at(name).status, "online") << name;
    EXPECT_EQ(all.at(name).stored_id.value_or(""), id) << name;
  }
  EXPECT_EQ(all.at("B.example.com").name, "b.example.com");
  EXPECT_TRUE(all.at("busy.example.com").online);
  EXPECT_EQ(all.at("busy.example.com").status, "online, being changed");
  for (const auto& [name, why] : {std::pair("http.example.com", "without HTTPS"),
                                  std::pair("nowhere.example.com", "does not name"),
                                  std::pair("pipe.example.com", "does not name"),
                                  std::pair("port.example.com", "at port 8443"),
                                  std::pair("off.example.com", "offline"),
                                  std::pair("plain.example.com", "HTTP alone"),
                                  std::pair("cdn.example.com", "behind CDN"),
                                  std::pair("fail.example.com", "not set up (FAIL)"),
                                  std::pair("front-1.tcloudbase.com", "CloudBase's own")}) {
    EXPECT_FALSE(all.at(name).online) << name;
    EXPECT_THAT(all.at(name).status, HasSubstr(why));
  }
  EXPECT_EQ(all.at("a.example.com").settings.at("place.bgpip-1|a.example.com|443"), "Anti-DDoS");
  EXPECT_EQ(all.at("c.example.com").settings.at("front-1.Protocol"), "HTTP_TO_HTTPS");
  EXPECT_THAT(asked(),
              ElementsAre("DescribeHostDdosInstanceList",
                          "DescribeEnvs",
                          "DescribeEnvs",
                          "DescribeEnvs",
                          "DescribeHTTPServiceRoute"));
  EXPECT_EQ(body(0),
            (Json{{"ResourceType", "ddos"}, {"IsCache", 0}, {"Limit", 100}, {"Offset", 0}}));
  EXPECT_FALSE(http.sent.at(0).headers.contains("X-TC-Region"));
  EXPECT_EQ(body(1), (Json{{"Limit", 100}, {"Offset", 0}}));
  EXPECT_EQ(body(4), (Json{{"EnvId", "front-1"}, {"Limit", 100}, {"Offset", 0}}));
  std::size_t call = 1;
  for (const char* region : {"ap-shanghai", "ap-singapore", "ap-guangzhou", "ap-shanghai"}) {
    EXPECT_EQ(http.sent.at(call).headers.at("X-TC-Region"), region);
    EXPECT_EQ(http.sent.at(call).url, "https://tcb.tencentcloudapi.com/");
    EXPECT_EQ(http.sent.at(call++).headers.at("X-TC-Version"), "2018-06-08");
  }
}

TEST_F(TencentSslDeployTest, AsksEachEnvironmentOnceWhereverItIsListed) {
  will_list_rules({});
  for (int region = 0; region < 3; ++region) will_list_environments({{"back-1", "ap-singapore"}});
  will_list_routes({route("a.example.com", "old")});
  EXPECT_EQ(by_name().size(), 1U);
  EXPECT_EQ(http.sent.at(4).headers.at("X-TC-Region"), "ap-singapore");
  // One that is gone by then, and one that never served by HTTP, have no domains.
  for (const char* code : {"ResourceNotFound", "InvalidParameter.ServiceNotExist"}) {
    will_list_rules({});
    will_list_environments({{"back-1", "ap-singapore"}});
    will_list_environments({});
    will_list_environments({});
    will_refuse(code);
    EXPECT_THAT(by_name(), IsEmpty()) << code;
  }
}

TEST_F(TencentSslDeployTest, AsksNoCloudBaseOfAnInternationalAccount) {
  TencentCloud abroad = make({.site = "intl"});
  will_list_rules({rule("a.example.com", "old")});
  EXPECT_EQ(finish(abroad.list_bindings("ssl-deploy")).value().size(), 1U);
  EXPECT_THAT(asked(), ElementsAre("DescribeHostDdosInstanceList"));
}

TEST_F(TencentSslDeployTest, TakesNoRowWithoutAName) {
  will_list_rules({{{"InstanceId", "bgpip-1"}}});
  const Error error = list().error();
  EXPECT_EQ(error.code, "reply.shape");
  EXPECT_EQ(error.activity, "listing the names of Anti-DDoS and CloudBase at Tencent Cloud");
}

TEST_F(TencentSslDeployTest, CarriesACertificateToARuleByAJob) {
  will_list_rules({rule("a.example.com", "old")});
  will_list_no_cloudbase();
  ASSERT_TRUE(list().has_value());
  http.sent.clear();
  will_carry();
  const auto done = bind();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_THAT(asked(),
              ElementsAre("DescribeHostDeployRecord",
                          "DeployCertificateInstance",
                          "DescribeHostDeployRecordDetail"));
  EXPECT_EQ(body(0).at("ResourceType"), "ddos");
  EXPECT_EQ(body(1),
            (Json{{"CertificateId", "new"},
                  {"ResourceType", "ddos"},
                  {"InstanceIdList", Json::array({"bgpip-1|a.example.com|443"})},
                  {"Status", 1},
                  {"IsCache", 0}}));
  EXPECT_FALSE(http.sent.at(1).headers.contains("X-TC-Region"));
  EXPECT_TRUE(http.sent.at(1).changes_state);
}

TEST_F(TencentSslDeployTest, CarriesACertificateToADomainOfCloudBaseInItsRegion) {
  will_list_rules({});
  will_list_cloudbase({route("a.example.com", "old")});
  will_carry();
  ASSERT_TRUE(bind().has_value());
  const auto made = orders();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].at("ResourceType"), "tcb");
  EXPECT_EQ(made[0].at("InstanceIdList"),
            (Json{"AccessService|ap-shanghai|front-1|a.example.com"}));
  for (std::size_t i = 5; i < 8; ++i) {
    EXPECT_EQ(http.sent.at(i).headers.at("X-TC-Region"), "ap-shanghai");
  }
}

TEST_F(TencentSslDeployTest, BringsANameThatIsAtSeveralPlacesToEachOfThem) {
  const auto lists = [&](const std::string& first,
                         const std::string& second,
                         const std::string& third,
                         const std::string& fourth) {
    will_list_rules({rule("a.example.com", first),
                     rule("A.example.com", second, "bgpip-2"),
                     rule("a.example.com", third, "bgpip-3")});
    will_list_cloudbase({route("a.example.com", fourth)});
  };
  lists("old", "new", "old", "older");
  EXPECT_EQ(by_name().at("a.example.com").stored_id, "new and old and older");
  lists("old", "new", "old", "older");  // read right before, for what has it already is refused
  will_list_jobs({});
  will_begin(8);
  will_say_of_job({"", ""});
  will_carry();
  ASSERT_TRUE(bind().has_value());
  const auto made = orders();
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].at("InstanceIdList"),
            (Json{"bgpip-1|a.example.com|443", "bgpip-3|a.example.com|443"}));
  EXPECT_EQ(made[1].at("ResourceType"), "tcb");
  lists("new", "new", "new", "new");
  EXPECT_EQ(by_name().at("a.example.com").stored_id, "new");
  lists("new", "new", "new", "new");
  ASSERT_TRUE(bind().has_value());
  EXPECT_EQ(orders().size(), 2U);
}

TEST_F(TencentSslDeployTest, SaysThatItStoppedHalfway) {
  const auto lists = [&] {
    will_list_rules({rule("a.example.com", "old"), rule("a.example.com", "old", "bgpip-2")});
    will_list_cloudbase({route("a.example.com", "old")});
  };
  // The second job is refused, or fails; or the first does for one of its two.
  for (const std::string how : {"refused", "failed", "one of two"}) {
    lists();
    will_list_jobs({});
    will_begin(8);
    will_say_of_job({"", how == "one of two" ? "no way" : ""});
    if (how != "one of two") will_list_jobs({});
    if (how == "refused") will_refuse("FailedOperation.CertificateDeployHasPendingRecord");
    if (how == "failed") {
      will_begin(9);
      will_say_of_job({"no way"});
    }
    const Error error = bind().error();
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << how;
    EXPECT_EQ(error.code, "vendor.halfway") << how;
    EXPECT_THAT(error.text(), Not(HasSubstr("nothing was changed"))) << how;
    if (how != "refused") EXPECT_EQ(error.vendor_message, "no way") << how;
  }
  // Where nothing was carried before, it is what it is.
  lists();
  will_list_jobs({});
  will_begin(8);
  will_say_of_job({"no way", "no way"});
  EXPECT_EQ(bind().error().kind, ErrorKind::kRejected);
}

TEST_F(TencentSslDeployTest, TellsWhatIsThereAlreadyFromWhatDoesNotFit) {
  for (const bool there : {true, false}) {
    will_list_rules({rule("a.example.com", "old")});
    will_list_no_cloudbase();
    ASSERT_TRUE(list().has_value());
    will_list_jobs({});
    will_refuse("FailedOperation.CertificateNotDeployInstance");
    will_list_rules({rule("a.example.com", there ? "new" : "old")});
    will_list_no_cloudbase();
    const auto done = bind();
    EXPECT_EQ(done.has_value(), there);
    if (!there) EXPECT_EQ(done.error().kind, ErrorKind::kRejected);
  }
}

TEST_F(TencentSslDeployTest, ListsWhatIsOnItsWayWhileTheJobTakesLong) {
  const auto lists = [&] {
    will_list_rules({rule("a.example.com", "old")});
    will_list_no_cloudbase();
  };
  const Json running = {{"TotalCount", 1}, {"RunningTotalCount", 1}};
  lists();
  will_list_jobs({});
  will_begin(8);
  for (int i = 0; i < 24; ++i) will_answer(running);
  ASSERT_TRUE(bind().has_value());
  lists();
  will_answer(running);
  const Binding deploying = by_name().at("a.example.com");
  EXPECT_EQ(deploying.stored_id, "new");
  EXPECT_EQ(deploying.status, "online, certificate deploying");
  lists();
  will_say_of_job({"no way"});
  const Binding failed = by_name().at("a.example.com");
  EXPECT_EQ(failed.stored_id, "old");
  EXPECT_EQ(failed.status, "online, certificate failed");
}

TEST_F(TencentSslDeployTest, KnowsNoOtherDomain) {
  will_list_rules({rule("b.example.com", "old"), rule("a.example.com", "old", "bgpip-1", "80")});
  will_list_no_cloudbase();
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kNotFound);
  EXPECT_THAT(error.activity, HasSubstr("a.example.com of Anti-DDoS and CloudBase"));
}

TEST_F(TencentSslDeployTest, ServesOneKindWhereTheOtherMayNotBeListed) {
  will_refuse("UnauthorizedOperation");
  will_list_cloudbase({route("a.example.com", "old")});
  const auto all = by_name();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all.at("a.example.com").online);
  EXPECT_FALSE(all.at("Anti-DDoS").online);
  EXPECT_EQ(all.at("Anti-DDoS").status, "its names may not be listed");
  // Whatever those have is kept, where the product is looked after.
  will_list_nothing(true, true, false);
  will_refuse("UnauthorizedOperation");
  will_list_cloudbase({route("a.example.com", "old")});
  const Error error = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(error.code, "vendor.unknown_user");
  EXPECT_THAT(error.text(), HasSubstr("Anti-DDoS"));
  EXPECT_THAT(asked(), Not(Contains("DeleteCertificate")));
  // Where it is not, the vendor looks, as it does for a product that may not be asked at all.
  TencentCloud other = make({});
  will_list_nothing(true, true, false);
  will_refuse("UnauthorizedOperation");
  will_list_cloudbase({route("a.example.com", "old")});
  will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
  will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 1}}})}});
  EXPECT_TRUE(finish(other.remove("abCD1234")).has_value());
}

TEST_F(TencentSslDeployTest, NamesThePermissionWhereNothingMayBeListed) {
  will_refuse("UnauthorizedOperation");
  will_refuse("UnauthorizedOperation");
  const Error error = list().error();
  EXPECT_EQ(error.code, "vendor.permission");
  EXPECT_THAT(error.text(), HasSubstr("tcb:DescribeEnvs"));
}

TEST_F(TencentSslDeployTest, ServesOneEnvironmentWhereAnotherMayNotBeListed) {
  will_list_rules({});
  will_list_environments({{"front-1", "ap-shanghai"}, {"back-1", "ap-shanghai"}});
  will_list_environments({});
  will_list_environments({});
  will_refuse("UnauthorizedOperation");
  will_list_routes({route("a.example.com", "old")});
  const auto all = by_name();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all.at("a.example.com").online);
  EXPECT_FALSE(all.at("front-1").online);
  EXPECT_THAT(all.at("front-1").stored_id.value(), HasSubstr("unknown in"));
}

TEST_F(TencentSslDeployTest, TakesAKindThatWasNeverOpenedForOneWithoutNames) {
  // The second as CloudBase says it, with a letter more than others.
  for (const char* code : {"ResourceNotFound.UserNotExist", "ResourceNotFound.UserNotExists"}) {
    will_list_rules({rule("a.example.com", "old")});
    will_refuse(code);
    EXPECT_EQ(by_name().size(), 1U) << code;
  }
  // It uses nothing then.
  will_list_nothing(true, true, false);
  will_list_rules({rule("a.example.com", "old")});
  will_refuse("ResourceNotFound.UserNotExists");
  will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
  will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 1}}})}});
  EXPECT_TRUE(finish(account.remove("abCD1234")).has_value());
}

TEST_F(TencentSslDeployTest, TakesARefusalInOtherWordsForNamesThatAreNotKnown) {
  for (const char* code : {"OperationDenied", "ResourceNotFound"}) {
    will_list_rules({rule("a.example.com", "old")});
    will_refuse(code);
    const auto all = by_name();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all.at("a.example.com").online);
    EXPECT_FALSE(all.at("CloudBase").online);
    EXPECT_EQ(all.at("CloudBase").status, std::string("its names cannot be listed: ") + code);
    // Not none: an account may be refused for a while that has names there, and they may have any
    // certificate until they are seen.
    EXPECT_THAT(all.at("CloudBase").stored_id.value_or(""), HasSubstr("unknown in"));
    will_list_nothing(true, true, false);
    will_list_rules({rule("a.example.com", "old")});
    will_refuse(code);
    const Error error = finish(account.remove("abCD1234")).error();
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error.code, "vendor.unknown_user");
    EXPECT_THAT(error.text(), HasSubstr("CloudBase"));
    EXPECT_THAT(error.text(), HasSubstr("see at the vendor why it is refused"));
    EXPECT_THAT(asked(), Not(Contains("DeleteCertificate")));
  }
}

TEST_F(TencentSslDeployTest, KnowsThatAKindIsOpenedOnceItHasAnswered) {
  will_list_rules({rule("a.example.com", "old")});
  will_list_no_cloudbase();
  ASSERT_TRUE(list().has_value());
  // And what failed for a while says nothing, opened or not.
  for (const char* code : {"OperationDenied", "InternalError"}) {
    will_list_rules({rule("a.example.com", "old")});
    will_refuse(code);
    EXPECT_EQ(list().error().vendor_code, code);
  }
}

TEST_F(TencentSslDeployTest, SaysThatTheAccountHasNotLetTheStoreLook) {
  will_refuse("FailedOperation.RoleNotFoundAuthorization");
  EXPECT_EQ(list().error().code, "vendor.role");
}

TEST_F(TencentSslDeployTest, KeepsACertificateThatAPlaceHas) {
  will_list_nothing(true, true, false);
  // At a port where nobody looks as well.
  will_list_rules(
      {rule("a.example.com", "other"), rule("a.example.com", "abCD1234", "bgpip-1", "8443")});
  will_list_no_cloudbase();
  const Error error = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInUse);
  EXPECT_THAT(error.text(), HasSubstr("a.example.com of Anti-DDoS and CloudBase"));
}

}  // namespace
}  // namespace certferry
