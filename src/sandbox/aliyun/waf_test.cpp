#include "sandbox/aliyun/waf.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

const std::string kInstance = "waf_v2_public_cn-sandbox";

struct AliyunWafStateTest : ::testing::Test {
  AliyunWafStateTest() { world.ensure_domain("waf.example.com", "waf"); }

  /// What it answers, or the code by which it refuses.
  Json call(const std::string& action, const std::string& more = {}) {
    Request request{.method = "POST",
                    .target = "/?RegionId=" + region + (more.empty() ? "" : "&" + more)};
    request.headers = {{"host", "wafopenapi.cn-hangzhou.sandbox.test"},
                       {"x-acs-action", action},
                       {"x-acs-version", "2021-10-01"}};
    const AliyunRequest read = read_aliyun_request(request);
    EXPECT_FALSE(refuse_call(read).has_value()) << action;
    const AliyunAnswer answer = state.run(read, "cn-hangzhou", world.steady_now());
    if (const auto* refusal = std::get_if<AliyunRefusal>(&answer)) return refusal->code;
    return Json::parse(std::get<std::string>(answer));
  }
  Json of_instance(const std::string& action, const std::string& more = {}) {
    return call(action, "InstanceId=" + kInstance + (more.empty() ? "" : "&" + more));
  }
  Json detail() { return of_instance("DescribeDomainDetail", "Domain=waf.example.com"); }
  Json bind(const std::string& more) {
    return of_instance("ModifyDomainCert", "Domain=waf.example.com&" + more);
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  AliyunWafState state{world};
  std::string region = "cn-hangzhou";
};

TEST_F(AliyunWafStateTest, WantsTheInstanceOfTheRegion) {
  EXPECT_EQ(call("DescribeInstance")["InstanceId"], kInstance);
  EXPECT_EQ(call("DescribeDomains"), "MissingInstanceId");
  EXPECT_EQ(call("DescribeDomains", "InstanceId=another"), "Waf.Pullin.InstanceNotMatch");
  region = "cn-beijing";
  EXPECT_EQ(call("DescribeInstance"), "InvalidParameter");
  region = "ap-southeast-1";
  EXPECT_EQ(call("DescribeInstance"), Json::object());
  EXPECT_EQ(of_instance("DescribeDomains"), "Waf.Pullin.InstanceNotMatch");
  region = "cn-hangzhou";
  state.give_up();
  EXPECT_EQ(call("DescribeInstance"), Json::object());
  EXPECT_EQ(of_instance("DescribeDomains"), "Waf.Pullin.InstanceNotMatch");
}

TEST_F(AliyunWafStateTest, ShowsACertificateByItsStoreAndByANumberOfItsOwn) {
  EXPECT_EQ(of_instance("DescribeDomains")["Domains"][0]["ListenPorts"]["Https"], Json({443}));
  EXPECT_FALSE(detail().contains("CertDetail"));
  const auto id = world.upload("mine", pair_for({"*.example.com"}));
  EXPECT_EQ(bind("CertId=" + std::to_string(id) + "-cn-hangzhou"), Json::object());
  EXPECT_EQ(detail()["CertDetail"]["Id"], std::to_string(id) + "-cn-hangzhou");
  EXPECT_NE(detail()["Listen"]["CertId"], std::to_string(id));
  world.set_online("waf.example.com", false);
  EXPECT_EQ(of_instance("DescribeDomains")["Domains"][0]["ListenPorts"]["Https"], Json::array());
  EXPECT_EQ(bind("CertId=" + std::to_string(id) + "-cn-hangzhou"), "Waf.Pullin.ProtocolNotSet");
}

TEST_F(AliyunWafStateTest, RefusesWhatDoesNotFit) {
  const std::string mine = std::to_string(world.upload("mine", pair_for({"*.example.com"})));
  const std::string other = std::to_string(world.upload("other", pair_for({"*.example.net"})));
  for (const auto& [more, code] :
       {std::pair("x=1", std::string("MissingCertId")),
        std::pair("CertId=7-cn-hangzhou", std::string("Waf.Pullin.CertNotExist"))}) {
    EXPECT_EQ(bind(more), code) << more;
  }
  EXPECT_EQ(bind("CertId=" + mine), "Waf.Pullin.CertNotExist");
  EXPECT_EQ(bind("CertId=" + mine + "-ap-southeast-1"), "Waf.Pullin.CertNotExist");
  EXPECT_EQ(bind("CertId=" + other + "-cn-hangzhou"), "Waf.Pullin.CertNotMatch");
  const std::string good = "CertId=" + mine + "-cn-hangzhou";
  EXPECT_EQ(bind(good + "&Listen=x"), "InvalidParameter");
  EXPECT_EQ(bind(good + "&TLSVersion=ssl"), "InvalidParameter");
  EXPECT_EQ(bind(good + "&EnableTLSv3=1"), "InvalidParameter");
  EXPECT_EQ(bind(good + "&CipherSuite=3"), "InvalidParameter");
  EXPECT_EQ(bind(good + "&CipherSuite=99"), "InvalidParameter");
  EXPECT_EQ(bind(good + "&CipherSuite=2&CustomCiphers.1=A"), "InvalidParameter");
  EXPECT_EQ(of_instance("ModifyDomainCert", "Domain=gone.example.com&" + good),
            "Waf.Pullin.DomainNotExist");
  EXPECT_EQ(world.find_domain("waf.example.com")->bound(), nullptr);
}

TEST_F(AliyunWafStateTest, SetsBackWhatAChangeLeavesOut) {
  const std::string good =
      "CertId=" + std::to_string(world.upload("mine", pair_for({"*.example.com"}))) +
      "-cn-hangzhou";
  EXPECT_EQ(bind(good + "&TLSVersion=tlsv1.2&EnableTLSv3=true&CipherSuite=99&CustomCiphers.1=A"),
            Json::object());
  EXPECT_EQ(detail()["Listen"]["TLSVersion"], "tlsv1.2");
  EXPECT_EQ(detail()["Listen"]["CustomCiphers"], Json({"A"}));
  EXPECT_EQ(bind(good), Json::object());
  EXPECT_EQ(detail()["Listen"]["TLSVersion"], "tlsv1");
  EXPECT_EQ(detail()["Listen"]["EnableTLSv3"], false);
  EXPECT_EQ(detail()["Listen"]["CustomCiphers"], Json::array());
}

TEST_F(AliyunWafStateTest, ShowsWhatElseHasACertificate) {
  EXPECT_EQ(of_instance("DescribeDefaultHttps"), Json::object());
  EXPECT_EQ(of_instance("DescribeCloudResources")["TotalCount"], 1);
  state.set_default(7);
  state.protect_port("443", 8);
  EXPECT_EQ(of_instance("DescribeDefaultHttps")["DefaultHttps"]["CertId"], "7-cn-hangzhou");
  EXPECT_EQ(of_instance("DescribeCloudResources")["CloudResources"][1]["ResourceProduct"], "clb7");
  const Json ports = of_instance("DescribeCloudResourceAccessPortDetails",
                                 "ResourceInstanceId=lb-sandbox&ResourceProduct=clb7");
  EXPECT_EQ(ports["AccessPortDetails"][0]["Certificates"][0]["CertificateId"], "8-cn-hangzhou");
}

}  // namespace
}  // namespace certferry::sandbox
