#include "providers/upyun/upyun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/keys.h"
#include "crypto/throwaway_ca.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct UpyunTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Upyun account{{.endpoint = "https://console.upyun.com",
                 .username = "somebody",
                 .password = Secret("pass\"word")},
                http,
                clock};

  void will_log_in() {
    http.will_answer({.status = 200,
                      .headers = {{"set-cookie", "s=abc; Path=/; HttpOnly"},
                                  {"set-cookie", "lang=zh"},
                                  {"set-cookie", "none"}},
                      .body = R"({"msg":{},"data":{"result":true}})"});
  }
  void will_say(const std::string& data) {
    http.will_answer(200, R"({"msg":{},"data":)" + data + "}");
  }
  void will_list_buckets(const std::string& buckets, int total) {
    will_say(R"({"buckets":)" + buckets + R"(,"pager":{"page":1,"pages":1,"total":)" +
             std::to_string(total) + "}}");
  }
  BindRequest bind_to(std::optional<std::string> from, const std::string& to) {
    BindRequest request{.product = "cdn", .binding = {}, .stored_id = to};
    request.binding.vendor_name = "a.example.com";
    request.binding.stored_id = std::move(from);
    return request;
  }
  /// Method and path of each call but logins.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      const std::string path = one.url.substr(one.url.find('/', 8));
      if (!path.starts_with("/accounts")) out.push_back(one.method + path);
    }
    return out;
  }
};

std::string bucket(const std::string& domains, const std::string& more = R"("status":"NORMAL")") {
  return R"([{"bucket_name":"b","visible":true,"domains":[)" + domains + "]," + more + "}]";
}

std::string domain(const std::string& name, const std::string& status = "NORMAL") {
  return R"({"domain":")" + name + R"(","status":")" + status + "\"}";
}

TEST_F(UpyunTest, LogsInOnceAndSendsTheCookies) {
  will_log_in();
  will_say(R"({"status":0,"result":{}})");
  will_say(R"({"status":0,"result":[]})");
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  ASSERT_EQ(http.sent.size(), 3U);
  const auto& login = http.sent[0];
  EXPECT_EQ(login.method, "POST");
  EXPECT_EQ(login.url, "https://console.upyun.com/accounts/signin/");
  EXPECT_EQ(login.body, R"({"username":"somebody","password":"pass\"word"})");
  EXPECT_FALSE(login.headers.contains("Cookie"));
  EXPECT_FALSE(login.changes_state);
  EXPECT_EQ(http.sent[1].url, "https://console.upyun.com/api/https/certificate/list/?limit=100");
  EXPECT_EQ(http.sent[1].headers.at("Cookie"), "s=abc; lang=zh");
  EXPECT_EQ(http.sent[2].headers.at("Cookie"), "s=abc; lang=zh");
}

TEST_F(UpyunTest, LogsInAnewWhenTheSessionIsOldOrGone) {
  will_log_in();
  will_say(R"({"status":0,"result":{}})");
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  clock.at += minutes(21);
  will_log_in();
  http.will_answer(302, "");
  const Error error = finish(account.list_stored()).error();
  EXPECT_EQ(error.code, "vendor.session");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  will_log_in();
  will_say(R"({"status":0,"result":{}})");
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  EXPECT_EQ(http.sent.size(), 6U);
}

TEST_F(UpyunTest, SaysWhoWasRefusedAndNotByWhat) {
  http.will_answer(200, R"({"msg":{},"data":{"result":false,"message":"no, not pass\"word"}})");
  const Error error = finish(account.list_bindings("cdn")).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnauthorized);
  EXPECT_THAT(error.activity, HasSubstr("logging in to UPYUN's console"));
  http.will_answer(200, R"({"msg":{},"data":{"result":true}})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");  // no session
}

TEST_F(UpyunTest, UploadsKeysInTheirTraditionalForm) {
  const ThrowawayCa authority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  for (const auto& [kind, begin] :
       {std::pair(LeafRequest::KeyKind::kEcdsaP256, "-----BEGIN EC PRIVATE KEY-----"),
        std::pair(LeafRequest::KeyKind::kRsa2048, "-----BEGIN RSA PRIVATE KEY-----")}) {
    const IssuedLeaf leaf = authority.issue({.names = {"a.example.com"},
                                             .not_before = Time(hours(24 * 20000)),
                                             .not_after = Time(hours(24 * 20090)),
                                             .key = kind});
    auto bundle = std::make_shared<Bundle>();
    bundle->chain_pem = "C\n";
    bundle->key_pem = write_key(leaf.key_pem, KeyForm::kPkcs8).value();
    Upyun fresh{{.endpoint = "https://console.upyun.com", .username = "x", .password = Secret("y")},
                http,
                clock};
    will_log_in();
    will_say(R"({"status":0,"result":{"certificate_id":"13da881cc3a91d36ccaf3bde66f81802"}})");
    EXPECT_EQ(finish(fresh.upload(bundle, "a label")).value(), "13da881cc3a91d36ccaf3bde66f81802");
    EXPECT_EQ(http.sent.back().method, "POST");
    EXPECT_EQ(http.sent.back().url, "https://console.upyun.com/api/https/certificate/");
    EXPECT_THAT(http.sent.back().body,
                StartsWith(std::string(R"({"certificate":"C\n","private_key":")") + begin));
    EXPECT_TRUE(http.sent.back().changes_state);
  }
}

TEST_F(UpyunTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  const ThrowawayCa authority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  auto bundle = std::make_shared<Bundle>();
  bundle->key_pem = authority
                        .issue({.names = {"a.example.com"},
                                .not_before = Time(hours(24 * 20000)),
                                .not_after = Time(hours(24 * 20090))})
                        .key_pem;
  will_log_in();
  will_say(R"({"status":0})");
  const Error error = finish(account.upload(bundle, "a label")).error();
  EXPECT_EQ(error.code, "reply.no_id");
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
}

TEST_F(UpyunTest, ListsCertificatesPageByPage) {
  will_log_in();
  will_say(R"({"status":0,"pager":{"since":null,"max":123456,"limit":100},"result":{
      "default":{"config_domain":3},
      "13da":{"commonName":"WWW.example.com","config_domain":20,
              "validity":{"start":1768437000000,"end":1776213000000}}}})");
  will_say(R"({"status":0,"result":{"pager":{"since":7,"max":null,"limit":100},
      "465a":{"config_domain":"odd","validity":{"start":-5}}}})");
  const auto stored = finish(account.list_stored()).value();
  EXPECT_THAT(asked(),
              ElementsAre("GET/api/https/certificate/list/?limit=100",
                          "GET/api/https/certificate/list/?limit=100&max=123456"));
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].id, "13da");
  EXPECT_EQ(stored[0].label, "");
  EXPECT_THAT(stored[0].names, ElementsAre("www.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].in_use, 20U);
  EXPECT_EQ(stored[1].in_use, std::nullopt);
  EXPECT_EQ(stored[1].not_before, Time{});
}

TEST_F(UpyunTest, TakesNoListForWholeThatIsNot) {
  will_log_in();
  will_say(R"({"result":{},"pager":{"max":1}})");
  will_say(R"({"result":{},"pager":{"max":2}})");
  will_say(R"({"result":{},"pager":{"max":1}})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.paging");
  will_say(R"({"pager":{}})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  will_list_buckets(bucket(domain("a.example.com")), 2);
  will_list_buckets(bucket(domain("a.example.com")), 2);
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
  will_say(R"({"buckets":[]})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
}

TEST_F(UpyunTest, LearnsFromEachCertificateWhichDomainsHaveIt) {
  will_log_in();
  will_list_buckets(bucket(domain("a.example.com") + "," + domain("b.example.com") + "," +
                           domain("b.test.upcdn.net")),
                    1);
  will_say(R"({"status":0,"result":{"13da":{"config_domain":1},"465a":{"config_domain":0}}})");
  will_say(R"({"authenticate_num":2,"authenticate_domain":["a.example.com","*.Example.com"],
      "domains":[{"name":"A.example.com","https":true,"force_https":true,"source_https":false},
                 {"name":"b.example.com"}]})");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(asked(),
              ElementsAre("GET/api/v2/buckets?type=ucdn&tag=all&state=all&security_cdn=false&"
                          "with_domains=true&perPage=100&page=1",
                          "GET/api/https/certificate/list/?limit=100",
                          "GET/api/https/certificate/manager/?certificate_id=13da"));
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].stored_id, "13da");
  EXPECT_TRUE(bindings[0].online);
  const std::map<std::string, std::string> settings = {
      {"bucket_name", "b"}, {"force_https", "true"}, {"source_https", "false"}};
  EXPECT_EQ(bindings[0].settings, settings);
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_EQ(bindings[1].settings.at("force_https"), "false");
  // What was used is known by all its names from here on.
  will_say(R"({"status":0,"result":{"13da":{"commonName":"a.example.com"}}})");
  EXPECT_THAT(finish(account.list_stored()).value().at(0).names,
              ElementsAre("a.example.com", "*.example.com"));
}

TEST_F(UpyunTest, KnowsWhichDomainsAreServed) {
  struct Case {
    std::string buckets;
    bool online;
    std::string status;
  };
  const Case cases[] = {
      {bucket(domain("a.example.com")), true, "NORMAL"},
      {bucket(domain("a.example.com", "normal")), true, "normal"},
      {bucket(domain("a.example.com", "CLOSED")), false, "offline"},
      {bucket(domain("a.example.com", "CHECKING")), false, "CHECKING"},
      {bucket(domain("a.example.com"), R"("status":"FROZEN")"), false, "FROZEN"},
      {bucket(domain("a.example.com"), R"("status":"NORMAL","visible":false)"), false, "offline"},
  };
  will_log_in();
  for (const Case& one : cases) {
    will_list_buckets(one.buckets, 1);
    will_say(R"({"status":0,"result":{}})");
    const auto bindings = finish(account.list_bindings("cdn")).value();
    EXPECT_EQ(bindings.at(0).online, one.online) << one.buckets;
    EXPECT_EQ(bindings.at(0).status, one.status) << one.buckets;
  }
}

TEST_F(UpyunTest, UnderstandsBothSpellingsOfAWildcard) {
  will_log_in();
  will_list_buckets(bucket(domain("*.example.com") + "," + domain(".example.net")), 1);
  will_say(R"({"status":0,"result":{}})");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_EQ(bindings.at(0).name, "*.example.com");
  EXPECT_EQ(bindings.at(1).name, "*.example.net");
  EXPECT_EQ(bindings.at(1).vendor_name, ".example.net");
}

TEST_F(UpyunTest, RefusesAListWithWhatIsNoDomain) {
  will_log_in();
  will_list_buckets(bucket("{}"), 1);
  will_say(R"({"status":0,"result":{}})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_list_buckets("[]", 0);
  will_say(R"({"status":0,"result":{"13da":{"config_domain":1}}})");
  will_say("{}");
  const Error error = finish(account.list_bindings("cdn")).error();
  EXPECT_EQ(error.code, "reply.shape");
  EXPECT_EQ(error.activity, "asking UPYUN which domains have certificate 13da");
}

TEST_F(UpyunTest, TheFirstCertificateTurnsHttpsOnAndForcesNobody) {
  will_log_in();
  will_say(R"({"status":true})");
  const auto done = finish(account.bind(bind_to(std::nullopt, "465a")));
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(asked(), ElementsAre("POST/api/https/certificate/manager"));
  EXPECT_EQ(
      http.sent[1].body,
      R"({"certificate_id":"465a","domain":"a.example.com","force_https":false,"https":true})");
  EXPECT_TRUE(http.sent[1].changes_state);
}

TEST_F(UpyunTest, ALaterCertificateIsMovedTo) {
  will_log_in();
  will_say(R"({"status":true})");
  ASSERT_TRUE(finish(account.bind(bind_to("13da", "465a"))).has_value());
  EXPECT_THAT(asked(), ElementsAre("POST/api/https/migrate/domain"));
  EXPECT_EQ(http.sent[1].body, R"({"crt_id":"465a","domain_name":"a.example.com"})");
}

TEST_F(UpyunTest, ABindThatChangesNothingIsDone) {
  will_log_in();
  http.will_answer(400, R"({"data":{"error_code":23601,"message":"the same"}})");
  EXPECT_TRUE(finish(account.bind(bind_to("13da", "465a"))).has_value());
  http.will_answer(400, R"({"data":{"error_code":21713,"message":"another"}})");
  const Error error = finish(account.bind(bind_to(std::nullopt, "465a"))).error();
  EXPECT_EQ(error.code, "vendor.changed");
  EXPECT_EQ(error.kind, ErrorKind::kConflict);
}

TEST_F(UpyunTest, DeletesById) {
  will_log_in();
  will_say(R"({"status":true})");
  ASSERT_TRUE(finish(account.remove("13da")).has_value());
  EXPECT_THAT(asked(), ElementsAre("DELETE/api/https/certificate/?certificate_id=13da"));
  http.will_answer(400, R"({"data":{"type":"ThereIsBindingDomains"}})");
  EXPECT_EQ(finish(account.remove("13da")).error().kind, ErrorKind::kInUse);
}

TEST_F(UpyunTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("file")).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
