#include "providers/baiducloud/baiducloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/no_sleep.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

const std::string kFingerprint(64, 'a');

struct BaiduCloudTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::NoSleep sleeper;
  BaiduCloud account{config(), http, clock, &sleeper};

  static BaiduCloudConfig config() {
    return {.endpoint = "https://{service}.baidubce.com",
            .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}};
  }

  /// The store's list of uses comes before CDN's domains.
  void will_list_uses(const Json& certificates = Json::array()) {
    http.will_answer(200, Json{{"certs", certificates}}.dump());
  }
  void will_list_names(const std::vector<std::string>& names, const std::string& next = "") {
    Json domains = Json::array();
    for (const std::string& name : names) domains.push_back({{"name", name}});
    http.will_answer(
        200,
        Json{{"domains", domains}, {"isTruncated", !next.empty()}, {"nextMarker", next}}.dump());
  }
  void will_say(const Json& config) { http.will_answer(200, config.dump()); }
  /// Of either kind.
  void will_list_no_balancers() {
    for (int i = 0; i < 2; ++i) will_say({{"blbList", Json::array()}, {"isTruncated", false}});
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) out.push_back(one.method + " " + one.url);
    return out;
  }
};

Json domain(const std::string& name, const std::string& certificate = "") {
  Json https = {{"enabled", !certificate.empty()}, {"certId", certificate}};
  if (!certificate.empty()) {
    https.update({{"httpRedirect", true},
                  {"httpRedirectCode", 301},
                  {"http2Enabled", false},
                  {"sslProtocols", {"TLSv1.3"}},
                  {"noRedirectedUAs", Json::array()},
                  {"sslVersion", ""},
                  {"unheard", {{"of", 1}}}});
  }
  return {{"domain", name},
          {"cname", name + ".a.bdydns.com"},
          {"status", "RUNNING"},
          {"lastModifyTime", "2026-01-02T03:04:05Z"},
          {"isBan", "NO"},
          {"origin", {{{"peer", "http://origin.example.com:80"}}}},
          {"requestAuth", {{"type", "c"}, {"key1", "a secret"}}},
          {"https", https}};
}

std::string our_name() {
  return store_name(label_for(kFingerprint, 7), parse_time("2026-04-15T08:30:59Z").value());
}

TEST_F(BaiduCloudTest, SignsWhatItSends) {
  BaiduCloudConfig wanted = config();
  wanted.key.session_token = Secret("TOKEN");
  BaiduCloud other{wanted, http, clock, nullptr};
  http.will_answer(200, R"({"certs":[]})");
  ASSERT_TRUE(finish(other.list_stored()).has_value());
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.url, "https://certificate.baidubce.com/v1/certificate/detail");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("x-bce-date"), "2026-01-02T03:04:00Z");
  EXPECT_EQ(sent.headers.at("x-bce-security-token"), "TOKEN");
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("bce-auth-v1/AKIDEXAMPLE/2026-01-02T03:04:00Z/1800/"
                        "host;x-bce-date;x-bce-security-token/"));
}

TEST_F(BaiduCloudTest, SendsLeafAndChainApartAndTheKeyInTheBodyAlone) {
  http.will_answer(200, R"({"certId":"cert-5atue8m3sxsv","certName":"x"})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem =
      "-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n";
  bundle->key_pem = Secret("K\n");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  EXPECT_EQ(finish(account.upload(bundle, label_for(kFingerprint, 7))).value(),
            "cert-5atue8m3sxsv");
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method + " " + sent.url, "POST https://certificate.baidubce.com/v1/certificate");
  EXPECT_EQ(
      sent.body,
      R"({"certName":")" + our_name() +
          R"(","certServerData":"-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n",)"
          R"("certPrivateData":"K\n",)"
          R"("certLinkData":"-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n",)"
          R"("certType":1})");
  EXPECT_TRUE(sent.changes_state);
}

TEST_F(BaiduCloudTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  for (const char* body : {"", "{}", R"({"certId":null})"}) {
    http.will_answer(200, body);
    const auto id = finish(account.upload(std::make_shared<Bundle>(), "a label"));
    EXPECT_EQ(id.error().code, "reply.no_id") << body;
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST_F(BaiduCloudTest, ReadsTheStoreAndWhoUsesWhat) {
  http.will_answer(200,
                   Json{{"certs",
                         {{{"certId", "cert-1"},
                           {"certName", our_name()},
                           {"certDNSNames", "cdn.example.com, *.EXAMPLE.com"},
                           {"certStartTime", "2026-01-15T08:30:59Z"},
                           {"certStopTime", "2026-04-15T16:30:00Z"},
                           {"status", "IN_USE"},
                           {"resources",
                            {{{"serviceName", "CDN"}, {"resourceId", "a"}},
                             {{"serviceName", "BLB"}, {"resourceId", "b"}}}}},
                          {{"certId", "cert-2"},
                           {"certName", "bought"},
                           {"certCommonName", "other.example.com"},
                           {"certStopTime", "2026-04-15T08:30:00Z"},
                           {"status", "IN_USE"}},
                          {{"certId", "cert-3"}, {"certName", "x"}, {"certStopTime", "soon"}},
                          {{"certId", "cert-4"}, {"certName", "y"}, {"status", "UNUSED"}}}}}
                       .dump());
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 4U);
  EXPECT_EQ(stored[0].label, label_for(kFingerprint, 7));
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T08:30:59Z").value());
  EXPECT_EQ(stored[0].in_use, 2U);
  EXPECT_THAT(stored[1].names, ElementsAre("other.example.com"));
  EXPECT_EQ(stored[1].not_after, parse_time("2026-04-15T08:30:00Z").value());
  EXPECT_EQ(stored[1].in_use, 1U);
  EXPECT_EQ(stored[2].not_after, Time{});
  EXPECT_EQ(stored[2].in_use, 1U);  // nothing says that it is not
  EXPECT_FALSE(stored[3].in_use.has_value());
}

TEST_F(BaiduCloudTest, ListsThatSayLessAreErrors) {
  http.will_answer(200, "{}");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  http.will_answer(200, R"({"certs":[{"certName":"x"}]})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
  will_list_uses();
  http.will_answer(200, R"({"domains":[{}]})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_list_uses();
  http.will_answer(200, R"({"domains":[],"isTruncated":true,"nextMarker":""})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
  will_list_uses();
  will_list_names({}, "m");
  will_list_names({}, "m");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
  will_list_uses();
  will_list_names({"a.example.com"});
  http.will_answer(200, "{}");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
}

TEST_F(BaiduCloudTest, AsksEachDomainOfEveryPage) {
  will_list_uses();
  will_list_names({"a.example.com", "*.example.com"}, "gone.example.com/+");
  will_list_names({"gone.example.com", "b.example.com", "c.example.com"});
  will_say(domain("a.example.com", "cert-1"));
  Json operating = domain("*.example.com");
  operating["status"] = "OPERATING";
  will_say(operating);
  http.will_answer(404, R"({"requestId":"R","code":"NoSuchDomain","message":"none"})");
  Json banned = domain("b.example.com", "cert-2");
  banned["isBan"] = "YES";
  will_say(banned);
  Json stopped = domain("c.example.com");
  stopped["status"] = "STOPPED";
  will_say(stopped);
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.a.bdydns.com");
  EXPECT_EQ(bindings[0].stored_id, "cert-1");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_FALSE(bindings[1].stored_id.has_value());
  EXPECT_EQ(bindings[2].status, "banned");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_FALSE(bindings[3].online);
  EXPECT_EQ(bindings[3].status, "offline");
  const std::string url = "GET https://cdn.baidubce.com/v2/domain";
  EXPECT_THAT(asked(),
              ElementsAre("GET https://certificate.baidubce.com/v1/certificate/detail",
                          url,
                          url + "?marker=gone.example.com%2F%2B",
                          url + "/a.example.com/config",
                          url + "/%2A.example.com/config",
                          url + "/gone.example.com/config",
                          url + "/b.example.com/config",
                          url + "/c.example.com/config"));
}

TEST_F(BaiduCloudTest, ListsSettingsToCompareButNoKeysOfTheDomains) {
  will_list_uses();
  will_list_names({"a.example.com"});
  will_say(domain("a.example.com", "cert-1"));
  const Binding one = finish(account.list_bindings("cdn")).value().front();
  EXPECT_EQ(one.settings.at("https.httpRedirectCode"), "301");
  EXPECT_EQ(one.settings.at("https.sslProtocols"), R"(["TLSv1.3"])");
  EXPECT_EQ(one.settings.at("origin"), R"([{"peer":"http://origin.example.com:80"}])");
  EXPECT_THAT(one.settings, Not(Contains(Key("requestAuth"))));
  EXPECT_THAT(one.settings, Not(Contains(Key("https.certId"))));
}

TEST_F(BaiduCloudTest, TellsOfANameWithoutHttpsThatItHasNone) {
  will_list_uses();
  will_list_names({"a.example.com"});
  will_say(domain("a.example.com"));
  const Binding one = finish(account.list_bindings("cdn")).value().front();
  EXPECT_EQ(one.settings.at("https"), "off");
  EXPECT_THAT(one.settings, Not(Contains(Key("https.sslProtocols"))));
}

TEST_F(BaiduCloudTest, AnAnswerStandsForAWhileIfTheStoreSaysTheSame) {
  const Json uses = {{{"certId", "cert-1"}, {"resources", {{{"resourceId", "A.example.com"}}}}}};
  const auto asks = [&](const Json& certificates, int domains) {
    will_list_uses(certificates);
    will_list_names({"a.example.com", "b.example.com"});
    for (int i = 0; i < domains; ++i) will_say(domain("a.example.com", i == 0 ? "cert-1" : ""));
    const std::size_t before = http.sent.size();
    EXPECT_TRUE(finish(account.list_bindings("cdn")).has_value());
    return http.sent.size() - before - 2;
  };
  EXPECT_EQ(asks(uses, 2), 2U);
  EXPECT_EQ(asks(uses, 0), 0U);
  EXPECT_EQ(asks(Json::array(), 1), 1U);  // the store knows nothing of the first one's certificate
  clock.at += minutes(11);
  EXPECT_EQ(asks(uses, 2), 2U);
  // What was bound is asked again.
  will_say(domain("b.example.com"));
  http.will_answer(200, "");
  ASSERT_TRUE(
      finish(account.bind({.product = "cdn",
                           .binding = {.name = "b.example.com", .vendor_name = "b.example.com"},
                           .stored_id = "cert-1"}))
          .has_value());
  EXPECT_EQ(asks(uses, 1), 1U);
}

TEST_F(BaiduCloudTest, ABindSendsTheSettingsBackAsTheyAre) {
  will_say(domain("*.example.com", "cert-1"));
  http.will_answer(200, "");
  const auto done =
      finish(account.bind({.product = "cdn",
                           .binding = {.name = "*.example.com", .vendor_name = "*.example.com"},
                           .stored_id = "cert-2"}));
  EXPECT_TRUE(done.value().wrote_settings);
  const std::string url = "https://cdn.baidubce.com/v2/domain/%2A.example.com/config";
  EXPECT_THAT(asked(), ElementsAre("GET " + url, "PUT " + url + "?https="));
  const auto& sent = http.sent.at(1);
  EXPECT_TRUE(sent.changes_state);
  // What is not known here goes back as well; what the vendor lists as empty does not.
  EXPECT_EQ(sent.body,
            R"({"https":{"certId":"cert-2","enabled":true,"http2Enabled":false,)"
            R"("httpRedirect":true,"httpRedirectCode":301,"sslProtocols":["TLSv1.3"],)"
            R"("unheard":{"of":1}}})");
}

TEST_F(BaiduCloudTest, ADomainWithoutHttpsGetsTheVendorsDefaults) {
  Json off = domain("a.example.com");
  off["https"]["http2Enabled"] = false;
  will_say(off);
  http.will_answer(200, "{}");
  ASSERT_TRUE(
      finish(account.bind({.product = "cdn",
                           .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
                           .stored_id = "cert-2"}))
          .has_value());
  EXPECT_EQ(http.sent.at(1).body, R"({"https":{"certId":"cert-2","enabled":true}})");
}

TEST_F(BaiduCloudTest, DeletesWhatNeitherCdnNorTheStoreSeesInUse) {
  will_list_names({"a.example.com"});
  will_say(domain("a.example.com", "cert-1"));
  will_list_no_balancers();
  http.will_answer(200, R"({"certs":[{"certId":"cert-2","status":"UNUSED"}]})");
  http.will_answer(200, "");
  ASSERT_TRUE(finish(account.remove("cert-2")).has_value());
  EXPECT_EQ(asked().back(), "DELETE https://certificate.baidubce.com/v1/certificate/cert-2");

  will_list_names({"a.example.com"});
  will_say(domain("a.example.com", "cert-1"));
  const Error bound = finish(account.remove("cert-1")).error();
  EXPECT_EQ(bound.kind, ErrorKind::kInUse);
  EXPECT_THAT(bound.message, HasSubstr("a.example.com"));

  will_list_names({});
  will_list_no_balancers();
  http.will_answer(200,
                   R"({"certs":[{"certId":"cert-3","status":"IN_USE",)"
                   R"("resources":[{"serviceName":"BLB","resourceId":"lb-1"}]}]})");
  const Error used = finish(account.remove("cert-3")).error();
  EXPECT_EQ(used.kind, ErrorKind::kInUse);
  EXPECT_THAT(used.message, HasSubstr("BLB lb-1"));
}

TEST_F(BaiduCloudTest, DeletesOnlyWhatTheListSaysIsUnused) {
  const auto removed = [&](const Json& certificate) {
    will_list_names({});
    will_list_no_balancers();
    will_list_uses(Json::array({certificate}));
    return finish(account.remove("cert-1")).error().kind;
  };
  Json one = {{"certId", "cert-1"}};
  EXPECT_EQ(removed(one), ErrorKind::kInUse);
  one["status"] = "DEPLOYING";
  EXPECT_EQ(removed(one), ErrorKind::kInUse);
  one["status"] = "UNUSED";
  one["resources"] = {{{"serviceName", "BLB"}, {"resourceId", "lb-1"}}};
  EXPECT_EQ(removed(one), ErrorKind::kInUse);
  EXPECT_EQ(removed({{"certId", "cert-2"}, {"status", "UNUSED"}}), ErrorKind::kNotFound);
  for (const auto& sent : http.sent) EXPECT_EQ(sent.method, "GET");
}

TEST_F(BaiduCloudTest, RefusesAnotherProduct) {
  EXPECT_EQ(finish(account.list_bindings("bos")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind({.product = "bos", .stored_id = "cert-1"})).error().kind,
            ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace certferry
