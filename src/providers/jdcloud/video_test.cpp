// Live and VOD, whose domains hold bundles of their own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fixed_random.h"
#include "crypto/throwaway_ca.h"
#include "providers/jdcloud/held_copy.h"
#include "providers/jdcloud/jdcloud.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kTitle = copy_title("cert-7", std::string(64, 'a'));

/// What a vendor may show of a domain's certificate.
const IssuedLeaf& shown() {
  static const IssuedLeaf kShown = [] {
    const Time now = parse_time("2026-01-02T03:04:00Z").value();
    const ThrowawayCa authority(now - hours(1), now + hours(2));
    return authority.issue(
        {.names = {"a.example.com"}, .not_before = now - hours(1), .not_after = now + hours(1)});
  }();
  return kShown;
}

TEST(JdcloudHeldCopyTest, ATitleCountsForTheCertificateThatItWasGivenFor) {
  EXPECT_EQ(kTitle, "certferryaaaaaaaaaaaaaaaa636572742d37");
  EXPECT_EQ(held_copy(kTitle, ""), "cert-7");
  EXPECT_EQ(held_copy(kTitle, "xxx"), "cert-7");
  const std::string& fingerprint = shown().leaf.fingerprint;
  EXPECT_EQ(held_copy(copy_title("cert-7", fingerprint), shown().chain_pem), "cert-7");
  // Somebody replaced it, and the title stayed.
  EXPECT_EQ(held_copy(kTitle, shown().chain_pem),
            "own:" + kTitle + " " + short_fingerprint(fingerprint));
  EXPECT_EQ(held_copy("my cert", shown().chain_pem),
            "own:my cert " + short_fingerprint(fingerprint));
}

TEST(JdcloudHeldCopyTest, ATitleOfNoIdIsSomebodysOwn) {
  for (const char* tail : {"", "6", "6g", "00", "30", "0a0d", "2d31", "2041", "ff"}) {
    std::string title = "certferryaaaaaaaaaaaaaaaa";
    title += tail;
    EXPECT_EQ(held_copy(title, ""), "own:" + title);
  }
  EXPECT_EQ(held_copy("certferry", ""), "own:certferry");
  EXPECT_EQ(held_copy("a\nb", "").find('\n'), std::string::npos);
  EXPECT_EQ(held_copy("", ""), "own:");
}

struct JdcloudVideoTest : ::testing::Test {
  JdcloudVideoTest() {
    auto pair = std::make_shared<Bundle>();
    pair->leaf.fingerprint = std::string(64, 'a');
    pair->chain_pem = "L\nC\n";
    pair->key_pem = Secret("K\n");
    request.bundle = pair;
  }

  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::FixedRandom random{7};
  Jdcloud account{
      {.endpoint = "https://{service}.jdcloud-api.com",
       .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
      http,
      clock,
      random};
  BindRequest request{.binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
                      .stored_id = "cert-7"};

  void will_answer(const Json& result) {
    http.will_answer(200, Json{{"requestId", "R"}, {"result", result}}.dump());
  }
  void will_refuse(int code, const std::string& status) {
    http.will_answer(
        code, Json{{"requestId", "R"}, {"error", {{"code", code}, {"status", status}}}}.dump());
  }
  void will_say_yes() { http.will_answer(200, R"({"requestId":"R"})"); }
  Result<BindDone> bind(const std::string& product) {
    request.product = product;
    return finish(account.bind(request));
  }
  std::string listing(const std::string& product) {
    const auto bindings = finish(account.list_bindings(product));
    return bindings ? "listed" : bindings.error().code;
  }
  std::string sent(std::size_t at) const {
    return http.sent.at(at).method + " " + http.sent.at(at).url;
  }
};

Json player(const std::string& name, const std::string& status = "online") {
  return {{"playDomain", name},
          {"playDomainCname", name + ".galileo.jcloud-cdn.com"},
          {"domainStatus", status},
          {"playType", "normal"}};
}

Json groups(const std::vector<Json>& players, const Json& count = 1) {
  return {{"domainDetails", Json::array({Json{{"playDomains", players}}})}, {"totalCount", count}};
}

TEST_F(JdcloudVideoTest, LiveAsksTheDomainsThatAreServed) {
  Json restart = player("past.example.com");
  restart["playType"] = "restart";
  will_answer({{"domainDetails",
                {{{"publishDomains", Json::array()},
                  {"playDomains", {player("a.example.com"), player("b.example.com")}}},
                 {{"playDomains", {player("c.example.com", "check_failed"), restart}}},
                 {{"playDomains", {player("b.example.com")}}},
                 {{"publishDomains", Json::array()}}}},
               {"totalCount", 4}});
  will_answer({{"certStatus", "on"}, {"title", kTitle}});
  will_answer({{"certStatus", "off"}, {"title", kTitle}});
  const auto bindings = finish(account.list_bindings("live")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].stored_id, "cert-7");
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.galileo.jcloud-cdn.com");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_FALSE(bindings[1].stored_id.has_value());
  EXPECT_FALSE(bindings[2].online);
  EXPECT_FALSE(bindings[3].online);
  EXPECT_EQ(bindings[3].status, "a restart domain");
  EXPECT_EQ(http.sent.size(), 3U);
  EXPECT_EQ(sent(0), "GET https://live.jdcloud-api.com/v1/domains?pageNum=1&pageSize=50");
  EXPECT_EQ(sent(1),
            "GET https://live.jdcloud-api.com/v1/liveDomainCertificate?playDomain=a.example.com");
}

TEST_F(JdcloudVideoTest, LivesListEndsWithAPageThatIsNotFullWhateverItCounts) {
  const auto page = [](const std::string& stem, int size, int count) {
    Json groups = Json::array();
    for (int i = 0; i < size; ++i) {
      groups.push_back({{"playDomains", {player(stem + std::to_string(i), "offline")}}});
    }
    return Json{{"domainDetails", groups}, {"totalCount", count}};
  };
  const auto listed = [&] { return finish(account.list_bindings("live")).value().size(); };
  will_answer(page("a", 50, 250));
  will_answer(page("b", 30, 250));
  EXPECT_EQ(listed(), 80U);
  will_answer(page("a", 50, 50));
  EXPECT_EQ(listed(), 50U);
  will_answer(page("a", 50, 250));
  will_answer(page("a", 50, 250));
  EXPECT_EQ(listing("live"), "reply.paging");
}

TEST_F(JdcloudVideoTest, LiveMakesNothingUp) {
  for (const Json& list : {Json{{"totalCount", 1}},
                           Json{{"domainDetails", "x"}},
                           Json{{"domainDetails", {7}}},
                           groups({Json::object()}),
                           Json{{"domainDetails", {{{"playDomains", 7}}}}}}) {
    will_answer(list);
    EXPECT_EQ(listing("live"), "reply.shape") << list;
  }
  for (const Json& odd : {Json{{"certStatus", true}},
                          Json{{"certStatus", "half"}},
                          Json{{"cert", "PEM"}},
                          Json{{"certStatus", ""}, {"cert", "PEM"}}}) {
    will_answer(groups({player("a.example.com")}));
    will_answer(odd);
    EXPECT_EQ(listing("live"), "reply.shape") << odd;
  }
  for (const Json& nothing : {Json::object(), Json{{"certStatus", ""}, {"cert", ""}}}) {
    will_answer(groups({player("a.example.com")}));
    will_answer(nothing);
    EXPECT_FALSE(finish(account.list_bindings("live")).value().at(0).stored_id) << nothing;
  }
  will_answer(groups({player("a.example.com")}));
  will_refuse(404, "NOT_FOUND");
  EXPECT_FALSE(finish(account.list_bindings("live")).value().at(0).stored_id);
  will_answer(groups({player("a.example.com")}));
  will_refuse(403, "PERMISSION_DENIED");
  EXPECT_THAT(finish(account.list_bindings("live")).error().text(),
              HasSubstr("live:describeLiveDomainCertificate"));
}

TEST_F(JdcloudVideoTest, LiveTakesChainAndKeyUnderATitle) {
  will_say_yes();
  EXPECT_FALSE(bind("live").value().wrote_settings);
  EXPECT_EQ(sent(0), "POST https://live.jdcloud-api.com/v1/liveDomainCertificate");
  EXPECT_EQ(http.sent.at(0).body,
            R"({"playDomain":"a.example.com","certStatus":"on","cert":"L\nC\n","key":"K\n",)"
            R"("title":")" +
                kTitle + R"("})");
  EXPECT_TRUE(http.sent.at(0).changes_state);
  http.will_answer(502, "<p>canary");
  const Error failed = bind("live").error();
  EXPECT_EQ(failed.kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(failed.text(), Not(HasSubstr("canary")));
}

TEST_F(JdcloudVideoTest, LiveSendsNothingThatIsTooLong) {
  auto chain = std::make_shared<Bundle>(*request.bundle);
  chain->chain_pem = std::string(4099, 'x');
  auto key = std::make_shared<Bundle>(*request.bundle);
  key->key_pem = Secret(std::string(2049, 'x'));
  for (const BundlePtr& one : {BundlePtr(chain), BundlePtr(key)}) {
    request.bundle = one;
    EXPECT_EQ(bind("live").error().kind, ErrorKind::kRejected);
  }
  EXPECT_TRUE(http.sent.empty());
}

TEST_F(JdcloudVideoTest, WithoutTheBundleThereIsNothingToSend) {
  for (const BundlePtr& none : {BundlePtr(), BundlePtr(std::make_shared<Bundle>())}) {
    request.bundle = none;
    EXPECT_EQ(bind("live").error().code, "vendor.not_found");
    EXPECT_EQ(bind("vod").error().code, "vendor.not_found");
  }
  EXPECT_TRUE(http.sent.empty());
}

Json numbered(const Json& id, const std::string& name, const std::string& status = "normal") {
  return {{"id", id}, {"name", name}, {"cname", name + ".jdcloud-cdn.com"}, {"status", status}};
}

Json numbered_list(const std::vector<Json>& rows) {
  return {{"content", rows}, {"totalElements", rows.size()}};
}

TEST_F(JdcloudVideoTest, VodAsksTheDomainsThatAreServedByNumber) {
  will_answer(numbered_list({numbered(2, "a.example.com"),
                             numbered("3", "b.example.com", "configuring"),
                             numbered(4, "c.example.com", "stopped"),
                             numbered(5, "d.example.com", "init")}));
  will_answer(
      {{"enabled", true}, {"title", kTitle}, {"jumpType", "https"}, {"sslKey", "a canary"}});
  will_answer({{"enabled", false}, {"title", kTitle}, {"jumpType", ""}});
  const auto bindings = finish(account.list_bindings("vod")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].stored_id, "cert-7");
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.jdcloud-cdn.com");
  EXPECT_EQ(bindings[0].settings.at("jumpType"), "https");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_FALSE(bindings[1].stored_id.has_value());
  EXPECT_EQ(bindings[1].settings.at("jumpType"), "default");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[2].status, "offline");
  EXPECT_FALSE(bindings[3].online);
  EXPECT_EQ(http.sent.size(), 3U);
  EXPECT_EQ(sent(0), "GET https://vod.jdcloud-api.com/v1/domains?pageNumber=1&pageSize=50");
  EXPECT_EQ(sent(2), "GET https://vod.jdcloud-api.com/v1/domains/3%3AgetHttpSsl");
}

TEST_F(JdcloudVideoTest, VodMakesNothingUp) {
  for (const auto& [list, code] :
       {std::pair(Json{{"totalElements", 1}}, "reply.shape"),
        std::pair(Json{{"content", Json::array()}}, "reply.shape"),
        std::pair(numbered_list({Json{{"name", "a.example.com"}}}), "reply.no_id"),
        std::pair(numbered_list({Json{{"id", 2}}}), "reply.shape")}) {
    will_answer(list);
    EXPECT_EQ(listing("vod"), code) << list;
  }
  for (const Json& odd : {Json{{"enabled", "true"}},
                          Json{{"title", "x"}},
                          Json{{"sslCert", "PEM"}},
                          Json{{"enabled", true}},
                          Json{{"enabled", true}, {"jumpType", 7}},
                          Json{{"enabled", false}, {"jumpType", 7}}}) {
    will_answer(numbered_list({numbered(2, "a.example.com")}));
    will_answer(odd);
    EXPECT_EQ(listing("vod"), "reply.shape") << odd;
    will_answer(odd);
    EXPECT_EQ(bind("vod").error().code, "reply.shape") << odd;
    EXPECT_FALSE(http.sent.back().changes_state);
  }
}

TEST_F(JdcloudVideoTest, VodSendsTheRedirectBackAsItIs) {
  will_answer(numbered_list({numbered(2, "a.example.com")}));
  will_answer({{"enabled", true}, {"title", "x"}, {"jumpType", "http"}});
  will_say_yes();
  EXPECT_TRUE(bind("vod").value().wrote_settings);
  EXPECT_EQ(sent(2), "POST https://vod.jdcloud-api.com/v1/domains/2%3AsetHttpSsl");
  EXPECT_EQ(http.sent.at(2).body,
            R"({"source":"default","title":")" + kTitle +
                R"(","sslCert":"L\nC\n","sslKey":"K\n","jumpType":"http","enabled":true})");
  EXPECT_TRUE(http.sent.at(2).changes_state);
  // The number is known now; a domain that never had a certificate begins with no redirect.
  will_refuse(404, "NOT_FOUND");
  will_say_yes();
  ASSERT_TRUE(bind("vod").has_value());
  EXPECT_THAT(http.sent.back().body, HasSubstr(R"("jumpType":"default")"));
  request.binding.vendor_name = "gone.example.com";
  will_answer(numbered_list({}));
  EXPECT_EQ(bind("vod").error().kind, ErrorKind::kNotFound);
}

TEST_F(JdcloudVideoTest, VodsAnswersAreNotQuoted) {
  will_answer(numbered_list({numbered(2, "a.example.com")}));
  http.will_answer(502, "<p>canary");
  EXPECT_THAT(finish(account.list_bindings("vod")).error().text(), Not(HasSubstr("canary")));
}

TEST_F(JdcloudVideoTest, WhatCdnUsesIsKeptAndNeitherIsAskedBeforeADelete) {
  will_answer(
      {{"domains", {{{"domain", "cdn.example.com"}, {"status", "online"}}}}, {"totalCount", 1}});
  will_answer({{"status", "online"},
               {"httpType", "https"},
               {"certFrom", "ssl"},
               {"sslCertId", "cert-7"},
               {"jumpType", "https"}});
  EXPECT_THAT(finish(account.remove("cert-7")).error().message, HasSubstr("cdn.example.com"));
  for (const auto& one : http.sent) EXPECT_THAT(one.url, HasSubstr("//cdn."));
}

}  // namespace
}  // namespace certferry
