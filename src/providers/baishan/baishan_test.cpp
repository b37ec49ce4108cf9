#include "providers/baishan/baishan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

using Json = nlohmann::json;

const std::string kLabel = label_for(std::string(64, 'a'), 7);
const Time kEnd = parse_time("2026-04-15T00:30:00Z").value();

struct BaishanTest : ::testing::Test {
  testing::RecordingHttp http;
  Baishan account{{.endpoint = "https://cdn.api.baishan.com", .api_token = Secret("1/2")}, http};

  void will_say(const Json& data) {
    http.will_answer(200, Json{{"code", 0}, {"message", ""}, {"data", data}}.dump());
  }
  static Json domain(const std::string& name, const std::string& status = "serving") {
    return {{"id", "7"}, {"domain", name}, {"status", status}, {"cname", name + ".bsgslb.cn"}};
  }
  static Json config(const std::string& name, const Json& https) {
    return {{"domain", name}, {"config", {{"https", https}}}};
  }
  void will_list(std::vector<Json> items, const Json& count) {
    will_say({{"list", items}, {"total_number", count}});
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(one.method + one.url.substr(std::string("https://cdn.api.baishan.com").size()));
    }
    return out;
  }
  Error refused_list() { return finish(account.list_bindings("cdn")).error(); }
};

TEST_F(BaishanTest, SendsTheTokenApartFromTheUrl) {
  will_list({}, 0);
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  EXPECT_THAT(asked(), ElementsAre("GET/v2/domain/certificate?page_number=1&page_size=50"));
  EXPECT_THAT(http.sent[0].headers, IsEmpty());
}

TEST_F(BaishanTest, ReadsDomainsAndThenTheirSettings) {
  will_say(Json::array({{{"list", {domain("A.example.com"), domain("gone.example.com", "deleted")}},
                         {"total_number", "4"}}}));
  will_say(Json::array({{{"list", {domain(".example.com", "suspend"), domain("c.example.com")}},
                         {"total_number", "4"}}}));
  Json without = {{"domain", "c.example.com"}, {"config", Json::array()}};
  will_say(
      Json::array({config("*.example.com", {{"cert_id", "9007199254740993"}}),
                   without,
                   config("a.example.com",
                          {{"cert_id", 123}, {"http2", "on"}, {"ssl_protocol", {"TLSv1.2"}}})}));
  const auto all = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(asked(),
              ElementsAre("GET/v2/domain/list?page_number=1&page_size=50",
                          "GET/v2/domain/list?page_number=2&page_size=50",
                          "GET/v2/domain/config?domains=A.example.com,.example.com,c.example.com"
                          "&config%5B%5D=https"));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "a.example.com");
  EXPECT_EQ(all[0].vendor_name, "A.example.com");
  EXPECT_EQ(all[0].edge_name, "A.example.com.bsgslb.cn");
  EXPECT_EQ(all[0].stored_id, "123");
  EXPECT_TRUE(all[0].online);
  EXPECT_THAT(all[0].settings,
              ElementsAre(Pair("https.http2", "on"), Pair("https.ssl_protocol", "[\"TLSv1.2\"]")));
  EXPECT_EQ(all[1].name, "*.example.com");
  EXPECT_EQ(all[1].stored_id, "9007199254740993");
  EXPECT_FALSE(all[1].online);
  EXPECT_EQ(all[1].status, "offline");
  EXPECT_EQ(all[2].stored_id, std::nullopt);
}

TEST_F(BaishanTest, TakesNothingOddForNoCertificate) {
  for (const Json& https : {Json("on"), Json::array({7}), Json(true)}) {
    will_list({domain("a.example.com")}, 1);
    will_say(Json::array({config("a.example.com", https)}));
    EXPECT_EQ(refused_list().code, "reply.shape") << https;
  }
  for (const Json& id : {Json(Json::array()), Json("1\n2"), Json(-1), Json(1.5)}) {
    will_list({domain("a.example.com")}, 1);
    will_say(Json::array({config("a.example.com", {{"cert_id", id}})}));
    EXPECT_EQ(refused_list().code, "reply.no_id") << id;
  }
  will_list({domain("a.example.com")}, 1);
  will_say(Json::array({config("b.example.com", {{"cert_id", 7}})}));
  EXPECT_EQ(refused_list().code, "reply.paging");
  will_list({domain("a.example.com")}, 1);
  will_say({{"list", Json::array()}});
  EXPECT_EQ(refused_list().code, "reply.shape");
  will_list({domain("")}, 1);
  EXPECT_EQ(refused_list().code, "reply.shape");
  will_say("nothing");
  EXPECT_EQ(refused_list().code, "reply.shape");
  EXPECT_EQ(finish(account.list_bindings("live")).error().kind, ErrorKind::kUnsupported);
}

TEST_F(BaishanTest, KnowsOursByNameAndOthersByThemselves) {
  const ThrowawayCa authority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  const std::string chain = authority
                                .issue({.names = {"a.example.com"},
                                        .not_before = Time(hours(24 * 20000)),
                                        .not_after = Time(hours(24 * 20090))})
                                .chain_pem;
  will_list({Json{{"cert_id", "123"},
                  {"name", store_name(kLabel, kEnd)},
                  {"include_domains", {"A.example.com", "*.example.com"}},
                  {"associated_domains", Json::array()},
                  {"cert_start_time", "2026-01-15 08:30:00"},
                  {"cert_expire_time", "2026-04-15 08:30:00"}},
             Json{{"cert_id", 124},
                  {"name", "bought"},
                  {"certificate", chain},
                  {"key", "whatever"},
                  {"associated_domains", {"a.example.com"}}},
             Json{{"cert_id", 125}, {"name", "odd"}, {"cert_expire_time", "soon"}}},
            3);
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].label, kLabel);
  EXPECT_THAT(stored[0].names, ElementsAre("a.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, kEnd);
  EXPECT_EQ(stored[0].in_use, 0U);
  EXPECT_EQ(stored[1].id, "124");
  EXPECT_EQ(stored[1].label,
            "certferry-" + read_certificates(chain, "it").value().front().fingerprint);
  EXPECT_EQ(stored[1].not_after, Time(hours(24 * 20090)));
  EXPECT_EQ(stored[1].in_use, 1U);
  EXPECT_EQ(stored[2].label, "odd");
  EXPECT_EQ(stored[2].in_use, std::nullopt);
}

TEST_F(BaishanTest, UploadsUnderANameOfOurs) {
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "CHAIN\n";
  bundle->key_pem = Secret("KEY\n");
  bundle->leaf.not_after = kEnd;
  will_say({{"cert_id", 9007199254740993}, {"name", "it"}});
  EXPECT_EQ(finish(account.upload(bundle, kLabel)).value(), "9007199254740993");
  EXPECT_THAT(asked(), ElementsAre("POST/v2/domain/certificate"));
  EXPECT_EQ(
      http.sent[0].body,
      R"({"name":")" + store_name(kLabel, kEnd) + R"(","certificate":"CHAIN\n","key":"KEY\n"})");
  EXPECT_TRUE(http.sent[0].changes_state);
  EXPECT_EQ(http.sent[0].headers.at("Content-Type"), "application/json");
  will_say(Json::object());
  const Error lost = finish(account.upload(bundle, kLabel)).error();
  EXPECT_EQ(lost.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(lost.code, "reply.no_id");
}

TEST_F(BaishanTest, SendsBackAllOtherHttpsSettings) {
  BindRequest request{.product = "cdn", .binding = {}, .stored_id = "124", .bundle = {}};
  request.binding.vendor_name = ".example.com";
  will_say(Json::array({config(".example.com",
                               {{"cert_id", "123"},
                                {"force_https", "302"},
                                {"http2", "on"},
                                {"ocsp", nullptr},
                                {"ssl_protocol", {"TLSv1.2"}}})}));
  will_say(Json::array());
  const auto done = finish(account.bind(request));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(asked(),
              ElementsAre("GET/v2/domain/config?domains=.example.com&config%5B%5D=https",
                          "POST/v2/domain/config"));
  EXPECT_EQ(http.sent[1].body,
            R"({"domains":".example.com","config":{"https":{"cert_id":124,"force_https":"302",)"
            R"("http2":"on","ssl_protocol":["TLSv1.2"]}}})");
  EXPECT_FALSE(http.sent[0].changes_state);
  EXPECT_TRUE(http.sent[1].changes_state);
}

TEST_F(BaishanTest, BindsNothingToADomainThatIsNotThere) {
  BindRequest request{.product = "cdn", .binding = {}, .stored_id = "124", .bundle = {}};
  request.binding.vendor_name = "a.example.com";
  will_say(Json::array());
  const Error gone = finish(account.bind(request)).error();
  EXPECT_EQ(gone.kind, ErrorKind::kNotFound);
  EXPECT_EQ(gone.code, "vendor.not_found");
  EXPECT_THAT(gone.text(), HasSubstr("a.example.com"));
  // An answer about another domain is none about this one.
  will_say(Json::array({config("b.example.com", {{"cert_id", 7}})}));
  EXPECT_EQ(finish(account.bind(request)).error().code, "reply.paging");
  ASSERT_EQ(http.sent.size(), 2U);
  for (const auto& one : http.sent) EXPECT_FALSE(one.changes_state);
}

TEST_F(BaishanTest, DeletesWhatNoDomainHas) {
  will_list({domain("a.example.com")}, 1);
  will_say(Json::array({config("a.example.com", {{"cert_id", "123"}})}));
  const Error error = finish(account.remove("123")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInUse);
  EXPECT_THAT(error.text(), HasSubstr("a.example.com of CDN"));
  will_list({domain("a.example.com")}, 1);
  will_say(Json::array({config("a.example.com", {{"cert_id", "124"}})}));
  will_say("deleted");
  ASSERT_TRUE(finish(account.remove("123")).has_value());
  EXPECT_EQ(asked().back(), "DELETE/v2/domain/certificate");
  EXPECT_EQ(http.sent.back().body, R"({"cert_id":123})");
}

TEST_F(BaishanTest, SaysTheTokenNowhere) {
  http.will_answer(404, "<p>GET /v2/domain/certificate?token=1/2 token=1%2F2</p>");
  const Error error = finish(account.list_stored()).error();
  EXPECT_THAT(error.text(), Not(HasSubstr("1/2")));
  EXPECT_THAT(error.text(), Not(HasSubstr("1%2F2")));
  EXPECT_THAT(error.vendor_message, IsEmpty());
}

}  // namespace
}  // namespace certferry
