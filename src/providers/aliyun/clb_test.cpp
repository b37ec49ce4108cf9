#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "providers/aliyun/test_support.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Json listener(const std::string& balancer,
              const std::string& status = "running",
              int port = 443,
              const std::string& own = "own") {
  return {{"LoadBalancerId", balancer},
          {"ListenerPort", port},
          {"Status", status},
          {"HTTPSListenerConfig", {{"ServerCertificateId", own}}}};
}

Json extension(const std::string& id, const std::string& domain, const std::string& certificate) {
  return {{"DomainExtensionId", id}, {"Domain", domain}, {"ServerCertificateId", certificate}};
}

Json certificate(const std::string& id, const std::string& name, const std::string& origin = "") {
  return {{"ServerCertificateId", id},
          {"ServerCertificateName", name},
          {"AliCloudCertificateId", origin}};
}

struct AliyunClbTest : testing::AliyunAccountTest {
  void will_list_listeners(const std::vector<Json>& listeners, const std::string& next = "") {
    will_say({{"TotalCount", listeners.size()}, {"Listeners", listeners}, {"NextToken", next}});
  }
  void will_list_certificates(const std::vector<Json>& certificates) {
    will_say({{"ServerCertificates", {{"ServerCertificate", certificates}}}});
  }
  void will_list_extensions(const std::vector<Json>& extensions) {
    will_say({{"DomainExtensions", {{"DomainExtension", extensions}}}});
  }
  /// One listener with one domain, and a copy of certificate 7.
  void will_have_one() {
    will_list_listeners({listener("lb-1")});
    will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
    will_list_extensions({extension("de-1", "a.example.com", "other")});
  }
  std::map<std::string, Binding> listed() {
    std::map<std::string, Binding> out;
    const auto bindings = finish(account.list_bindings("clb"));
    EXPECT_TRUE(bindings.has_value()) << bindings.error().text();
    for (const Binding& one : bindings.value_or(std::vector<Binding>())) {
      out.emplace(one.vendor_name, one);
    }
    return out;
  }
  Result<BindDone> bind_bundle(const std::string& id) {
    auto bundle = std::make_shared<Bundle>();
    bundle->chain_pem = "LEAF\n\n \nCHAIN\n";
    bundle->key_pem = Secret("K\n");
    BindRequest request{.product = "clb", .stored_id = id, .bundle = bundle};
    request.binding.vendor_name = "a.example.com";
    return finish(account.bind(request));
  }
};

TEST_F(AliyunClbTest, ReadsTheDomainsOfListeners) {
  will_list_listeners({listener("lb-1"), listener("lb-2", "stopped")}, "more");
  will_list_listeners({listener("lb-3", "running", 8443), listener("lb-4", "starting")});
  will_list_certificates({certificate("own", "somebody's"),
                          certificate("c7", "certferry-7-cn-hangzhou"),
                          certificate("c8", "brought", "8"),
                          certificate("c9", "certferry-9-ap-southeast-1")});
  will_list_extensions({extension("de-1", "a.example.com", "c7"),
                        extension("de-2", "*.B.example.com", "c8"),
                        extension("de-3", "c.example.com", "c9"),
                        extension("de-4", "d.example.com", "own"),
                        extension("de-5", "~^e", "gone")});
  will_list_extensions({extension("de-6", "f.example.com", "c7")});
  will_list_extensions({extension("de-7", "g.example.com", "c7")});
  will_refuse(404, "ListenerNotFound");  // it was deleted meanwhile
  auto seen = listed();
  for (const auto& [name, id] : {std::pair("a.example.com", "7"),
                                 std::pair("*.B.example.com", "8"),
                                 std::pair("c.example.com", "9-ap-southeast-1"),
                                 std::pair("d.example.com", "of CLB: own")}) {
    EXPECT_EQ(seen[name].stored_id, id) << name;
    EXPECT_TRUE(seen[name].online) << name;
  }
  EXPECT_EQ(seen["*.B.example.com"].name, "*.b.example.com");
  for (const auto& [name, status] :
       {std::pair("~^e", "a pattern, which no certificate can be held to"),
        std::pair("f.example.com", "offline"),
        std::pair("g.example.com", "at port 8443, where nobody looks"),
        std::pair("lb-1/443", "a listener's own certificate, not a name"),
        std::pair("lb-4/443", "a listener's own certificate, not a name")}) {
    EXPECT_FALSE(seen[name].online) << name;
    EXPECT_EQ(seen[name].status, status);
  }
  EXPECT_EQ(seen["~^e"].stored_id, "of CLB: gone");
  EXPECT_EQ(http.sent.at(0).url.find("https://slb.aliyuncs.com/?"), 0U);
  EXPECT_EQ(query(1), "ListenerProtocol=https&MaxResults=100&NextToken=more&RegionId=cn-hangzhou");
  EXPECT_EQ(query(3), "ListenerPort=443&LoadBalancerId=lb-1&RegionId=cn-hangzhou");
}

TEST_F(AliyunClbTest, CallsTheRegionOfTheLoadBalancers) {
  Aliyun there = make("", "cn-beijing");
  will_list_listeners({});
  EXPECT_THAT(finish(there.list_bindings("clb")).value(), IsEmpty());
  EXPECT_EQ(http.sent.at(0).url.find("https://slb.cn-beijing.aliyuncs.com/?"), 0U);
  EXPECT_THAT(query(0), HasSubstr("RegionId=cn-beijing"));
  Aliyun international = make("ap-southeast-1");
  will_list_listeners({});
  EXPECT_THAT(finish(international.list_bindings("clb")).value(), IsEmpty());
  EXPECT_EQ(http.sent.at(1).url.find("https://slb.ap-southeast-1.aliyuncs.com/?"), 0U);
  for (const char* region : {"cn.beijing", "x/y", "CN", "-"}) {
    try {
      make("", region);
      ADD_FAILURE() << region;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "provider.field");
    }
  }
}

TEST_F(AliyunClbTest, HasNothingWhereItWasNeverOpened) {
  will_refuse(400, "ServiceNotOpen");
  EXPECT_THAT(listed(), IsEmpty());
  will_say({{"TotalCount", 0}});
  EXPECT_THAT(listed(), IsEmpty());
  will_say({{"TotalCount", 1}});
  EXPECT_EQ(finish(account.list_bindings("clb")).error().code, "reply.shape");
  will_list_listeners({listener("lb-1")});
  will_say(Json::object());  // certificates that would all look like none of ours
  EXPECT_EQ(finish(account.list_bindings("clb")).error().code, "reply.shape");
}

TEST_F(AliyunClbTest, PointsADomainAtTheCopyThatIsThere) {
  will_have_one();
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_answer("");
  const auto done = bind("clb", "a.example.com", "7");
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_THAT(actions(),
              ElementsAre("DescribeLoadBalancerListeners",
                          "DescribeServerCertificates",
                          "DescribeDomainExtensions",
                          "DescribeServerCertificates",
                          "SetDomainExtensionAttribute"));
  EXPECT_EQ(query(4), "DomainExtensionId=de-1&RegionId=cn-hangzhou&ServerCertificateId=c7");
  EXPECT_TRUE(http.sent.at(4).changes_state);
}

TEST_F(AliyunClbTest, CopiesABundleThatIsNotThereYet) {
  will_have_one();
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_answer(R"("ServerCertificateId":"c8")");
  will_answer("");
  const auto done = bind_bundle("8");
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(actions().at(4), "UploadServerCertificate");
  EXPECT_EQ(query(4), "RegionId=cn-hangzhou&ServerCertificateName=certferry-8-cn-hangzhou");
  EXPECT_EQ(http.sent.at(4).body, "ServerCertificate=LEAF%0ACHAIN%0A&PrivateKey=K%0A");
  EXPECT_EQ(query(5), "DomainExtensionId=de-1&RegionId=cn-hangzhou&ServerCertificateId=c8");
  // Without what is in it there is nothing to copy.
  will_list_certificates({});
  EXPECT_EQ(bind("clb", "a.example.com", "9").error().kind, ErrorKind::kNotFound);
  will_have_one();
  EXPECT_EQ(bind("clb", "gone.example.com", "7").error().code, "vendor.not_found");
}

TEST_F(AliyunClbTest, BringsADomainThatIsAtSeveralListenersToEachOfThem) {
  will_list_listeners({listener("lb-1"), listener("lb-2"), listener("lb-3", "stopped")});
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_list_extensions({extension("de-1", "a.example.com", "c7")});
  will_list_extensions({extension("de-2", "A.example.com", "c6")});
  will_list_extensions({extension("de-3", "a.example.com", "c5")});
  const auto bindings = finish(account.list_bindings("clb")).value();
  EXPECT_EQ(bindings.front().name, "a.example.com");
  EXPECT_TRUE(bindings.front().online);
  EXPECT_EQ(bindings.front().stored_id, "7 and of CLB: c6");
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_answer("");
  will_answer("");
  ASSERT_TRUE(bind("clb", "a.example.com", "7").has_value());
  EXPECT_THAT(query(6), HasSubstr("DomainExtensionId=de-1&"));
  EXPECT_THAT(query(7), HasSubstr("DomainExtensionId=de-2&"));
  EXPECT_EQ(http.sent.size(), 8U);
}

TEST_F(AliyunClbTest, IsToldToComeAgainWhileAListenerIsConfigured) {
  will_have_one();
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_refuse(400, "ServiceIsConfiguring");
  const Error error = bind("clb", "a.example.com", "7").error();
  EXPECT_EQ(error.code, "vendor.busy");
}

}  // namespace
}  // namespace certferry
