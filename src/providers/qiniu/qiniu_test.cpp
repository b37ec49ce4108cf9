#include "providers/qiniu/qiniu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;

const std::string kFingerprint(64, 'a');

struct QiniuTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Qiniu account = make("https://api.qiniu.com");

  Qiniu make(std::string endpoint) {
    return {{.endpoint = std::move(endpoint),
             .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
            http,
            clock};
  }
  void will_list(const std::string& domains, const std::string& marker = "") {
    http.will_answer(200, R"({"marker":")" + marker + R"(","domains":)" + domains + "}");
  }
  void will_say_https(const std::string& members) {
    http.will_answer(200, R"({"name":"x","protocol":"https","https":{)" + members + "}}");
  }
  void will_do() { http.will_answer(200, R"({"code":200,"error":""})"); }
  BindRequest bind_to(const std::string& id, const std::string& domain = "a.example.com") {
    BindRequest request{.product = "cdn", .binding = {}, .stored_id = id};
    request.binding.vendor_name = domain;
    return request;
  }
  /// Method and path of each call.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(one.method + one.url.substr(one.url.find('/', 8)));
    }
    return out;
  }
};

std::string domain(const std::string& name,
                   const std::string& protocol = "https",
                   const std::string& more = R"("operatingState":"success")",
                   const std::string& changed = "2025-12-31T08:00:00+08:00") {
  return R"({"name":")" + name + R"(","type":"normal","cname":")" + name +
         R"(.qiniudns.com","protocol":")" + protocol + R"(","modifyAt":")" + changed + "\"," +
         more + "}";
}

TEST_F(QiniuTest, SignsEachCallWithItsDate) {
  will_list("null");
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.url, "https://api.qiniu.com/domain?marker=&limit=1000");
  EXPECT_EQ(sent.body, "");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(sent.headers.at("X-Qiniu-Date"), "20260102T030400Z");
  // Computed by hand: HMAC-SHA1 of the text that the SDK would sign.
  EXPECT_EQ(sent.headers.at("Authorization"), "Qiniu AKEXAMPLE:B5Rm1NcvhTa-pwducVyzvaWx5ko=");
}

TEST_F(QiniuTest, SignsTheHostOfAGatewayWithoutItsPath) {
  const auto authorization_at = [&](const std::string& endpoint) {
    Qiniu behind = make(endpoint);
    will_list("[]");
    EXPECT_TRUE(finish(behind.list_bindings("cdn")).has_value());
    EXPECT_TRUE(http.sent.back().url.starts_with(endpoint + "/domain?"));
    return http.sent.back().headers.at("Authorization");
  };
  EXPECT_EQ(authorization_at("http://127.0.0.1:8080"), authorization_at("http://127.0.0.1:8080/a"));
  EXPECT_NE(authorization_at("http://127.0.0.1:8080"), authorization_at("http://127.0.0.1:8081"));
}

TEST_F(QiniuTest, UploadsUnderAShortName) {
  http.will_answer(200, R"({"certID":"65a1b2c3d4e5f60718293a4b"})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  bundle->leaf.dns_names = {"*.example.com", "example.com"};
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  const std::string label = label_for(kFingerprint, 7);
  EXPECT_EQ(finish(account.upload(bundle, label)).value(), "65a1b2c3d4e5f60718293a4b");
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://api.qiniu.com/sslcert");
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  EXPECT_EQ(sent.body,
            R"({"name":")" + store_name(label, bundle->leaf.not_after) +
                R"(","common_name":"*.example.com","ca":"C\n","pri":"K"})");
  EXPECT_TRUE(sent.changes_state);
}

TEST_F(QiniuTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  // Other spellings stand in other answers, and are none here.
  for (const char* body : {R"({"code":200})", R"({"certid":"65a1"})", "{}", "[]"}) {
    http.will_answer(200, body);
    const auto id = finish(account.upload(std::make_shared<Bundle>(), "a label"));
    EXPECT_EQ(id.error().code, "reply.no_id");
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(QiniuTest, ListsCertificatesPageByPage) {
  const std::string ours =
      store_name(label_for(kFingerprint, 7), parse_time("2026-04-15T08:30:59Z").value());
  http.will_answer(200,
                   R"({"code":200,"error":"","marker":"a b","certs":[{"certid":"65a1","name":")" +
                       ours +
                       R"(","common_name":"x","dnsnames":["cdn.example.com","*.EXAMPLE.com"],
                          "not_before":1768437000,"not_after":1776213000}]})");
  http.will_answer(200,
                   R"({"marker":"","certs":[{"certid":"65a2","name":"bought",
                      "common_name":"other.example.com","not_after":-5}]})");
  const auto stored = finish(account.list_stored()).value();
  EXPECT_THAT(asked(),
              ElementsAre("GET/sslcert?marker=&limit=500", "GET/sslcert?marker=a%20b&limit=500"));
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].id, "65a1");
  EXPECT_EQ(stored[0].label, label_for(kFingerprint, 7));
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T00:30:00Z").value());
  EXPECT_EQ(stored[1].label, "bought");
  EXPECT_THAT(stored[1].names, ElementsAre("other.example.com"));
  EXPECT_EQ(stored[1].not_after, Time{});
}

TEST_F(QiniuTest, TakesNoListForWholeThatIsNot) {
  http.will_answer(200, R"({"marker":"m","certs":[{"certid":"1"}]})");
  http.will_answer(200, R"({"marker":"n","certs":[{"certid":"2"}]})");
  http.will_answer(200, R"({"marker":"m","certs":[{"certid":"1"}]})");
  const Error error = finish(account.list_stored()).error();
  EXPECT_EQ(error.code, "reply.paging");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.activity, "listing the certificates at Qiniu");
  for (const char* body : {R"({"marker":""})", R"({"certs":{}})", "[]"}) {
    http.will_answer(200, body);
    EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape") << body;
  }
  http.will_answer(200, R"({"certs":[{"name":"without an id"}]})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
}

TEST_F(QiniuTest, AsksOnlyDomainsThatHaveHttps) {
  will_list("[" + domain("a.example.com") + "," + domain(".example.com", "http") + "]");
  will_say_https(R"("certId":"65a1","forceHttps":true,"http2Enable":false,"freeCert":false)");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(asked(), ElementsAre("GET/domain?marker=&limit=1000", "GET/domain/a.example.com"));
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.qiniudns.com");
  EXPECT_EQ(bindings[0].stored_id, "65a1");
  EXPECT_TRUE(bindings[0].online);
  const std::map<std::string, std::string> settings = {
      {"type", "\"normal\""}, {"https.forceHttps", "true"}, {"https.http2Enable", "false"}};
  EXPECT_EQ(bindings[0].settings, settings);
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].vendor_name, ".example.com");
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_EQ(bindings[1].settings.at("https.forceHttps"), "false");
}

TEST_F(QiniuTest, AsksADomainAgainOnlyWhenItsRowHasChanged) {
  for (int i = 0; i < 2; ++i) {
    will_list("[" + domain("a.example.com") + "]");
    if (i == 0) will_say_https(R"("certId":"65a1")");
    EXPECT_EQ(finish(account.list_bindings("cdn")).value().at(0).stored_id, "65a1");
  }
  EXPECT_EQ(http.sent.size(), 3U);
  will_list("[" + domain("a.example.com", "https", R"("operatingState":"processing")") + "]");
  will_say_https(R"("certId":"65a2")");
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().at(0).stored_id, "65a2");
  EXPECT_EQ(http.sent.size(), 5U);
}

TEST_F(QiniuTest, AlwaysAsksADomainThatWasChangedAMomentAgo) {
  // Of the same moment as the clock's, before and after it, and none at all.
  for (const char* changed : {"2026-01-02T11:03:30+08:00",
                              "2026-01-02T03:04:30Z",
                              "2026-01-01T22:03:30.123-05:00",
                              "",
                              "yesterday at about noon"}) {
    for (int i = 0; i < 2; ++i) {
      will_list("[" + domain("a.example.com", "https", R"("operatingState":"success")", changed) +
                "]");
      will_say_https(R"("certId":"65a1")");
      ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
    }
  }
  EXPECT_EQ(http.sent.size(), 20U);
}

TEST_F(QiniuTest, ADomainThatWentWhileItWasListedIsNoTrouble) {
  will_list("[" + domain("a.example.com") + "," + domain("b.example.com", "http") + "]");
  http.will_answer(404, R"({"code":404001,"error":"无此域名"})");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].name, "b.example.com");
}

TEST_F(QiniuTest, LeavesNoDomainOutByAnswersThatOthersGiveAsWell) {
  struct Case {
    int status;
    std::string body;
    bool gone;
  };
  const Case cases[] = {
      {404, R"({"code":404001,"error":"无此域名"})", true},
      {612, R"({"code":612,"error":"no such domain"})", true},
      {400, R"({"code":400064,"error":"域名不属于该用户"})", true},
      {404, "<html>no such page</html>", false},
      {404, R"({"code":404,"error":"document not found"})", false},
      {404, R"({"code":404908,"error":"证书不属于该用户"})", false},
  };
  for (const Case& one : cases) {
    will_list("[" + domain("a.example.com") + "]");
    http.will_answer(one.status, one.body);
    const auto bindings = finish(account.list_bindings("cdn"));
    ASSERT_EQ(bindings.has_value(), one.gone) << one.body;
    if (!one.gone) EXPECT_EQ(bindings.error().kind, ErrorKind::kUnavailable) << one.body;
  }
}

TEST_F(QiniuTest, KnowsWhichDomainsAreServed) {
  struct Case {
    std::string more;
    bool online;
    std::string status;
  };
  const Case cases[] = {
      {R"("operatingState":"success","operationType":"create_domain")", true, "success"},
      {R"("operatingState":"processing","operationType":"modify_https_conf")", true, "processing"},
      {R"("operatingState":"failed","operationType":"modify_source")", true, "failed"},
      {R"("operatingState":"processing","operationType":"create_domain")", false, "processing"},
      {R"("operatingState":"failed","operationType":"create_domain")", false, "failed"},
      {R"("operatingState":"processing","operationType":"offline_domain")", false, "processing"},
      {R"("operatingState":"offlined")", false, "offline"},
      {R"("operatingState":"frozen")", false, "frozen"},
      {R"("operatingState":"notIcpFrozen")", false, "notIcpFrozen"},
      {R"("x":"y")", false, ""},
  };
  for (const Case& one : cases) {
    will_list("[" + domain("a.example.com", "http", one.more) + "]");
    const auto bindings = finish(account.list_bindings("cdn")).value();
    EXPECT_EQ(bindings.at(0).online, one.online) << one.more;
    EXPECT_EQ(bindings.at(0).status, one.status) << one.more;
  }
}

TEST_F(QiniuTest, LeavesOutNamesThatTakeTheSettingsOfTheirWildcard) {
  will_list("[" + domain("a.example.com", "https", R"("type":"pan")") + "]");
  EXPECT_TRUE(finish(account.list_bindings("cdn")).value().empty());
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(QiniuTest, RefusesAListWithWhatIsNoDomain) {
  will_list(R"([{"protocol":"http"}])");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_list("[" + domain("a.example.com") + "]");
  http.will_answer(200, "[]");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_list("[" + domain("a.example.com") + "]");
  will_say_https(R"("certId":"7\u001b[2J")");
  const Error error = finish(account.list_bindings("cdn")).error();
  EXPECT_EQ(error.code, "reply.no_id");
  EXPECT_EQ(error.activity, "asking Qiniu for the certificate of a.example.com");
}

TEST_F(QiniuTest, SendsTheOtherHttpsSettingsBackAsTheyAre) {
  will_say_https(
      R"("certId":"65a1","forceHttps":true,"http2Enable":true,"freeCert":true,"tls":"1.2")");
  will_do();
  const auto done = finish(account.bind(bind_to("65a2")));
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(asked(),
              ElementsAre("GET/domain/a.example.com", "PUT/domain/a.example.com/httpsconf"));
  EXPECT_EQ(http.sent[1].body,
            R"({"certId":"65a2","forceHttps":true,"http2Enable":true,"tls":"1.2"})");
  EXPECT_EQ(http.sent[1].headers.at("Content-Type"), "application/json");
  EXPECT_FALSE(http.sent[0].changes_state);
  EXPECT_TRUE(http.sent[1].changes_state);
}

TEST_F(QiniuTest, TurnsAPlainDomainToHttpsAndForcesNobody) {
  http.will_answer(200,
                   R"({"name":".example.com","protocol":"http",
                      "https":{"certId":"","forceHttps":true,"http2Enable":true}})");
  will_do();
  ASSERT_TRUE(finish(account.bind(bind_to("65a2", ".example.com"))).has_value());
  EXPECT_THAT(asked(), ElementsAre("GET/domain/.example.com", "PUT/domain/.example.com/sslize"));
  EXPECT_EQ(http.sent[1].body, R"({"certId":"65a2","forceHttps":false,"http2Enable":false})");
}

TEST_F(QiniuTest, ABindThatChangesNothingIsDone) {
  will_say_https(R"("certId":"65a2")");
  http.will_answer(400, R"({"code":400910,"error":"域名配置没有变更"})");
  EXPECT_TRUE(finish(account.bind(bind_to("65a2"))).has_value());
}

TEST_F(QiniuTest, SendsNothingWhenTheDomainCannotBeRead) {
  http.will_answer(502, "<html>");
  const Error error = finish(account.bind(bind_to("65a2"))).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.activity, "pointing a.example.com at certificate 65a2 of Qiniu");
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(QiniuTest, ADomainAtWorkIsUnchanged) {
  will_say_https(R"("certId":"65a1")");
  http.will_answer(400, R"({"code":400030,"error":"域名任务处理中"})");
  const Error error = finish(account.bind(bind_to("65a2"))).error();
  EXPECT_EQ(error.code, "vendor.busy");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
}

TEST_F(QiniuTest, AsksAgainAfterABindOfItsOwn) {
  will_list("[" + domain("a.example.com") + "]");
  will_say_https(R"("certId":"65a1")");
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  will_say_https(R"("certId":"65a1")");
  will_do();
  ASSERT_TRUE(finish(account.bind(bind_to("65a2"))).has_value());
  will_list("[" + domain("a.example.com") + "]");  // its row lags
  will_say_https(R"("certId":"65a2")");
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().at(0).stored_id, "65a2");
}

TEST_F(QiniuTest, DeletesById) {
  will_do();
  ASSERT_TRUE(finish(account.remove("65a1")).has_value());
  EXPECT_THAT(asked(), ElementsAre("DELETE/sslcert/65a1"));
  EXPECT_TRUE(http.sent[0].changes_state);
  http.will_answer(400, R"({"code":400611,"error":"证书已绑定域名"})");
  EXPECT_EQ(finish(account.remove("65a1")).error().kind, ErrorKind::kInUse);
}

TEST_F(QiniuTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("pili")).error().kind, ErrorKind::kUnsupported);
  BindRequest request = bind_to("65a1");
  request.product = "pili";
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace certferry
