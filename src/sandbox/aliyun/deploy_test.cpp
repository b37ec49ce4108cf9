#include "sandbox/aliyun/deploy.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct AliyunDeployStateTest : ::testing::Test {
  AliyunDeployStateTest() {
    world.ensure_domain("one.example.com", "cas-deploy");
    world.ensure_domain("two.example.com", "cas-deploy");
    world.ensure_domain("three.example.com", "cas-deploy");
    world.ensure_domain("cdn.example.com", "cdn");
    certificate = world.upload("by hand", pair_for({"*.example.com"}));
    other = world.upload("other", pair_for({"*.example.net"}));
  }

  /// What it answers, or the code by which it refuses.
  Json call(const std::string& action, const std::string& query = {}) {
    world.advance();
    Request request{.method = "POST", .target = "/?" + query};
    request.headers = {
        {"host", "cas.sandbox.test"}, {"x-acs-action", action}, {"x-acs-version", "2020-04-07"}};
    if (query.empty()) request.target = "/";
    const AliyunRequest read = read_aliyun_request(request);
    EXPECT_FALSE(refuse_call(read).has_value()) << action;
    const AliyunAnswer answer = state.run(read, world.steady_now());
    if (const auto* refusal = std::get_if<AliyunRefusal>(&answer)) return refusal->code;
    return Json::parse(std::get<std::string>(answer));
  }
  std::vector<Json> rows() {
    const Json data = call("ListCloudResources", "CloudName=aliyun").at("Data");
    return {data.begin(), data.end()};
  }
  Json row(const std::string& domain) {
    for (const Json& one : rows()) {
      if (one.at("Domain") == domain) return one;
    }
    return {};
  }
  std::string id_of(const std::string& domain) { return row(domain).at("Id").dump(); }
  Json make(const std::string& resources, std::int64_t of = 0) {
    return call("CreateDeploymentJob",
                "Name=n&JobType=user&ContactIds=519580&CertIds=" +
                    std::to_string(of == 0 ? certificate : of) + "&ResourceIds=" + resources);
  }
  std::string job_for(const std::string& resources, std::int64_t of = 0) {
    return make(resources, of).at("JobId").dump();
  }
  Json tell(const std::string& job, const std::string& status) {
    return call("UpdateDeploymentJobStatus", "JobId=" + job + "&Status=" + status);
  }
  Json status_of(const std::string& job) {
    return call("DescribeDeploymentJob", "JobId=" + job).at("Status");
  }

  ManualClock clock;
  World world{{.guards_use = false, .fate = {.takes = seconds(8)}}, clock};
  AliyunDeployState state{world};
  std::int64_t certificate = 0;
  std::int64_t other = 0;
};

TEST_F(AliyunDeployStateTest, ListsResourcesAsTheyWere) {
  EXPECT_EQ(rows().size(), 5U) << "one of the names is there twice, and one is CDN's";
  EXPECT_EQ(row("one.example.com").at("EnableHttps"), 1);
  EXPECT_FALSE(row("one.example.com").contains("CertId"));
  world.bind(certificate, "one.example.com");
  EXPECT_EQ(row("one.example.com").at("CertId"), certificate);
  state.set_age(minutes(1));
  EXPECT_FALSE(row("one.example.com").contains("CertId"));
  clock.elapsed += minutes(2);
  EXPECT_EQ(row("one.example.com").at("CertId"), certificate);
  state.set_age({});
  world.unbind("one.example.com");
  EXPECT_EQ(row("one.example.com").at("EnableHttps"), 0);
  world.set_online("one.example.com", false);
  EXPECT_EQ(row("one.example.com").at("Status"), "offline");
  EXPECT_EQ(row("cdn.example.com").at("CloudProduct"), "cdn");
  EXPECT_EQ(call("ListCloudResources", "CloudName=Elsewhere"), "InvalidParameter");
  EXPECT_EQ(call("ListCloudResources", "CloudName=Tencent").at("Total"), 0);
  EXPECT_EQ(call("ListCloudResources", "ShowSize=51"), "InvalidParameter");
  EXPECT_EQ(call("ListCloudResources", "Domain=x"), "InvalidParameter");
}

TEST_F(AliyunDeployStateTest, CarriesOutNothingBeforeItIsToldTo) {
  const std::string job = job_for(id_of("one.example.com"));
  clock.elapsed += minutes(5);
  EXPECT_EQ(status_of(job), "editing");
  EXPECT_EQ(world.find_domain("one.example.com")->bound(), nullptr);
  EXPECT_EQ(state.used(), 0);
  EXPECT_EQ(call("ListDeploymentJobResource", "JobId=" + job).at("Data").size(), 1U);

  EXPECT_TRUE(tell(job, "pending").is_object());
  EXPECT_EQ(state.used(), 1);
  EXPECT_EQ(status_of(job), "processing");
  clock.elapsed += seconds(9);
  EXPECT_EQ(status_of(job), "success");
  EXPECT_EQ(world.find_domain("one.example.com")->bound()->id, certificate);
  EXPECT_EQ(tell(job, "pending"), "InvalidStatus");
  EXPECT_EQ(state.used(), 1);
  const Json counts = call("DescribeDeploymentJobStatus", "JobId=" + job);
  EXPECT_EQ(counts.at("SuccessCount"), 1);
  EXPECT_EQ(counts.at("CostCount"), 1);
  EXPECT_EQ(counts.at("UseCount"), 1);
  EXPECT_TRUE(call("ListDeploymentJobResource", "JobId=" + job).at("Data").empty());
}

TEST_F(AliyunDeployStateTest, ListsJobsByTheirStatusTheNewestFirst) {
  const std::string one = job_for(id_of("one.example.com"));
  const std::string two = job_for(id_of("two.example.com"));
  tell(one, "scheduling");
  EXPECT_EQ(call("ListDeploymentJob", "JobType=user").at("Data").at(0).at("Id").dump(), two);
  EXPECT_EQ(call("ListDeploymentJob", "Status=editing").at("Total"), 1);
  EXPECT_EQ(call("ListDeploymentJob", "Status=processing").at("Data").at(0).at("Id").dump(), one);
  EXPECT_EQ(call("ListDeploymentJob", "JobType=trustee"), "InvalidParameter");
  EXPECT_EQ(call("DescribeDeploymentJob", "JobId=1"), "NotFound");
}

TEST_F(AliyunDeployStateTest, FailsWhereAResourceDoes) {
  const std::string one = id_of("one.example.com");
  const std::string two = id_of("two.example.com");
  state.break_resource(std::stoll(two));
  const std::string job = job_for(one + "," + two);
  tell(job, "pending");
  clock.elapsed += seconds(9);
  EXPECT_EQ(status_of(job), "error");
  EXPECT_EQ(state.used(), 2);
  const Json failed = call("ListWorkerResource", "Status=error&JobId=" + job);
  EXPECT_EQ(failed.at("Total"), 1);
  EXPECT_EQ(failed.at("Data").at(0).at("ResourceId").dump(), two);
  EXPECT_EQ(call("ListWorkerResource", "JobId=" + job).at("Total"), 2);
}

TEST_F(AliyunDeployStateTest, GoesOnlyToWhatTheCertificateIsForAndHasHttps) {
  const std::string job = job_for(id_of("one.example.com"), other);
  tell(job, "pending");
  EXPECT_EQ(status_of(job), "success");
  EXPECT_EQ(call("ListWorkerResource", "JobId=" + job).at("Total"), 0);
  EXPECT_EQ(state.used(), 0);
  world.bind(certificate, "one.example.com");
  world.unbind("one.example.com");
  const std::string second = job_for(id_of("one.example.com"));
  tell(second, "pending");
  EXPECT_EQ(status_of(second), "error");
}

TEST_F(AliyunDeployStateTest, RefusesWhatWasNotPaidFor) {
  const std::string job = job_for(id_of("one.example.com"));
  state.set_left(0);
  EXPECT_EQ(tell(job, "pending"), "InsufficientQuota");
  EXPECT_EQ(status_of(job), "editing");
  state.set_left(1);
  EXPECT_TRUE(tell(job, "pending").is_object());
}

TEST_F(AliyunDeployStateTest, IsStrictAboutWhatAJobIsMadeOf) {
  const std::string id = id_of("one.example.com");
  EXPECT_EQ(make("1"), "NotFound");
  EXPECT_EQ(make("x"), "InvalidParameter");
  EXPECT_EQ(make(id, 77), "NotFound");
  const std::string rest = "&ResourceIds=" + id + "&CertIds=" + std::to_string(certificate);
  EXPECT_EQ(call("CreateDeploymentJob", "Name=n&JobType=user" + rest), "MissingContactIds");
  EXPECT_EQ(call("CreateDeploymentJob", "Name=n&JobType=user&ContactIds=2" + rest), "NotFound");
  EXPECT_EQ(call("CreateDeploymentJob", "Name=n&JobType=OSS&ContactIds=519580" + rest),
            "InvalidParameter");
  EXPECT_EQ(call("CreateDeploymentJob", "JobType=user&ContactIds=519580" + rest), "MissingName");
  EXPECT_EQ(call("ListContact").at("ContactList").size(), 1U);
  state.forget_contacts();
  EXPECT_EQ(call("ListContact").at("TotalCount"), 0);
  EXPECT_EQ(make(id), "NotFound");
  EXPECT_EQ(tell("1", "pending"), "NotFound");
  EXPECT_EQ(call("UpdateDeploymentJobStatus", "Status=pending"), "MissingJobId");
}

TEST_F(AliyunDeployStateTest, ChangesAResourceThatWasPutThere) {
  state.put({{"Id", 2356}, {"CloudProduct", "ALB"}, {"Domain", "alb.example.com"}});
  const std::string job = job_for("2356");
  tell(job, "pending");
  EXPECT_EQ(status_of(job), "success");
  EXPECT_EQ(state.row(2356).at("CertId"), certificate);
}

}  // namespace
}  // namespace certferry::sandbox
