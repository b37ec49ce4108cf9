#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/tencentcloud/test_support.h"

namespace certferry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::request_for;
using Json = nlohmann::json;

Json row(const std::string& name, const Json& certificate, const std::string& status = "ENABLED") {
  return {{"Domain", name},
          {"CertId", certificate},
          {"Status", status},
          {"Bucket", "pictures-1250000000"},
          {"Region", "ap-nanjing"}};
}

struct TencentCosTest : testing::TencentCloudTest {
  void will_list(const std::vector<Json>& rows) {
    will_answer({{"TotalCount", rows.size()}, {"InstanceList", rows}});
  }
  void will_list_jobs(const std::vector<Json>& jobs) {
    will_answer({{"TotalCount", jobs.size()}, {"DeployRecordList", jobs}});
  }
  void will_say_of_job(int done,
                       int failed,
                       int running,
                       const std::string& name = "a.example.com") {
    const Json part = {{"Domains", Json::array({name})}, {"ErrorMsg", failed > 0 ? "no way" : ""}};
    will_answer({{"TotalCount", done + failed + running},
                 {"SuccessTotalCount", done},
                 {"FailedTotalCount", failed},
                 {"RunningTotalCount", running},
                 {"DeployRecordDetailList", Json::array({part})}});
  }
  void will_begin(std::int64_t id) { will_answer({{"DeployRecordId", id}, {"DeployStatus", 1}}); }
  Result<BindDone> bind() {
    return finish(account.bind(request_for("cos", "a.example.com", "new")));
  }
};

TEST_F(TencentCosTest, ReadsTheDomainsOfEveryBucket) {
  will_list({row("a.example.com", "abCD1234"),
             row("B.example.com", nullptr, "DISABLED"),
             row("c.example.com", ""),
             row("moved.example.com", "old", "DISABLED"),
             row("moved.example.com", "new")});
  const auto bindings = finish(account.list_bindings("cos")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].stored_id, "abCD1234");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].status, "online");
  EXPECT_EQ(bindings[0].edge_name, "");
  EXPECT_EQ(bindings[0].settings.at("bucket"), "pictures-1250000000");
  EXPECT_EQ(bindings[1].name, "b.example.com");
  EXPECT_EQ(bindings[1].vendor_name, "B.example.com");
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "offline");
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_EQ(bindings[2].stored_id, std::nullopt);
  EXPECT_EQ(bindings[3].stored_id, "new");
  EXPECT_EQ(body(0),
            (Json{{"ResourceType", "cos"}, {"IsCache", 0}, {"Limit", 100}, {"Offset", 0}}));
  EXPECT_EQ(http.sent.at(0).headers.at("X-TC-Action"), "DescribeHostCosInstanceList");
  EXPECT_FALSE(http.sent.at(0).headers.contains("X-TC-Region"));
}

TEST_F(TencentCosTest, SendsNothingToADomainWhoseBucketIsNotNamed) {
  Json nowhere = row("a.example.com", nullptr);
  nowhere["Region"] = nullptr;
  will_list({nowhere});
  const Binding binding = only("cos");
  EXPECT_FALSE(binding.online);
  EXPECT_THAT(binding.status, HasSubstr("does not name"));
  EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(TencentCosTest, CarriesACertificateThereByAJobAndWaitsForItsEnd) {
  will_list({row("a.example.com", "old")});
  will_list_jobs({{{"Id", 6}, {"Status", 1}}, {{"Id", 7}, {"Status", 2}}});
  will_begin(8);
  will_say_of_job(0, 0, 1);
  will_say_of_job(1, 0, 0);
  const auto done = bind();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_THAT(asked(),
              ElementsAre("DescribeHostCosInstanceList",
                          "DescribeHostDeployRecord",
                          "DeployCertificateInstance",
                          "DescribeHostDeployRecordDetail",
                          "DescribeHostDeployRecordDetail"));
  EXPECT_EQ(
      body(1),
      (Json{{"CertificateId", "new"}, {"ResourceType", "cos"}, {"Limit", 100}, {"Offset", 0}}));
  EXPECT_EQ(body(2),
            (Json{{"CertificateId", "new"},
                  {"ResourceType", "cos"},
                  {"InstanceIdList", Json::array({"ap-nanjing|pictures-1250000000|a.example.com"})},
                  {"Status", 1},
                  {"IsCache", 0}}));
  // A number where it is given, and a text where it is asked for.
  EXPECT_EQ(body(3), (Json{{"DeployRecordId", "8"}, {"Offset", 0}, {"Limit", 200}}));
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(http.sent.at(i).headers.at("X-TC-Region"), "ap-nanjing") << i;
    EXPECT_EQ(http.sent.at(i).changes_state, i == 2) << i;
  }
  EXPECT_EQ(sleeper.slept, seconds(3));
}

TEST_F(TencentCosTest, SaysWhyAJobFailed) {
  will_list({row("a.example.com", "old")});
  will_list_jobs({});
  will_begin(8);
  will_say_of_job(0, 1, 0);
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.vendor_code, "job 8");
  EXPECT_EQ(error.vendor_message, "no way");
  EXPECT_THAT(error.activity, HasSubstr("a.example.com of COS"));
}

TEST_F(TencentCosTest, ListsWhatIsOnItsWayWhileTheJobTakesLong) {
  will_list({row("a.example.com", "old")});
  will_list_jobs({});
  will_begin(8);
  for (int i = 0; i < 23; ++i) will_say_of_job(0, 0, 1);
  will_refuse("InternalError");  // that it could not be asked for says nothing of the job
  ASSERT_TRUE(bind().has_value());
  EXPECT_EQ(sleeper.slept, seconds(69));
  will_list({row("a.example.com", "old")});
  will_say_of_job(0, 0, 1);
  const Binding deploying = only("cos");
  EXPECT_EQ(deploying.stored_id, "new");
  EXPECT_EQ(deploying.status, "online, certificate deploying");
  will_list({row("a.example.com", "old")});
  will_say_of_job(0, 1, 0);
  const Binding failed = only("cos");
  EXPECT_EQ(failed.stored_id, "old");
  EXPECT_EQ(failed.status, "online, certificate failed");
  // Its end is known, so that nobody asks again.
  will_list({row("a.example.com", "old")});
  EXPECT_EQ(only("cos").status, "online");
}

TEST_F(TencentCosTest, DoesNotSendWhatIsUnderWayAlready) {
  will_list({row("a.example.com", "old")});
  will_list_jobs({{{"Id", 8}, {"Status", 0}}});
  will_say_of_job(0, 0, 1);
  will_say_of_job(1, 0, 0);
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(asked(), Not(Contains("DeployCertificateInstance")));
}

TEST_F(TencentCosTest, WaitsForAJobThatIsForOtherDomains) {
  will_list({row("a.example.com", "old")});
  will_list_jobs({{{"Id", 7}, {"Status", 0}}});
  will_say_of_job(0, 0, 1, "b.example.com");
  will_list_jobs({{{"Id", 7}, {"Status", 1}}});
  will_begin(8);
  will_say_of_job(1, 0, 0);
  ASSERT_TRUE(bind().has_value());
  EXPECT_EQ(sleeper.slept, seconds(3));
  for (int i = 0; i < 24; ++i) {
    will_list_jobs({{{"Id", 7}, {"Status", 0}}});
    will_say_of_job(0, 0, 1, "b.example.com");
  }
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, "vendor.busy");
}

TEST_F(TencentCosTest, KnowsThatAJobOfSomebodyElsesWasNotItsOwn) {
  will_list({row("a.example.com", "old")});
  will_refuse("FailedOperation.CertificateDeployNotExist");  // no job ever
  will_answer({{"DeployRecordId", 7}, {"DeployStatus", 0}});
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, "vendor.busy");
}

TEST_F(TencentCosTest, TellsWhatIsBoundAlreadyFromWhatDoesNotFit) {
  for (const bool bound : {true, false}) {
    will_list({row("a.example.com", "old")});
    ASSERT_TRUE(finish(account.list_bindings("cos")).has_value());
    will_list_jobs({});
    will_refuse("FailedOperation.CertificateNotDeployInstance");
    will_list({row("a.example.com", bound ? "new" : "old")});
    const auto done = bind();
    EXPECT_EQ(done.has_value(), bound);
    if (!bound) EXPECT_EQ(done.error().kind, ErrorKind::kRejected);
  }
}

TEST_F(TencentCosTest, DoesNotKnowWhatAnOrderWithoutAJobDid) {
  will_list({row("a.example.com", "old")});
  will_list_jobs({});
  will_answer(Json::object());
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.code, "reply.no_id");
}

TEST_F(TencentCosTest, KeepsACertificateThatABucketHas) {
  will_list_nothing(false);
  will_answer({{"Total", 0}, {"Domains", Json::array()}});
  will_list({row("a.example.com", "abCD1234")});
  const Error error = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInUse);
  EXPECT_THAT(error.text(), HasSubstr("a.example.com of COS"));
}

}  // namespace
}  // namespace certferry
