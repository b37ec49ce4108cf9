#include "sandbox/aliyun/clb.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct AliyunClbStateTest : ::testing::Test {
  AliyunClbStateTest() { world.ensure_domain("clb.example.com", "clb"); }

  /// What it answers, or the code by which it refuses.
  Json call(const std::string& action, const std::string& more = {}) {
    Request request{.method = "POST",
                    .target = "/?RegionId=cn-hangzhou" + (more.empty() ? "" : "&" + more)};
    request.headers = {
        {"host", "slb.sandbox.test"}, {"x-acs-action", action}, {"x-acs-version", "2014-05-15"}};
    AliyunRequest read = read_aliyun_request(request);
    EXPECT_FALSE(refuse_call(read).has_value()) << action;
    read.parameters.insert(form.begin(), form.end());
    const AliyunAnswer answer = state.run(read, world.steady_now());
    if (const auto* refusal = std::get_if<AliyunRefusal>(&answer)) return refusal->code;
    return Json::parse(std::get<std::string>(answer));
  }
  Json extensions() {
    return call("DescribeDomainExtensions", "LoadBalancerId=lb-100&ListenerPort=443");
  }
  std::string bound() {
    const Json all = extensions()["DomainExtensions"]["DomainExtension"];
    return all.at(0).at("ServerCertificateId").get<std::string>();
  }
  Json upload(const std::string& chain, const std::string& key) {
    form = {{"ServerCertificate", chain}, {"PrivateKey", key}};
    Json answer = call("UploadServerCertificate", "ServerCertificateName=certferry-1");
    form.clear();
    return answer;
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  AliyunClbState state{world};
  std::map<std::string, std::string> form;
};

TEST_F(AliyunClbStateTest, ListsListenersAndTheirDomains) {
  EXPECT_EQ(call("DescribeLoadBalancerListeners", "MaxResults=100"), "InvalidParameter");
  EXPECT_EQ(call("DescribeLoadBalancerListeners", "ListenerProtocol=https&MaxResults=101"),
            "InvalidParameter");
  for (int i = 0; i < 45; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com", "clb");
  const Json first = call("DescribeLoadBalancerListeners", "ListenerProtocol=https&MaxResults=2");
  EXPECT_EQ(first["TotalCount"], 3);
  EXPECT_EQ(first["Listeners"].size(), 2U);
  const Json second =
      call("DescribeLoadBalancerListeners", "ListenerProtocol=https&MaxResults=2&NextToken=2");
  EXPECT_EQ(second["Listeners"][0]["LoadBalancerId"], "lb-102");
  EXPECT_FALSE(second.contains("NextToken"));
  EXPECT_EQ(extensions()["DomainExtensions"]["DomainExtension"].size(), 20U);
  EXPECT_EQ(call("DescribeDomainExtensions", "LoadBalancerId=lb-7&ListenerPort=443"),
            "InvalidLoadBalancerId.NotFound");
}

TEST_F(AliyunClbStateTest, KeepsAStoreOfItsOwn) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  const std::string key(leaf.key_pem.reveal());
  EXPECT_EQ(upload(leaf.chain_pem + "\n\n", key), "CertificateNotValid");
  EXPECT_EQ(upload("x", key), "CertificateNotValid");
  const auto copy = upload(leaf.chain_pem, key).at("ServerCertificateId").get<std::string>();
  const std::string order = "DomainExtensionId=de-" +
                            std::to_string(world.find_domain("clb.example.com")->id) +
                            "&ServerCertificateId=";
  // What CAS does not have no edge of this world can serve.
  EXPECT_EQ(call("SetDomainExtensionAttribute", order + copy), "ServerCertificateId.NotFound");
  world.upload("mine", *read_pair(leaf.chain_pem, leaf.key_pem));
  EXPECT_EQ(
      call("SetDomainExtensionAttribute", "DomainExtensionId=de-0&ServerCertificateId=" + copy),
      "DomainExtensionNotFound");
  EXPECT_EQ(call("SetDomainExtensionAttribute", order + copy), Json::object());
  EXPECT_EQ(bound(), copy);
  EXPECT_EQ(call("DeleteServerCertificate", "ServerCertificateId=" + copy),
            "CertificateRelatedDomainExtensionExist");
  world.unbind("clb.example.com");
  EXPECT_EQ(call("DeleteServerCertificate", "ServerCertificateId=" + copy), Json::object());
  EXPECT_EQ(state.copies(), 0U);
  EXPECT_EQ(call("DeleteServerCertificate", "ServerCertificateId=" + copy),
            "ServerCertificateId.NotFound");
}

TEST_F(AliyunClbStateTest, ShowsWhatWasBroughtFromCasByHand) {
  const auto id = world.upload("bought", pair_for({"*.example.com"}));
  world.bind(id, "clb.example.com");
  EXPECT_EQ(bound(), "brought-" + std::to_string(id));
  const Json all = call("DescribeServerCertificates")["ServerCertificates"]["ServerCertificate"];
  EXPECT_EQ(all[1]["AliCloudCertificateId"], std::to_string(id));
}

TEST_F(AliyunClbStateTest, MayHaveADomainAtTwoListeners) {
  const auto id = world.upload("bought", pair_for({"*.example.com"}));
  state.mirror("clb.example.com", id);
  const Json other = call("DescribeDomainExtensions", "LoadBalancerId=lb-mirror&ListenerPort=443");
  EXPECT_EQ(other["DomainExtensions"]["DomainExtension"][0]["ServerCertificateId"],
            "brought-" + std::to_string(id));
  EXPECT_EQ(bound(), "1231579_own");
}

}  // namespace
}  // namespace certferry::sandbox
