#include "providers/aliyun/deploy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "crypto/digest.h"
#include "providers/aliyun/test_support.h"
#include "providers/testing/no_sleep.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

constexpr std::string_view kProduct = "cas-deploy";
const std::string kHost = "a.example.com";

Json resource(std::int64_t id, const std::string& domain, std::int64_t certificate = 0) {
  Json row = {{"Id", id},
              {"CloudName", "aliyun"},
              {"CloudProduct", "FC"},
              {"Domain", domain},
              {"EnableHttps", 1},
              {"Status", "online"},
              {"GmtModified", "1696911946000"}};
  if (certificate != 0) row["CertId"] = certificate;
  return row;
}

Json with(Json row, const std::string& key, const Json& value) {
  row[key] = value;
  return row;
}

std::string job_name(const std::string& certificate, const std::string& host = kHost) {
  return "certferry-" + certificate + "-" + sha256_hex(host).substr(0, 16);
}

Json job(std::int64_t id, const std::string& name) {
  return {{"Id", id}, {"Name", name}, {"JobType", "user"}, {"Del", 0}};
}

struct AliyunDeployTest : testing::AliyunAccountTest {
  testing::NoSleep sleeper;
  Aliyun account = make("", "", &sleeper);

  void will_list(const std::vector<Json>& rows) {
    will_say({{"Total", rows.size()}, {"Data", rows}});
  }
  void will_have_contact() {
    will_say({{"TotalCount", 1}, {"ContactList", {{{"ContactId", 519580}}}}});
  }
  /// `ago` before now by the account's clock.
  void will_say_of_job(const std::string& status, milliseconds ago = seconds(1)) {
    const auto ended = (clock.at - ago).time_since_epoch().count();
    will_say({{"Status", status}, {"EndTime", std::to_string(ended)}});
  }
  void will_end(const std::vector<std::pair<std::int64_t, std::string>>& ends) {
    std::vector<Json> rows;
    for (const auto& [id, status] : ends) rows.push_back({{"ResourceId", id}, {"Status", status}});
    will_list(rows);
  }
  /// A draft is made, and started.
  void will_make(std::int64_t id) {
    will_say({{"JobId", id}});
    will_answer("");
  }
  std::map<std::string, Binding> listed() {
    std::map<std::string, Binding> out;
    const auto bindings = finish(account.list_bindings(std::string(kProduct)));
    EXPECT_TRUE(bindings.has_value()) << bindings.error().text();
    for (const Binding& one : bindings.value_or(std::vector<Binding>())) out.emplace(one.name, one);
    return out;
  }
  Result<BindDone> bind(const std::string& id = "7", BundlePtr bundle = nullptr) {
    BindRequest request{
        .product = std::string(kProduct), .stored_id = id, .bundle = std::move(bundle)};
    request.binding.vendor_name = kHost;
    return finish(account.bind(request));
  }
  std::vector<std::string> changes() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      if (one.changes_state) out.push_back(one.headers.at("x-acs-action"));
    }
    return out;
  }
};

TEST_F(AliyunDeployTest, ListsWhatNamesAHostAndShowsTheRest) {
  will_list({resource(1, "a.example.com", 7),
             with(resource(2, "*.wild.example.com", 8), "CloudProduct", "ALB"),
             with(resource(3, "", 9), "CloudProduct", "NLB"),
             resource(4, "one.example.com,two.example.com", 9),
             with(resource(5, "off.example.com"), "EnableHttps", 0),
             with(resource(6, "port.example.com", 7), "ListenerPort", "8443"),
             with(resource(7, "gone.example.com", 7), "Status", "offline"),
             resource(8, "own.example.com"),
             resource(9, "192.0.2.7", 7),
             with(resource(10, "cdn.example.com", 7), "CloudProduct", "CDN"),
             with(resource(11, "slb.example.com", 7), "CloudProduct", "SLB")});
  const auto all = listed();
  EXPECT_EQ(all.size(), 9U);
  EXPECT_TRUE(all.at("a.example.com").online);
  EXPECT_EQ(all.at("a.example.com").stored_id, "7");
  EXPECT_TRUE(all.at("*.wild.example.com").online);
  EXPECT_EQ(all.at("nlb 3").status, "names no host");
  EXPECT_EQ(all.at("nlb 3").stored_id, "9");
  EXPECT_EQ(all.at("fc 4").status, "names no host");
  EXPECT_EQ(all.at("off.example.com").status, "HTTPS is off there, which a job does not switch on");
  EXPECT_FALSE(all.at("off.example.com").stored_id.has_value());
  EXPECT_EQ(all.at("port.example.com").status, "at port 8443, where nobody looks");
  EXPECT_EQ(all.at("gone.example.com").status, "offline");
  EXPECT_EQ(all.at("own.example.com").stored_id, "none of CAS");
  EXPECT_TRUE(all.at("own.example.com").online);
  EXPECT_FALSE(all.at("fc 9").online);
  for (const auto& [name, one] : all) {
    EXPECT_EQ(one.online, one.status == "online") << name;
  }
  EXPECT_EQ(query(0), "CloudName=aliyun&CurrentPage=1&ShowSize=50");
}

TEST_F(AliyunDeployTest, TakesNoListForWholeThatIsNot) {
  will_say({{"Total", 2}, {"Data", {resource(1, "a.example.com")}}});
  will_say({{"Total", 2}, {"Data", Json::array()}});
  EXPECT_EQ(finish(account.list_bindings(std::string(kProduct))).error().code, "reply.paging");
  will_list({with(resource(1, "a.example.com"), "CertId", -3)});
  EXPECT_EQ(finish(account.list_bindings(std::string(kProduct))).error().code, "reply.no_id");
}

TEST_F(AliyunDeployTest, MakesADraftStartsItAndWaitsForItsEnd) {
  will_list({resource(1, "a.example.com", 6), resource(2, "A.example.com", 5)});
  EXPECT_EQ(listed().at("a.example.com").stored_id, "5 and 6");
  will_list({job(3, "somebody's"), job(4, job_name("7", "b.example.com"))});
  will_have_contact();
  will_make(8888);
  will_say_of_job("processing");
  will_say_of_job("success");
  will_end({{1, "success"}, {2, "success"}});
  const auto done = bind();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_THAT(actions(),
              ElementsAre("ListCloudResources",
                          "ListDeploymentJob",
                          "ListContact",
                          "CreateDeploymentJob",
                          "UpdateDeploymentJobStatus",
                          "DescribeDeploymentJob",
                          "DescribeDeploymentJob",
                          "ListWorkerResource"));
  EXPECT_THAT(changes(), ElementsAre("CreateDeploymentJob", "UpdateDeploymentJobStatus"));
  EXPECT_EQ(query(1), "CurrentPage=1&JobType=user&ShowSize=50");
  EXPECT_EQ(
      query(3),
      "CertIds=7&ContactIds=519580&JobType=user&Name=" + job_name("7") + "&ResourceIds=1%2C2");
  EXPECT_EQ(query(4), "JobId=8888&Status=pending");
  EXPECT_EQ(sleeper.slept, seconds(5));
}

TEST_F(AliyunDeployTest, BelievesAJobUntilTheListChanges) {
  will_list({resource(1, "a.example.com", 6)});
  listed();
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("success");
  will_end({{1, "success"}});
  ASSERT_TRUE(bind().has_value());
  for (int look = 0; look < 2; ++look) {
    will_list({resource(1, "a.example.com", 6)});
    EXPECT_EQ(listed().at("a.example.com").stored_id, "7");
  }
  // What it shows now is newer, whatever it is.
  will_list({resource(1, "a.example.com", 5)});
  EXPECT_EQ(listed().at("a.example.com").stored_id, "5");
  will_list({resource(1, "a.example.com", 6)});
  EXPECT_EQ(listed().at("a.example.com").stored_id, "6");
}

TEST_F(AliyunDeployTest, ShowsWhatIsStillOnItsWay) {
  will_list({resource(1, "a.example.com", 6)});
  listed();
  will_list({});
  will_have_contact();
  will_make(8888);
  for (int look = 0; look < 24; ++look) will_say_of_job("processing");
  ASSERT_TRUE(bind().has_value());
  EXPECT_EQ(sleeper.slept, minutes(2) - seconds(5));
  will_list({resource(1, "a.example.com", 6)});
  will_say_of_job("processing");
  EXPECT_EQ(listed().at("a.example.com").status, "online, being deployed");
  will_list({resource(1, "a.example.com", 6)});
  http.will_answer(503, "");
  EXPECT_EQ(listed().at("a.example.com").stored_id, "7");
  will_list({resource(1, "a.example.com", 6)});
  will_say_of_job("error");
  const Binding failed = listed().at("a.example.com");
  EXPECT_EQ(failed.status, "online, deployment failed");
  EXPECT_EQ(failed.stored_id, "6");
}

TEST_F(AliyunDeployTest, WaitsForAJobOfAnEarlierProcessAndMakesNoOther) {
  for (const char* status : {"pending", "scheduling", "processing"}) {
    http = {};
    Aliyun fresh = make("", "", &sleeper);
    will_list({resource(1, "a.example.com", 6)});
    // The newest of the name's counts, in whatever order they come.
    will_list({job(9, job_name("5")), job(10, job_name("7")), job(8, job_name("6"))});
    will_say_of_job(status);
    will_say_of_job("success");
    will_end({{1, "success"}});
    BindRequest request{.product = std::string(kProduct), .stored_id = "7"};
    request.binding.vendor_name = kHost;
    EXPECT_TRUE(finish(fresh.bind(request)).has_value()) << status;
    EXPECT_THAT(changes(), IsEmpty()) << status;
    EXPECT_EQ(query(2), "JobId=10");
  }
}

TEST_F(AliyunDeployTest, PutsOffABindWhileAnotherCertificateIsOnItsWay) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({job(9, job_name("5"))});
  will_say_of_job("processing");
  const Error error = bind().error();
  EXPECT_EQ(error.code, "vendor.busy");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(AliyunDeployTest, StartsADraftWhoseAnswerWasLost) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  http.will_fail(Error(ErrorKind::kMaybeApplied, "the connection was lost"));
  EXPECT_EQ(bind().error().kind, ErrorKind::kMaybeApplied);
  will_list({job(8888, job_name("7"))});
  will_say({{"Status", "editing"}});
  will_list({resource(1, "a.example.com", 6)});  // what the draft is for
  will_answer("");
  will_say_of_job("success");
  will_end({{1, "success"}});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(changes(), ElementsAre("CreateDeploymentJob", "UpdateDeploymentJobStatus"));
}

TEST_F(AliyunDeployTest, StartsNoDraftThatIsForSomethingElse) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({job(8888, job_name("7"))});
  will_say({{"Status", "editing"}});
  will_list({resource(1, "a.example.com", 6), resource(2, "b.example.com", 6)});
  will_have_contact();
  will_make(8889);
  will_say_of_job("success");
  will_end({{1, "success"}});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(query(6), HasSubstr("JobId=8889"));
}

TEST_F(AliyunDeployTest, PaysOnceForWhatAJobHasDoneAlready) {
  // Its end was not seen, and the list is old.
  will_list({resource(1, "a.example.com", 6)});
  will_list({job(8888, job_name("7"))});
  will_say_of_job("success", hours(2));
  will_end({{1, "success"}});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(changes(), IsEmpty());
  will_list({resource(1, "a.example.com", 6)});
  EXPECT_EQ(listed().at("a.example.com").stored_id, "7");
}

TEST_F(AliyunDeployTest, MakesAnotherJobWhereTheListIsNewerOrTheJobIsOld) {
  const auto later = std::to_string(clock.at.time_since_epoch().count());
  for (const bool is_old : {false, true}) {
    http = {};
    Aliyun fresh = make("", "", &sleeper);
    Json row = resource(1, "a.example.com", 6);
    row.erase("GmtModified");  // where nothing says how old the row is, a day is
    will_list({is_old ? row : with(row, "GmtModified", later)});
    will_list({job(8888, job_name("7"))});
    will_say_of_job("success", is_old ? hours(25) : hours(2));
    will_end({{1, "success"}});
    will_have_contact();
    will_make(8889);
    will_say_of_job("success");
    will_end({{1, "success"}});
    BindRequest request{.product = std::string(kProduct), .stored_id = "7"};
    request.binding.vendor_name = kHost;
    EXPECT_TRUE(finish(fresh.bind(request)).has_value()) << is_old;
    EXPECT_EQ(changes().size(), 2U) << is_old;
  }
}

TEST_F(AliyunDeployTest, APlaceIsNotPaidForAgainWhoseRowIsOlderThanItsJob) {
  const Time before = clock.at - hours(100);
  const auto changed = std::to_string(before.time_since_epoch().count());
  will_list({with(resource(1, "a.example.com", 6), "GmtModified", changed)});
  will_list({job(8888, job_name("7"))});
  will_say_of_job("success", hours(50));
  will_end({{1, "success"}});
  EXPECT_TRUE(bind());
  EXPECT_EQ(changes().size(), 0U);
}

TEST_F(AliyunDeployTest, NoMoreThanThreeJobsArePaidFor) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({job(8886, job_name("7")), job(8887, job_name("7")), job(8888, job_name("7"))});
  will_say_of_job("error", hours(2));
  will_end({{1, "error"}});
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.code, "vendor.jobs_spent");
  EXPECT_EQ(changes().size(), 0U);
}

TEST_F(AliyunDeployTest, AJobThatFailedNamesWhereAndIsNotMadeAgainAtOnce) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("error");
  will_end({{1, "error"}});
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("job 8888, error"));
  EXPECT_THAT(error.text(), HasSubstr("1 is 'error'"));
  will_list({resource(1, "a.example.com", 6)});
  EXPECT_EQ(listed().at("a.example.com").stored_id, "6");

  will_say_of_job("error", minutes(9));
  will_end({{1, "error"}});
  will_end({{1, "error"}});
  EXPECT_EQ(bind().error().kind, ErrorKind::kRejected);
  EXPECT_EQ(changes().size(), 2U);

  will_say_of_job("error", minutes(11));
  will_end({{1, "error"}});
  will_make(8889);
  will_say_of_job("success");
  will_end({{1, "success"}});
  EXPECT_TRUE(bind().has_value());
  EXPECT_EQ(changes().size(), 4U);
}

TEST_F(AliyunDeployTest, AJobThatFailedAtOneOfTwoHasToBeReadFirst) {
  will_list({resource(1, "a.example.com", 6), resource(2, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("error");
  will_end({{1, "success"}, {2, "error"}});
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
  EXPECT_THAT(error.text(), HasSubstr("2 is 'error'"));
  // Later the other one is paid for alone.
  will_say_of_job("error", minutes(11));
  will_end({{1, "success"}, {2, "error"}});
  will_make(8889);
  will_say_of_job("success");
  will_end({{2, "success"}});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(query(http.sent.size() - 4), HasSubstr("ResourceIds=2"));
  EXPECT_THAT(query(http.sent.size() - 4), Not(HasSubstr("ResourceIds=1")));
}

TEST_F(AliyunDeployTest, AJobThatWentNowhereIsNoSuccess) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("success");
  will_end({});
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("it went to no resource"));
}

TEST_F(AliyunDeployTest, WhatTheEndOfAJobWasItMayHaveBeenDone) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("error");
  http.will_answer(503, "");
  EXPECT_EQ(bind().error().kind, ErrorKind::kMaybeApplied);
}

TEST_F(AliyunDeployTest, GoesToNoPlaceThatHasItAlreadyUnlessAllHave) {
  will_list({resource(1, "a.example.com", 7), resource(2, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("success");
  will_end({{2, "success"}});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(query(3), HasSubstr("ResourceIds=2"));
}

TEST_F(AliyunDeployTest, SaysThatDeploymentsAreUsedUp) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_say({{"JobId", 8888}});
  will_refuse(400, "InsufficientQuota");
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kQuota);
  EXPECT_THAT(error.text(), HasSubstr("no deployment left"));
  EXPECT_THAT(error.text(), Not(HasSubstr("delete certificates")));
}

TEST_F(AliyunDeployTest, MakesNoJobWithoutAContact) {
  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_say({{"TotalCount", 0}, {"ContactList", Json::array()}});
  EXPECT_EQ(bind().error().code, "vendor.no_contact");
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(AliyunDeployTest, SendsNothingForWhatIsNoCertificateOfCas) {
  EXPECT_EQ(bind("none of CAS").error().kind, ErrorKind::kRejected);
  EXPECT_THAT(http.sent, IsEmpty());
  will_list({resource(1, "b.example.com", 6)});
  EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(AliyunDeployTest, CutsOffNoNameOfAListener) {
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf.dns_names = {"a.example.com"};
  const Json row = with(resource(1, "a.example.com", 6), "CloudProduct", "ALB");
  const auto store = [&](const std::string& name, const std::string& names) {
    will_say({{"TotalCount", 1},
              {"CertificateOrderList", {{{"CertificateId", 6}, {"Name", name}, {"Sans", names}}}}});
    will_say({{"TotalCount", 0}});
  };
  will_list({row});
  store("by hand", "a.example.com,b.example.com");
  const Error wide = bind("7", bundle).error();
  EXPECT_EQ(wide.code, "vendor.names_cut_off");
  EXPECT_THAT(wide.text(), HasSubstr("b.example.com"));
  // Of which names the one that is there is for cannot be read.
  store("by hand", "");
  EXPECT_EQ(bind("7", bundle).error().code, "vendor.names_cut_off");
  EXPECT_THAT(changes(), IsEmpty());

  store("by hand", "a.example.com");
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("success");
  will_end({{1, "success"}});
  EXPECT_TRUE(bind("7", bundle).has_value());
}

TEST_F(AliyunDeployTest, KeepsWhatAnyResourceHasOrIsToHave) {
  AliyunAccount direct({.endpoint = "https://{service}.aliyuncs.com",
                        .region = "cn-hangzhou",
                        .clb_region = {},
                        .key = {.id = "A", .secret = Secret("S"), .session_token = {}}},
                       http,
                       clock,
                       random);
  AliyunCas cas(direct);
  AliyunDeploy deploy(direct, cas, nullptr);
  will_list({with(resource(3, "", 9), "CloudProduct", "NLB"),
             with(resource(11, "slb.example.com", 8), "CloudProduct", "SLB"),
             with(resource(10, "cdn.example.com", 7), "CloudProduct", "CDN"),
             resource(1, "a.example.com", 6)});
  const auto users = finish(deploy.list_users()).value();
  std::vector<std::string> ids;
  for (const Binding& one : users) ids.push_back(one.stored_id.value_or(""));
  EXPECT_THAT(ids, ElementsAre("9", "8", "6"));

  will_list({resource(1, "a.example.com", 6)});
  will_list({});
  will_have_contact();
  will_make(8888);
  will_say_of_job("processing");
  BindRequest request{.product = std::string(kProduct), .stored_id = "12"};
  request.binding.vendor_name = kHost;
  ASSERT_TRUE(finish(deploy.bind(request)).has_value());
  will_list({});
  EXPECT_EQ(finish(deploy.list_users()).value().at(0).stored_id, "12");
}

TEST(AliyunMomentTest, ReadsMillisecondsAndSeconds) {
  const Time moment = std::chrono::sys_seconds(seconds(1'696'911'946));
  EXPECT_EQ(aliyun_moment(Json{{"T", "1696911946000"}}, "T"), moment);
  EXPECT_EQ(aliyun_moment(Json{{"T", 1'696'911'946}}, "T"), moment);
  for (const Json& odd : {Json("x"), Json(0), Json(-1), Json(9'000'000'000'000'000'000)}) {
    EXPECT_FALSE(aliyun_moment(Json{{"T", odd}}, "T").has_value()) << odd;
  }
}

}  // namespace
}  // namespace certferry
