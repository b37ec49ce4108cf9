#include "providers/ctyun/ctyun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fixed_random.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;

constexpr const char* kBadSignature =
    R"({"statusCode":"CTAPI_10009","error":"10009","message":"signature verification failed"})";

struct CtyunTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::FixedRandom random{7};
  Ctyun account{{.endpoint = "https://{service}.ctapi.ctyun.cn",
                 .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
                http,
                clock,
                random};

  void will_return(const std::string& object) {
    http.will_answer(200, R"({"statusCode":100000,"returnObj":)" + object + "}");
  }
  void will_list(const std::string& rows, int total) {
    will_return(R"({"result":)" + rows + R"(,"total":)" + std::to_string(total) + "}");
  }
  /// Method and address of each call.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) out.push_back(one.method + " " + one.url.substr(8));
    return out;
  }
};

std::string row(const std::string& name, const std::string& code = "008", int status = 4) {
  return R"({"domain":")" + name + R"(","cname":"x.ctdns.cn","product_code":")" + code +
         R"(","area_scope":1,"status":)" + std::to_string(status) + "}";
}

BindRequest bind_to(const std::string& product) {
  return {.product = product,
          .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
          .stored_id = "certferry-x"};
}

TEST_F(CtyunTest, SignsEachCallByBeijingsClock) {
  will_list("[]", 0);
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.url,
            "https://ctcdn-global.ctapi.ctyun.cn/v1/domain/query-domain-list?page=1&page_size=100");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  EXPECT_EQ(sent.headers.at("eop-date"), "20260102T110400Z");
  EXPECT_EQ(sent.headers.at("ctyun-eop-request-id"), "00000000000000070000000000000007");
  // Computed by hand.
  EXPECT_EQ(sent.headers.at("Eop-Authorization"),
            "AKEXAMPLE Headers=ctyun-eop-request-id;eop-date "
            "Signature=mySQfsqYuax/pwAFnH7z3uZ0LxScInPZWQjBbk9hOQw=");
}

TEST_F(CtyunTest, TriesTheOtherClockOnceAndStaysWithTheOneThatIsTaken) {
  http.will_answer(200, kBadSignature);
  will_list("[]", 0);
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  ASSERT_EQ(http.sent.size(), 2U);
  EXPECT_EQ(http.sent[1].headers.at("eop-date"), "20260102T030400Z");
  http.will_answer(200, kBadSignature);  // now it is something else
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "vendor.signature");
  ASSERT_EQ(http.sent.size(), 3U);
  EXPECT_EQ(http.sent[2].headers.at("eop-date"), "20260102T030400Z");
}

TEST_F(CtyunTest, WrongKeysAreRefusedByBothClocks) {
  for (int i = 0; i < 2; ++i) {
    http.will_answer(200, kBadSignature);
    http.will_answer(200, kBadSignature);
    EXPECT_EQ(finish(account.list_stored()).error().kind, ErrorKind::kUnauthorized);
  }
  ASSERT_EQ(http.sent.size(), 4U);
  EXPECT_EQ(http.sent[2].headers.at("eop-date"), "20260102T110400Z");
}

TEST_F(CtyunTest, UploadsUnderTheNameThatItGoesBy) {
  will_return(R"({"id":9007199254740993})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  const std::string label = label_for(std::string(64, 'a'), 7);
  const std::string name = store_name(label, bundle->leaf.not_after);
  EXPECT_EQ(finish(account.upload(bundle, label)).value(), name);
  EXPECT_THAT(asked(), ElementsAre("POST ctcdn-global.ctapi.ctyun.cn/v1/cert/creat-cert"));
  EXPECT_EQ(http.sent[0].body, R"({"name":")" + name + R"(","certs":"C\n","key":"K"})");
  EXPECT_TRUE(http.sent[0].changes_state);

  for (const char* object : {"null", "{}", R"({"id":null})"}) {
    will_return(object);
    const Error error = finish(account.upload(bundle, label)).error();
    EXPECT_EQ(error.code, "reply.no_id");
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(CtyunTest, ListsCertificatesByName) {
  const std::string label = label_for(std::string(64, 'a'), 7);
  const std::string ours = store_name(label, parse_time("2026-04-15T08:30:59Z").value());
  will_return(R"({"total_records":2,"result":[{"id":7,"name":")" + ours +
              R"(","cn":"x","sans":["cdn.example.com","*.EXAMPLE.com"],"issue":1768437000,
                  "expires":1776213000},
                 {"id":8,"name":"证书 一\u001b[2J","cn":"other.example.com","expires":-5}]})");
  const auto stored = finish(account.list_stored()).value();
  EXPECT_THAT(asked(),
              ElementsAre("GET ctcdn-global.ctapi.ctyun.cn/v1/cert/"
                          "query-cert-list?page=1&per_page=1000&usage_mode=0"));
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].id, ours);
  EXPECT_EQ(stored[0].label, label);
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T00:30:00Z").value());
  EXPECT_EQ(stored[1].id, "证书 一?[2J");
  EXPECT_THAT(stored[1].names, ElementsAre("other.example.com"));
  EXPECT_EQ(stored[1].not_after, Time{});
}

TEST_F(CtyunTest, TakesAnEmptyListThatIsNull) {
  will_return(R"({"result":null,"total_records":0})");
  EXPECT_TRUE(finish(account.list_stored()).value().empty());
  for (const char* object : {"null", R"({"result":null,"total_records":1})", R"({"result":[]})"}) {
    will_return(object);
    EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape") << object;
  }
  will_return(R"({"result":[{"id":1}],"total_records":1})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
}

TEST_F(CtyunTest, AsksEachDomainOfTheProductAndNoOther) {
  will_list("[" + row("a.example.com", "006") + "," + row("b.example.com", "008") + "," +
                row("c.example.com", "020") + "," + row("d.example.com", "006", 6) + "]",
            4);
  will_return(R"({"https_status":"on","cert_name":"c-1","ssl_stapling":"on",
      "origin":[{"origin":"o.example.com"}],"https_basic":{"https_force":"on"}})");
  will_return(R"({"https_status":"off","cert_name":"c-0"})");
  const auto bindings = finish(account.list_bindings("icdn")).value();
  EXPECT_THAT(
      asked(),
      ElementsAre("GET icdn-global.ctapi.ctyun.cn/v1/domain/query-domain-list?page=1&page_size=100",
                  "GET icdn-global.ctapi.ctyun.cn/v1/domain/"
                  "query-domain-detail?domain=a.example.com&product_code=006",
                  "GET icdn-global.ctapi.ctyun.cn/v1/domain/"
                  "query-domain-detail?domain=d.example.com&product_code=006"));
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].edge_name, "x.ctdns.cn");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, "c-1");
  const std::map<std::string, std::string> settings = {
      {"area_scope", "1"},
      {"https_basic.http_force", "off"},
      {"https_basic.https_force", "on"},
      {"origin", R"([{"origin":"o.example.com"}])"},
      {"ssl_stapling", "on"}};
  EXPECT_EQ(bindings[0].settings, settings);
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "offline");
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);  // HTTPS is off, whatever the name that was left
}

TEST_F(CtyunTest, ADomainThatWentWhileItWasListedIsNoTrouble) {
  will_list("[" + row("a.example.com") + "," + row("b.example.com", "001") + "]", 2);
  will_return("null");
  http.will_answer(200, R"({"statusCode":100404,"error":"E","message":"域名不存在"})");
  EXPECT_TRUE(finish(account.list_bindings("cdn")).value().empty());
  will_list("[" + row("a.example.com") + "]", 1);
  http.will_answer(502, "<html>");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().kind, ErrorKind::kUnavailable);
  will_list("[" + row("") + "]", 1);
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
}

TEST_F(CtyunTest, KnowsWhichDomainsAreServed) {
  for (int status = 1; status <= 12; ++status) {
    will_list("[" + row("a.example.com", "008", status) + "]", 1);
    will_return("{}");
    const bool served = status == 2 || status == 3 || status == 4 || status == 10;
    EXPECT_EQ(finish(account.list_bindings("cdn")).value().at(0).online, served) << status;
  }
}

TEST_F(CtyunTest, BindsWithNothingButTheCertificate) {
  will_return("null");
  const auto done = finish(account.bind(bind_to("icdn")));
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(asked(), ElementsAre("POST icdn-global.ctapi.ctyun.cn/v1/domain/update-domain"));
  EXPECT_EQ(http.sent[0].body,
            R"({"domain":"a.example.com","https_status":"on","cert_name":"certferry-x"})");
  EXPECT_TRUE(http.sent[0].changes_state);
}

TEST_F(CtyunTest, AsksEveryProductBeforeItDeletes) {
  will_list("[" + row("c.example.com", "020") + "]", 1);
  will_return(R"({"https_status":"on","cert_name":"c-0"})");
  // A domain that AccessOne has told of is not asked for again.
  will_list("[" + row("a.example.com") + "," + row("c.example.com", "020") + "]", 2);
  will_return(R"({"https_status":"on","cert_name":"c-1"})");
  will_list("[" + row("b.example.com", "006") + "]", 1);
  will_return(R"({"https_status":"on","cert_name":"c-2"})");
  will_return("null");
  ASSERT_TRUE(finish(account.remove("c-3")).has_value());
  EXPECT_EQ(asked().back(), "POST ctcdn-global.ctapi.ctyun.cn/v1/cert/delete-cert");
  EXPECT_EQ(http.sent.back().body, R"({"name":"c-3"})");

  will_list("[]", 0);
  will_list("[]", 0);
  will_list("[" + row("b.example.com", "006") + "]", 1);
  will_return(R"({"https_status":"on","cert_name":"c-3"})");
  const Error error = finish(account.remove("c-3")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInUse);
  EXPECT_THAT(error.text(), ::testing::HasSubstr("b.example.com of ICDN"));

  will_list("[" + row("c.example.com", "020") + "]", 1);
  will_return(R"({"https_status":"off","cert_name":"c-3"})");
  EXPECT_THAT(finish(account.remove("c-3")).error().text(),
              ::testing::HasSubstr("c.example.com of AccessOne"));
}

TEST_F(CtyunTest, AnAccountWithoutAccessOneDeletesAllTheSame) {
  for (const char* closed : {R"({"statusCode":100500,"error":"E","message":"产品未开通"})",
                             R"({"statusCode":100403,"error":"E","message":"没有权限"})"}) {
    http.will_answer(200, closed);
    will_list("[]", 0);
    will_list("[]", 0);
    will_return("null");
    EXPECT_TRUE(finish(account.remove("c-3")).has_value()) << closed;
  }
  http.will_answer(502, "<html>");
  EXPECT_EQ(finish(account.remove("c-3")).error().kind, ErrorKind::kUnavailable);
}

TEST_F(CtyunTest, DeletesNothingThatADomainOfAnyKindMayUse) {
  // Of another product's, or with HTTPS off for the time being.
  for (const char* code : {"020", "008"}) {
    will_list("[]", 0);  // AccessOne's
    will_list("[" + row("a.example.com", code) + "]", 1);
    will_return(R"({"https_status":"off","cert_name":"c-3"})");
    EXPECT_EQ(finish(account.remove("c-3")).error().kind, ErrorKind::kInUse) << code;
  }
  EXPECT_EQ(asked()[2].substr(asked()[2].find('?')), "?domain=a.example.com&product_code=020");
  // Or one of which nothing is said, by AccessOne neither.
  will_list("[" + row("a.example.com", "020") + "]", 1);
  will_return("null");
  will_list("[" + row("a.example.com", "020") + "]", 1);
  will_return("null");
  EXPECT_EQ(finish(account.remove("c-3")).error().kind, ErrorKind::kInUse);
  will_list("[]", 0);
  will_list("[" + row("a.example.com") + "]", 1);
  will_return("null");
  EXPECT_EQ(finish(account.remove("c-3")).error().kind, ErrorKind::kUnavailable);
  will_list("[]", 0);
  will_list("[" + row("a.example.com") + "]", 1);
  http.will_answer(200, R"({"statusCode":100404,"error":"E","message":"域名不存在"})");
  EXPECT_EQ(finish(account.remove("c-3")).error().kind, ErrorKind::kUnavailable);
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
}

TEST_F(CtyunTest, TellsWhetherANameHasHttpsAndItsSettings) {
  will_list("[" + row("a.example.com") + "," + row("b.example.com") + "]", 2);
  will_return(R"({"https_status":"off","cert_name":"c-1","ssl":"TLSv1.2","http2_status":"on"})");
  will_return(R"({"https_status":"on","cert_name":"c-1","ssl":"TLSv1.3"})");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_EQ(bindings.at(0).settings.at("https"), "off");
  EXPECT_FALSE(bindings.at(0).settings.contains("https.ssl"));
  EXPECT_FALSE(bindings.at(1).settings.contains("https"));
  EXPECT_EQ(bindings.at(1).settings.at("https.ssl"), R"("TLSv1.3")");
}

constexpr const char* kConfig = R"({"domain":"a.example.com","product_code":"020","status":4,
    "area_scope":1,"cname":"x.ctdns.cn","customer_name":null,"white_referer":{},"black_ip":[],
    "origin":[{"origin":"o.example.com","role":"master","weight":0},
              {"origin":"p.example.com","role":"slave","weight":"30"}],
    "req_host":"h.example.com","https_status":"on","cert_name":"c-1",
    "https_basic":{"https_force":"on","force_status":"302"},"ssl_stapling":"on"})";

TEST_F(CtyunTest, AccessOneAsksEachOfItsDomains) {
  will_list("[" + row("a.example.com", "020") + "," + row("b.example.com", "008") + "," +
                row("c.example.com", "020", 6) + "," + row("d.example.com", "020") + "]",
            4);
  will_return(kConfig);
  will_return(R"({"https_status":"off","cert_name":"c-0"})");
  will_return("null");  // it went meanwhile
  const auto bindings = finish(account.list_bindings("ao")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].stored_id, "c-1");
  EXPECT_EQ(bindings[0].edge_name, "x.ctdns.cn");
  const std::map<std::string, std::string> settings = {
      {"area_scope", "1"},
      {"https_basic.http_force", "off"},
      {"https_basic.https_force", "on"},
      {"origin",
       R"([{"origin":"o.example.com","role":"master","weight":"1"},)"
       R"({"origin":"p.example.com","role":"slave","weight":"30"}])"},
      {"req_host", R"("h.example.com")"},
      {"ssl_stapling", "on"}};
  EXPECT_EQ(bindings[0].settings, settings);
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_EQ(asked()[0],
            "GET accessone-global.ctapi.ctyun.cn/ctapi/v2/domain/"
            "query?page=1&page_size=50&product_code=020");
  EXPECT_EQ(asked()[1], "POST accessone-global.ctapi.ctyun.cn/ctapi/v1/accessone/domain/config");
  EXPECT_EQ(http.sent[1].body, R"({"domain":"a.example.com","product_code":"020"})");
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
  will_list("[" + row("a.example.com", "020") + "]", 1);
  will_return("[]");
  EXPECT_EQ(finish(account.list_bindings("ao")).error().code, "reply.shape");
}

TEST_F(CtyunTest, AccessOneGetsACopyOnceAndItsSettingsBack) {
  BindRequest request = bind_to("ao");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  request.bundle = bundle;
  will_return(kConfig);
  will_return(R"({"result":null,"total_records":0})");
  will_return(R"({"id":7})");
  will_return("null");
  EXPECT_TRUE(finish(account.bind(request)).value().wrote_settings);
  ASSERT_EQ(http.sent.size(), 4U);
  EXPECT_EQ(asked()[1],
            "GET accessone-global.ctapi.ctyun.cn/ctapi/v1/accessone/cert/"
            "list?page=1&per_page=1000&usage_mode=0");
  EXPECT_EQ(asked()[2], "POST accessone-global.ctapi.ctyun.cn/ctapi/v1/accessone/cert/create");
  EXPECT_EQ(http.sent[2].body, R"({"name":"certferry-x","certs":"C\n","key":"K"})");
  EXPECT_EQ(asked()[3], "POST accessone-global.ctapi.ctyun.cn/ctapi/v1/scdn/domain/modify_config");
  EXPECT_EQ(http.sent[3].body,
            R"({"cert_name":"certferry-x","domain":"a.example.com",)"
            R"("https_basic":{"force_status":"302","https_force":"on"},"https_status":"on",)"
            R"("origin":[{"origin":"o.example.com","role":"master","weight":"1"},)"
            R"({"origin":"p.example.com","role":"slave","weight":"30"}],"product_code":"020",)"
            R"("req_host":"h.example.com","ssl_stapling":"on"})");
  EXPECT_TRUE(http.sent[2].changes_state && http.sent[3].changes_state);

  // It is there by now, and nobody needs what is in it.
  request.bundle = nullptr;
  will_return(kConfig);
  will_return(R"({"result":[{"id":7,"name":"certferry-x"}],"total_records":1})");
  will_return("null");
  EXPECT_TRUE(finish(account.bind(request)).has_value());
  will_return(kConfig);
  will_return(R"({"result":[{"id":8,"name":"other"}],"total_records":1})");
  EXPECT_EQ(finish(account.bind(request)).error().code, "vendor.not_found");
}

TEST_F(CtyunTest, AccessOneIsNotTouchedWhereItsOriginsAreNotTold) {
  for (const char* config : {"{}", R"({"origin":[]})", R"({"origin":["o"]})", R"({"origin":7})"}) {
    will_return(config);
    EXPECT_EQ(finish(account.bind(bind_to("ao"))).error().code, "reply.shape") << config;
  }
  will_return("null");
  EXPECT_EQ(finish(account.bind(bind_to("ao"))).error().kind, ErrorKind::kNotFound);
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
}

TEST_F(CtyunTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("lvdn")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind(bind_to("lvdn"))).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
