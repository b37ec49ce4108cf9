#include "providers/wangsu/wangsu.h"

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

struct WangsuTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Wangsu account{{.endpoint = "https://open.chinanetcenter.com",
                  .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
                 http,
                 clock,
                 nullptr};

  void will_list(const std::string& domains, int count) {
    http.will_answer(200,
                     R"({"code":"0","totalCount":)" + std::to_string(count) + R"(,"resultList":)" +
                         domains + "}");
  }
  void will_store(const std::string& entries) {
    http.will_answer(200, R"({"code":"0","message":"success","data":)" + entries + "}");
  }
  /// Method and path of each call.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(one.method + " " + one.url.substr(one.url.find('/', 8)));
    }
    return out;
  }
};

std::string domain(const std::string& name,
                   const std::string& status = "enabled",
                   const std::string& enabled = "Y") {
  return R"({"domainName":")" + name + R"(","cname":"x.wscdns.com","domainStatus":")" + status +
         R"(","isEnabled":")" + enabled + R"("})";
}

BindRequest bind_to(const std::string& product, const std::string& id = "100001") {
  return {.product = product,
          .binding = {.name = "*.example.com", .vendor_name = ".example.com"},
          .stored_id = id};
}

TEST_F(WangsuTest, SignsEachCall) {
  will_list("[]", 0);
  EXPECT_TRUE(finish(account.list_bindings("cdn")).value().empty());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://open.chinanetcenter.com/api/domain/domainList");
  EXPECT_EQ(sent.body, R"({"pageNumber":1,"pageSize":100})");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  EXPECT_EQ(sent.headers.at("X-CNC-Timestamp"), "1767323040");
  EXPECT_EQ(sent.headers.at("Date"), "Fri, 02 Jan 2026 03:04:00 GMT");
  // Computed by hand.
  EXPECT_EQ(sent.headers.at("Authorization"),
            "CNC-HMAC-SHA256 Credential=AKEXAMPLE, SignedHeaders=content-type;host, "
            "Signature=0b1f2d6575010f9a41044dcb0777ccb6931cce6d330aae0045c38864b72cc28c");
}

TEST_F(WangsuTest, UploadsUnderAShortName) {
  will_store(R"({"certificateId":9007199254740993})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  const std::string label = label_for(std::string(64, 'a'), 7);
  EXPECT_EQ(finish(account.upload(bundle, label)).value(), "9007199254740993");
  EXPECT_THAT(asked(), ElementsAre("POST /api/terraform/certificate"));
  EXPECT_EQ(http.sent[0].body,
            R"({"name":")" + store_name(label, bundle->leaf.not_after) +
                R"(","certificate":"C\n","privateKey":"K"})");
  EXPECT_TRUE(http.sent[0].changes_state);
  for (const char* data : {"null", "{}", "[]"}) {
    will_store(data);
    const Error error = finish(account.upload(bundle, label)).error();
    EXPECT_EQ(error.code, "reply.no_id");
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(WangsuTest, ListsCertificatesByTheirDatesInChina) {
  const std::string label = label_for(std::string(64, 'a'), 7);
  const std::string ours = store_name(label, parse_time("2026-04-15T08:30:59Z").value());
  will_store(R"([{"certificateId":7,"name":")" + ours +
             R"(","dnsNames":["cdn.example.com","*.EXAMPLE.com"],
                 "certificateValidityFrom":"2026-01-15 08:30:00",
                 "certificateValidityTo":"2026-04-15 08:30:59",
                 "relatedDomains":[{"domainName":"a.example.com"},{"domainName":"b.example.com"}]},
                {"certificateId":"8","name":"bought","certificateValidityTo":"some day",
                 "relatedDomains":[]}])");
  const auto stored = finish(account.list_stored()).value();
  EXPECT_THAT(asked(), ElementsAre("POST /api/terraform/certificates"));
  EXPECT_EQ(http.sent[0].body, "{}");
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].id, "7");
  EXPECT_EQ(stored[0].label, label);
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T00:30:59Z").value());
  EXPECT_EQ(stored[0].in_use, 2U);
  EXPECT_EQ(stored[1].in_use, 0U);
  EXPECT_EQ(stored[1].label, "bought");
  EXPECT_EQ(stored[1].not_after, Time{});
}

TEST_F(WangsuTest, TakesNoListForWholeThatIsNot) {
  will_store("null");
  EXPECT_TRUE(finish(account.list_stored()).value().empty());
  for (const char* body : {R"({"code":"0"})",
                           R"({"code":"0","data":{}})",
                           R"({"data":null})",
                           R"({"data":[]})",
                           "[]"}) {
    http.will_answer(200, body);
    EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape") << body;
  }
  will_store(R"([{"name":"without a number"}])");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
  for (const char* entry :
       {R"({"certificateId":7})", R"({"certificateId":7,"relatedDomains":"a.example.com"})"}) {
    will_store("[" + std::string(entry) + "]");
    EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape") << entry;
    will_list("[" + domain("a.example.com") + "]", 1);
    will_store("[" + std::string(entry) + "]");
    EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape") << entry;
  }
  will_list("[]", 1);
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
  http.will_answer(200, R"({"code":"0","totalCount":1})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
}

TEST_F(WangsuTest, LearnsFromTheStoreWhichCertificateADomainHas) {
  will_list("[" + domain("a.example.com") + "," + domain(".example.com", "deploying") + "," +
                domain("c.example.com", "disabled", "N") + "]",
            3);
  will_store(R"([{"certificateId":7,"relatedDomains":[{"domainName":"a.example.com"}]},
                 {"certificateId":12,"relatedDomains":[{"domainName":"*.example.com"},
                                                       {"domainName":"A.example.com"}]},
                 {"certificateId":9,"relatedDomains":[{"domainName":"a.example.com"}]},
                 {"certificateId":10,"relatedDomains":null}])");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(asked(),
              ElementsAre("POST /api/domain/domainList", "POST /api/terraform/certificates"));
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].edge_name, "x.wscdns.com");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, "12");  // of several the one that was stored last
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].vendor_name, ".example.com");
  EXPECT_EQ(bindings[1].stored_id, "12");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[2].status, "offline");
  EXPECT_EQ(bindings[2].stored_id, std::nullopt);
}

TEST_F(WangsuTest, WalksThePagesOfTheDomains) {
  std::string page;
  for (int i = 0; i < 100; ++i) page += (i ? "," : "") + domain("a" + std::to_string(i) + ".test");
  will_list("[" + page + "]", 101);
  will_list("[" + domain("last.test") + "]", 101);
  will_store("[]");
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().size(), 101U);
  EXPECT_EQ(http.sent[1].body, R"({"pageNumber":2,"pageSize":100})");
}

TEST_F(WangsuTest, BindsOneDomainToANumber) {
  http.will_answer(202, R"({"code":"0","message":"success"})");
  const auto done = finish(account.bind(bind_to("cdn")));
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_THAT(asked(), ElementsAre("PUT /api/config/certificate/batch"));
  EXPECT_EQ(http.sent[0].body, R"({"certificateId":100001,"domainNames":[".example.com"]})");
  EXPECT_TRUE(http.sent[0].changes_state);
}

TEST_F(WangsuTest, DeletesByNumber) {
  http.will_answer(200, R"({"code":"0"})");
  ASSERT_TRUE(finish(account.remove("100001")).has_value());
  EXPECT_THAT(asked(), ElementsAre("DELETE /api/terraform/certificate/100001"));
  EXPECT_TRUE(http.sent[0].changes_state);
  EXPECT_EQ(http.sent[0].body, "");
}

TEST_F(WangsuTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("waf")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind(bind_to("waf"))).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
