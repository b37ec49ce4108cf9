#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/baiducloud/baiducloud.h"
#include "providers/testing/no_sleep.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Json balancer(const std::string& id, const std::string& status = "available") {
  return {{"blbId", id}, {"status", status}, {"publicIp", "192.0.2.7"}};
}

Json host(const std::string& name, const std::string& certificate) {
  return {{"host", name}, {"certId", certificate}};
}

Json listener(std::vector<Json> hosts, const std::vector<std::string>& own = {"cert-own"}) {
  return {{"listenerPort", 443},
          {"scheduler", "LeastConnection"},
          {"keepSession", true},
          {"certIds", own},
          {"dualAuth", false},
          {"additionalCertDomains", std::move(hosts)}};
}

struct BaiduCloudBlbTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::NoSleep sleeper;
  BaiduCloud account = make("");

  BaiduCloud make(std::string region) {
    return {{.endpoint = "https://{service}.baidubce.com",
             .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
             .region = std::move(region)},
            http,
            clock,
            &sleeper};
  }
  void will_say(const Json& answer) { http.will_answer(200, answer.dump()); }
  void will_list(const char* key, const std::vector<Json>& items) {
    will_say({{key, items}, {"isTruncated", false}});
  }
  /// Ordinary ones, each with its HTTPS listener; and one of the application kind with another.
  void will_have(const std::vector<std::pair<Json, Json>>& ordinary,
                 const std::optional<Json>& application = {}) {
    std::vector<Json> listed;
    for (const auto& [one, its] : ordinary) listed.push_back(one);
    will_list("blbList", listed);
    for (const auto& [one, its] : ordinary) {
      will_list("listenerList", {its});
      will_list("listenerList", {});
    }
    if (!application) return will_list("blbList", {});
    will_list("blbList", {balancer("lb-app")});
    will_list("listenerList", {*application});
    will_list("listenerList", {});
  }
  Result<BindDone> bind(const std::string& name, const std::string& id = "cert-new") {
    return finish(account.bind(
        {.product = "blb", .binding = {.name = name, .vendor_name = name}, .stored_id = id}));
  }
  std::vector<std::string> asked(std::size_t from = 0) const {
    std::vector<std::string> out;
    for (std::size_t at = from; at < http.sent.size(); ++at) {
      out.push_back(http.sent[at].method + " " + http.sent[at].url);
    }
    return out;
  }
  std::vector<Json> changes() const {
    std::vector<Json> out;
    for (const auto& one : http.sent) {
      if (one.changes_state) out.push_back(Json::parse(one.body));
    }
    return out;
  }
};

TEST_F(BaiduCloudBlbTest, ListsTheHostsOfListenersOfBothKinds) {
  will_have({{balancer("lb-1"), listener({host("A.example.com", "cert-1")})}},
            listener({host("*.example.com", "cert-2")}));
  const auto bindings = finish(account.list_bindings("blb")).value();
  const std::string root = "GET https://blb.bj.baidubce.com/v1/";
  EXPECT_THAT(asked(),
              ElementsAre(root + "blb?maxKeys=1000",
                          root + "blb/lb-1/HTTPSlistener?maxKeys=1000",
                          root + "blb/lb-1/SSLlistener?maxKeys=1000",
                          root + "appblb?maxKeys=1000",
                          root + "appblb/lb-app/HTTPSlistener?maxKeys=1000",
                          root + "appblb/lb-app/SSLlistener?maxKeys=1000"));
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].vendor_name, "A.example.com");
  EXPECT_EQ(bindings[0].stored_id, "cert-1");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].settings.at("blb/lb-1/443.keepSession"), "true");
  EXPECT_FALSE(bindings[0].settings.contains("blb/lb-1/443.certIds"));
  EXPECT_EQ(bindings[2].name, "*.example.com");
  EXPECT_TRUE(bindings[2].online);
}

TEST_F(BaiduCloudBlbTest, LeavesAloneWhatHasNoName) {
  will_list("blbList", {balancer("lb-1")});
  Json pinned = listener({}, {"cert-first", "cert-last"});
  pinned["clientCertIds"] = {"cert-clients"};
  will_list("listenerList", {pinned});
  will_list("listenerList", {{{"listenerPort", 8443}, {"certIds", {"cert-ssl"}}}});
  will_list("blbList", {});
  const auto bindings = finish(account.list_bindings("blb")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "lb-1/443");
  EXPECT_FALSE(bindings[0].online);
  EXPECT_THAT(bindings[0].status, HasSubstr("without a name"));
  EXPECT_EQ(bindings[0].stored_id, "cert-last") << "of several the last one counts";
  EXPECT_EQ(bindings[1].name, "lb-1/8443");
  EXPECT_EQ(bindings[1].stored_id, "cert-ssl");
  EXPECT_EQ(bind("lb-1/443").error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(BaiduCloudBlbTest, DeletesNothingThatAListenerHas) {
  const auto removed = [&](const std::string& id) {
    will_say({{"domains", Json::array()}, {"isTruncated", false}});
    will_list("blbList", {balancer("lb-1")});
    Json pinned = listener({host("a.example.com", "cert-host")}, {"cert-first", "cert-last"});
    pinned["clientCertIds"] = {"cert-clients"};
    will_list("listenerList", {pinned});
    will_list("listenerList", {{{"listenerPort", 8443}, {"certIds", {"cert-ssl"}}}});
    will_list("blbList", {});
    return finish(account.remove(id)).error();
  };
  for (const char* id : {"cert-host", "cert-first", "cert-last", "cert-clients", "cert-ssl"}) {
    const Error error = removed(id);
    EXPECT_EQ(error.kind, ErrorKind::kInUse) << id;
    EXPECT_THAT(error.message, HasSubstr("of BLB")) << id;
  }
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(BaiduCloudBlbTest, DeletesWhereTheProductIsNotOpenedAndNotUsed) {
  const auto refuse = [&] {
    will_say({{"domains", Json::array()}, {"isTruncated", false}});
    http.will_answer(403, R"({"code":"OptInRequired","message":"x"})");
  };
  refuse();
  will_say({{"certs", {{{"certId", "cert-1"}, {"status", "UNUSED"}}}}});
  http.will_answer(200, "");
  EXPECT_TRUE(finish(account.remove("cert-1")).has_value());
  will_have({});
  EXPECT_TRUE(finish(account.list_bindings("blb")).has_value());
  refuse();
  EXPECT_EQ(finish(account.remove("cert-1")).error().kind, ErrorKind::kRejected);
}

TEST_F(BaiduCloudBlbTest, SendsEveryHostBackWithOneChanged) {
  const Json found = listener({host("a.example.com", "cert-1"), host("b.example.com", "cert-2")});
  will_have({{balancer("lb-1"), found}});
  ASSERT_TRUE(finish(account.list_bindings("blb")).has_value());
  const std::size_t before = http.sent.size();
  will_list("listenerList", {found});
  http.will_answer(200, "");
  will_say({{"status", "updating"}});
  will_say({{"status", "available"}});
  const auto done = bind("b.example.com");
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->wrote_settings);
  const std::string own = "https://blb.bj.baidubce.com/v1/blb/lb-1";
  EXPECT_THAT(asked(before),
              ElementsAre("GET " + own + "/HTTPSlistener?listenerPort=443&maxKeys=1000",
                          "PUT " + own + "/HTTPSlistener?listenerPort=443",
                          "GET " + own,
                          "GET " + own));
  EXPECT_EQ(sleeper.slept, seconds(2));
  EXPECT_EQ(changes().back(),
            Json({{"scheduler", "LeastConnection"},
                  {"certIds", {"cert-own"}},
                  {"additionalCertDomains",
                   {host("a.example.com", "cert-1"), host("b.example.com", "cert-new")}}}));
}

TEST_F(BaiduCloudBlbTest, BringsItToEveryListenerOfTheHost) {
  const Json first = listener({host("a.example.com", "cert-1")});
  const Json second = listener({host("a.example.com", "cert-2")});
  will_have({{balancer("lb-1"), first}, {balancer("lb-2", "paused"), second}}, second);
  const auto bindings = finish(account.list_bindings("blb")).value();
  EXPECT_EQ(bindings[0].stored_id, "cert-1 and cert-2");
  EXPECT_TRUE(bindings[0].online);
  for (const Json& one : {first, second}) {
    will_list("listenerList", {one});
    http.will_answer(200, "");
    will_say({{"status", "available"}});
  }
  ASSERT_TRUE(bind("a.example.com").has_value());
  EXPECT_EQ(changes().size(), 2U) << "none to the one that is paused";
  EXPECT_THAT(http.sent[http.sent.size() - 2].url, HasSubstr("/v1/appblb/lb-app/HTTPSlistener"));
}

TEST_F(BaiduCloudBlbTest, WhatWasRefusedAtTheSecondListenerHasToBeReadFirst) {
  const Json own = listener({host("a.example.com", "cert-1")});
  will_have({{balancer("lb-1"), own}}, own);
  finish(account.list_bindings("blb")).value();
  will_list("listenerList", {own});
  http.will_answer(200, "");
  will_say({{"status", "available"}});
  will_list("listenerList", {listener({host("b.example.com", "cert-1")})});
  const Error error = bind("a.example.com").error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << error.text();
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
  EXPECT_EQ(changes().size(), 1U);
}

TEST_F(BaiduCloudBlbTest, ChangesNoListThatLacksTheLastChange) {
  const Json found = listener({host("a.example.com", "cert-1"), host("b.example.com", "cert-2")});
  will_have({{balancer("lb-1"), found}});
  ASSERT_TRUE(finish(account.list_bindings("blb")).has_value());
  will_list("listenerList", {found});
  http.will_answer(200, "");
  will_say({{"status", "available"}});
  ASSERT_TRUE(bind("a.example.com").has_value());
  will_list("listenerList", {found});
  const Error error = bind("b.example.com").error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(changes().size(), 1U);
  will_list("listenerList",
            {listener({host("a.example.com", "cert-new"), host("b.example.com", "cert-2")})});
  http.will_answer(200, "");
  will_say({{"status", "available"}});
  ASSERT_TRUE(bind("b.example.com").has_value());
  EXPECT_EQ(changes().back()["additionalCertDomains"][0]["certId"], "cert-new");
}

TEST_F(BaiduCloudBlbTest, SendsNothingWhereNothingIsToBeChanged) {
  const Json found = listener({host("a.example.com", "cert-new")});
  will_have({{balancer("lb-1"), found}});
  ASSERT_TRUE(finish(account.list_bindings("blb")).has_value());
  will_list("listenerList", {found});
  const auto done = bind("a.example.com");
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->wrote_settings);
  will_list("listenerList", {listener({})});
  EXPECT_EQ(bind("a.example.com").error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(BaiduCloudBlbTest, CallsTheHostOfTheRegion) {
  BaiduCloud other = make("hkg");
  will_have({});
  EXPECT_THAT(finish(other.list_bindings("blb")).value(), IsEmpty());
  EXPECT_THAT(http.sent.front().url, HasSubstr("https://blb.hkg.baidubce.com/v1/blb"));
  BaiduCloud broken = make("bj.evil.example/");
  const Error error = finish(broken.list_bindings("blb")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(http.sent.size(), 2U);
}

TEST_F(BaiduCloudBlbTest, SaysThatALoadBalancerIsStillAtWork) {
  const Json found = listener({host("a.example.com", "cert-1")});
  will_have({{balancer("lb-1", "updating"), found}});
  EXPECT_TRUE(finish(account.list_bindings("blb")).value().front().online);
  will_list("listenerList", {found});
  http.will_answer(409, R"({"code":"LastOperationNotFinished","message":"x"})");
  const Error error = bind("a.example.com").error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, "vendor.busy");
}

TEST_F(BaiduCloudBlbTest, TakesNoListForWholeThatIsNot) {
  for (const char* body : {"{}", R"({"blbList":{}})", R"({"isTruncated":true,"blbList":[]})"}) {
    http.will_answer(200, body);
    EXPECT_FALSE(finish(account.list_bindings("blb")).has_value()) << body;
  }
  Json nameless = listener({host("", "cert-1")});
  Json certless = listener({{{"host", "a.example.com"}}});
  Json no_list = listener({});
  no_list["additionalCertDomains"] = "a.example.com";
  Json portless = listener({});
  portless.erase("listenerPort");
  for (const Json& one : {nameless, certless, no_list, portless}) {
    will_list("blbList", {balancer("lb-1")});
    will_list("listenerList", {one});
    will_list("listenerList", {});
    will_list("blbList", {});
    EXPECT_FALSE(finish(account.list_bindings("blb")).has_value()) << one;
    http = {};
  }
}

}  // namespace
}  // namespace certferry
