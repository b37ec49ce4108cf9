#include "providers/aliyun/clb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <optional>

#include "ports/start.h"
#include "providers/aliyun/test_support.h"
#include "providers/common/store_name.h"

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
  static BindRequest of_bundle(const std::string& id) {
    auto bundle = std::make_shared<Bundle>();
    bundle->chain_pem = "LEAF\n\n \nCHAIN\n";
    bundle->key_pem = Secret("K\n");
    BindRequest request{.product = "clb", .stored_id = id, .bundle = bundle};
    request.binding.vendor_name = "a.example.com";
    return request;
  }
  Result<BindDone> bind_bundle(const std::string& id) {
    return finish(account.bind(of_bundle(id)));
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

TEST_F(AliyunClbTest, TakesNoOtherNameOfOursForThatOfACopy) {
  const std::string in_cas = store_name(
      "certferry-" + std::string(64, 'a') + "-" + std::string(5, 'b'), Time(seconds(1800000000)));
  ASSERT_EQ(in_cas.find("certferry-"), 0U);
  const std::map<std::string, Json> expected = {
      {"8", certificate("c1", in_cas, "8")},
      {"9", certificate("c2", "certferry-7-cn-hangzhou", "9-cn-hangzhou")},
      {"of CLB: c3", certificate("c3", in_cas, "0")},
      {"of CLB: c4", certificate("c4", "certferry-shop")},
      {"of CLB: c5", certificate("c5", "certferry-7")},
      {"of CLB: c6", certificate("c6", "certferry--cn-hangzhou")},
      {"of CLB: c7", certificate("c7", "certferry-7-cn-hangzhou-old")},
      {"7", certificate("c8", "certferry-7-cn-hangzhou", "0")}};
  for (const auto& [id, one] : expected) {
    will_list_listeners({listener("lb-1")});
    will_list_certificates({one});
    will_list_extensions({extension("de-1", "a.example.com", one.at("ServerCertificateId"))});
    EXPECT_EQ(listed()["a.example.com"].stored_id, id);
  }
}

TEST_F(AliyunClbTest, DeletesNothingThatWasBroughtUnderTheNameOfACopy) {
  AliyunAccount there({.endpoint = "https://{service}.aliyuncs.com",
                       .region = "cn-hangzhou",
                       .clb_region = {},
                       .key = {.id = "A", .secret = Secret("S"), .session_token = {}}},
                      http,
                      clock,
                      random);
  AliyunClb clb(there);
  will_list_certificates({certificate("c1", "certferry-7-cn-hangzhou", "9"),
                          certificate("c2", "certferry-7-cn-hangzhou")});
  will_answer("");
  ASSERT_TRUE(finish(clb.remove_copies("7")).has_value());
  EXPECT_THAT(actions(), ElementsAre("DescribeServerCertificates", "DeleteServerCertificate"));
  EXPECT_EQ(query(1), "RegionId=cn-hangzhou&ServerCertificateId=c2");
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

TEST_F(AliyunClbTest, WhatWasRefusedAtTheSecondListenerHasToBeReadFirst) {
  will_list_listeners({listener("lb-1"), listener("lb-2")});
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_list_extensions({extension("de-1", "a.example.com", "c6")});
  will_list_extensions({extension("de-2", "a.example.com", "c6")});
  will_list_certificates({certificate("c7", "certferry-7-cn-hangzhou")});
  will_answer("");
  will_refuse(403, "Forbidden.RAM");
  const Error error = bind("clb", "a.example.com", "7").error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
  EXPECT_EQ(error.code, "vendor.permission");
}

/// Lets whoever else is at work go on before it answers, and lists no certificate ever.
struct SlowClb : HttpClient {
  std::vector<std::string> actions;

  Task<HttpResponse> send(HttpRequest request) override {
    std::string action;
    for (const auto& [name, value] : request.headers) {
      if (name == "x-acs-action") action = value.reveal();
    }
    actions.push_back(action);
    co_await let_others_go_on();
    std::string members;
    if (action == "DescribeLoadBalancerListeners") {
      members = R"("Listeners":[{"LoadBalancerId":"lb-1","ListenerPort":443,"Status":"running"}])";
    } else if (action == "DescribeServerCertificates") {
      members = R"("ServerCertificates":{"ServerCertificate":[]})";
    } else if (action == "DescribeDomainExtensions") {
      members = R"("DomainExtensions":{"DomainExtension":[)"
                R"({"DomainExtensionId":"de-1","Domain":"a.example.com"}]})";
    } else {
      members = R"("ServerCertificateId":"c8")";
    }
    co_return HttpResponse{
        .status = 200, .headers = {}, .body = R"({"RequestId":"R-1",)" + members + "}"};
  }
  static Task<void> let_others_go_on() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                               boost::asio::use_awaitable);
  }
};

struct PatientSleeper : Sleeper {
  Task<void> sleep(milliseconds /*duration*/) override { return SlowClb::let_others_go_on(); }
};

TEST_F(AliyunClbTest, MakesOneCopyForBindsBesideEachOtherAndAfter) {
  SlowClb slow;
  PatientSleeper sleeper;
  Aliyun there({.endpoint = "https://{service}.aliyuncs.com",
                .region = {},
                .clb_region = {},
                .key = {.id = "A", .secret = Secret("S"), .session_token = {}}},
               slow,
               clock,
               random,
               &sleeper);
  boost::asio::io_context io;
  std::array<std::optional<BindDone>, 3> done;
  const auto begin = [&](std::size_t at) {
    start(io, keep(there.bind(of_bundle("8")), &done.at(at)), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  };
  begin(0);
  begin(1);
  io.run();
  begin(2);
  io.restart();
  io.run();
  for (const auto& one : done) EXPECT_TRUE(one.has_value());
  EXPECT_EQ(std::ranges::count(slow.actions, "UploadServerCertificate"), 1);
  EXPECT_EQ(std::ranges::count(slow.actions, "SetDomainExtensionAttribute"), 3);
}

TEST_F(AliyunClbTest, MakesAnotherCopyWhenTheOneThatItMadeIsGone) {
  will_have_one();
  will_list_certificates({});
  will_answer(R"("ServerCertificateId":"c8")");
  will_refuse(404, "ServerCertificateId.NotFound");
  EXPECT_EQ(bind_bundle("8").error().kind, ErrorKind::kNotFound);
  will_list_certificates({});
  will_answer(R"("ServerCertificateId":"c9")");
  will_answer("");
  ASSERT_TRUE(bind_bundle("8").has_value());
  EXPECT_THAT(http.sent.back().url, HasSubstr("ServerCertificateId=c9"));
}

TEST_F(AliyunClbTest, DeletesNoneOfSeveralThatADomainHas) {
  for (const char* id : {"7", "8"}) {
    const Json none = {{"PageData", Json::array()}};
    for (int network = 0; network < 4; ++network) will_say({{"TotalCount", 0}, {"Domains", none}});
    will_say({{"TotalCount", 0}, {"Sites", Json::array()}});
    http.will_answer({.status = 200,
                      .headers = {{"x-oss-request-id", "R-2"}},
                      .body = "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"});
    will_say(Json::object());  // no WAF
    will_list_listeners({listener("lb-1"), listener("lb-2")});
    will_list_certificates({certificate("c7", "brought", "7"), certificate("c8", "brought", "8")});
    will_list_extensions({extension("de-1", "a.example.com", "c7")});
    will_list_extensions({extension("de-2", "a.example.com", "c8")});
    const auto removed = finish(account.remove(id));
    ASSERT_FALSE(removed.has_value()) << id;
    EXPECT_EQ(removed.error().code, "vendor.in_use");
    EXPECT_THAT(removed.error().text(), HasSubstr("a.example.com of CLB"));
  }
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
