#include "providers/jdcloud/jdcloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fixed_random.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFingerprint(64, 'a');

struct JdcloudTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::FixedRandom random{0x0123456789abcdef};
  Jdcloud account{
      {.endpoint = "https://{service}.jdcloud-api.com",
       .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
      http,
      clock,
      random};

  void will_answer(const Json& result) {
    http.will_answer(200, Json{{"requestId", "R"}, {"result", result}}.dump());
  }
  void will_refuse(int code, const std::string& status) {
    http.will_answer(
        code, Json{{"requestId", "R"}, {"error", {{"code", code}, {"status", status}}}}.dump());
  }
  void will_list(const std::vector<Json>& rows) {
    will_answer({{"domains", rows}, {"totalCount", rows.size()}});
  }
  /// What a delete asks of cert-1: its details, then the list.
  void will_say_uses(const Json& users, const Json& deletable) {
    will_answer({{"certDescDetail", {{"certId", "cert-1"}, {"usedBy", users}}}});
    will_answer({{"totalCount", 2},
                 {"certListDetails",
                  {{{"certId", "cert-0"}, {"deletable", 0}},
                   {{"certId", "cert-1"}, {"deletable", deletable}}}}});
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) out.push_back(one.method + " " + one.url);
    return out;
  }
};

Json row(const std::string& name, const std::string& modified = "2026-01-01T00:00:00+08:00") {
  return {{"domain", name},
          {"cname", name + ".galileo.jcloud-cdn.com"},
          {"status", "online"},
          {"modified", modified},
          {"type", "web"}};
}

Json details(const std::string& certificate = "") {
  Json out = {{"status", "online"}, {"httpType", "http"}, {"jumpType", nullptr}};
  if (certificate.empty()) return out;
  out.update({{"httpType", "https"},
              {"certFrom", "ssl"},
              {"sslCertId", certificate},
              {"jumpType", "https"},
              {"source", {{"domain", "origin"}}}});
  return out;
}

std::string our_name() {
  return store_name(label_for(kFingerprint, 7), parse_time("2026-04-15T08:30:59Z").value());
}

TEST_F(JdcloudTest, SignsWhatItSends) {
  will_answer({{"totalCount", 0}});
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(asked(),
            std::vector<std::string>{
                "GET https://ssl.jdcloud-api.com/v1/sslCert?pageNumber=1&pageSize=100"});
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  EXPECT_EQ(sent.headers.at("x-jdcloud-date"), "20260102T030400Z");
  EXPECT_EQ(sent.headers.at("x-jdcloud-nonce"), "01234567-89ab-4def-8123-456789abcdef");
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("Credential=AKIDEXAMPLE/20260102/jdcloud-api/ssl/jdcloud2_request, "
                        "SignedHeaders=content-type;host;x-jdcloud-date;x-jdcloud-nonce, "));
}

TEST_F(JdcloudTest, SendsTheKeyInTheBodyAlone) {
  will_answer({{"certId", "cert-1"}, {"digest", "d"}});
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "L\nC\n";
  bundle->key_pem = Secret("K\n");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  EXPECT_EQ(finish(account.upload(bundle, label_for(kFingerprint, 7))).value(), "cert-1");
  EXPECT_EQ(asked().at(0), "POST https://ssl.jdcloud-api.com/v1/sslCert%3Aupload");
  EXPECT_EQ(http.sent.at(0).body,
            R"({"certName":")" + our_name() + R"(","certFile":"L\nC\n","keyFile":"K\n"})");
  EXPECT_TRUE(http.sent.at(0).changes_state);
  will_answer({{"digest", "d"}});
  const Error none = finish(account.upload(bundle, "a label")).error();
  EXPECT_EQ(none.code, "reply.no_id");
  EXPECT_EQ(none.kind, ErrorKind::kMaybeApplied);
}

TEST_F(JdcloudTest, ReadsTheStoreWhateverTheZoneOfItsDates) {
  will_answer(
      {{"totalCount", 4},
       {"certListDetails",
        {{{"certId", "cert-1"},
          {"certName", our_name()},
          {"dnsNames", {"cdn.example.com", "*.EXAMPLE.com"}},
          {"endTime", "2026-04-15T16:30:59+08:00"}},
         {{"certId", "cert-2"}, {"certName", our_name()}, {"endTime", "2026-04-15 08:30:59"}},
         {{"certId", "cert-3"},
          {"certName", "bought"},
          {"commonName", "other.example.com"},
          {"endTime", "2026-04-15T08:30:00Z"}},
         {{"certId", "cert-4"}, {"certName", "x"}, {"endTime", "soon"}}}}});
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 4U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(stored[i].label, label_for(kFingerprint, 7));
    EXPECT_EQ(stored[i].not_after, parse_time("2026-04-15T08:30:59Z").value()) << i;
  }
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_THAT(stored[2].names, ElementsAre("other.example.com"));
  EXPECT_EQ(stored[2].not_after, parse_time("2026-04-15T08:30:00Z").value());
  EXPECT_EQ(stored[3].not_after, Time{});
}

TEST_F(JdcloudTest, ListsThatSayLessAreErrors) {
  will_answer({{"certListDetails", Json::array()}});
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  will_answer({{"totalCount", 1}});
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  will_answer({{"totalCount", 1}, {"certListDetails", {{{"certName", "x"}}}}});
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
  will_answer({{"totalCount", 2}, {"domains", {row("a.example.com")}}});
  will_answer({{"totalCount", 2}, {"domains", Json::array()}});
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
  will_list({Json::object()});
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_list({row("a.example.com")});
  will_answer(Json::object());
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
}

TEST_F(JdcloudTest, AsksEachDomainForItsCertificate) {
  Json failed = row("*.example.com");
  failed["status"] = "configure_failed";
  Json offline = row("c.example.com");
  offline["status"] = "offline";
  will_list({row("a.example.com"), failed, row("gone.example.com"), offline});
  will_answer(details("cert-1"));
  Json own = details("cert-2");
  own.update({{"certFrom", "default"}, {"certName", "mine"}, {"rsaKey", "a canary"}});
  will_answer(own);
  will_refuse(404, "NOT_FOUND");
  will_answer(details());
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.galileo.jcloud-cdn.com");
  EXPECT_EQ(bindings[0].stored_id, "cert-1");
  EXPECT_EQ(bindings[0].settings.at("jumpType"), "https");
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_EQ(bindings[1].stored_id, "own:mine ");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_FALSE(bindings[2].stored_id.has_value());
  EXPECT_EQ(bindings[2].settings.at("jumpType"), "default");
  EXPECT_EQ(asked().at(0), "GET https://cdn.jdcloud-api.com/v1/domain?pageNumber=1&pageSize=50");
  EXPECT_EQ(asked().at(2), "GET https://cdn.jdcloud-api.com/v1/domain/%2A.example.com");
}

TEST_F(JdcloudTest, AnswersThatMayHaveAKeyAreNotQuoted) {
  will_list({row("a.example.com")});
  http.will_answer(502, "<p>a canary");
  EXPECT_THAT(finish(account.list_bindings("cdn")).error().text(), Not(HasSubstr("canary")));
}

TEST_F(JdcloudTest, AsksAgainOnlyWhenTheRowHasChangedAndIsSettled) {
  const auto ids = [&] {
    std::vector<std::string> out;
    const auto bindings = finish(account.list_bindings("cdn")).value();
    for (const Binding& one : bindings) out.push_back(one.stored_id.value_or("none"));
    return out;
  };
  // The second was changed a moment ago.
  const std::vector<Json> rows = {row("a.example.com"),
                                  row("b.example.com", "2026-01-02T03:03:30Z")};
  will_list(rows);
  will_answer(details("cert-1"));
  will_answer(details("cert-2"));
  EXPECT_THAT(ids(), ElementsAre("cert-1", "cert-2"));
  will_list(rows);
  will_answer(details("cert-3"));
  EXPECT_THAT(ids(), ElementsAre("cert-1", "cert-3"));
  will_list({row("a.example.com", "2026-01-01T01:00:00+08:00")});
  will_answer(details("cert-4"));
  EXPECT_THAT(ids(), ElementsAre("cert-4"));
}

TEST_F(JdcloudTest, BeforeADeleteEveryDomainIsAsked) {
  will_list({row("a.example.com")});
  will_answer(details("cert-1"));
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  will_list({row("a.example.com")});  // with another certificate, and yet the same row
  will_answer(details("cert-2"));
  const Error used = finish(account.remove("cert-2")).error();
  EXPECT_EQ(used.kind, ErrorKind::kInUse);
  EXPECT_THAT(used.message, HasSubstr("a.example.com"));
}

TEST_F(JdcloudTest, ABindSendsTheRedirectBackAsItIs) {
  for (const auto& [before, redirect] :
       {std::pair(details("cert-1"), "https"), std::pair(details(), "default")}) {
    http.sent.clear();
    will_answer(before);
    will_answer({{"taskId", "t"}});
    const auto done =
        finish(account.bind({.product = "cdn",
                             .binding = {.name = "*.example.com", .vendor_name = "*.example.com"},
                             .stored_id = "cert-2"}));
    EXPECT_TRUE(done.value().wrote_settings);
    EXPECT_EQ(asked().at(1), "POST https://cdn.jdcloud-api.com/v1/domain/%2A.example.com/httpType");
    EXPECT_EQ(http.sent.at(1).body,
              R"({"httpType":"https","certFrom":"ssl","sslCertId":"cert-2","jumpType":")" +
                  std::string(redirect) + R"("})");
    EXPECT_TRUE(http.sent.at(1).changes_state);
  }
}

TEST_F(JdcloudTest, ARedirectThatTheDetailsLackIsReadFromTheConfiguration) {
  Json silent = details("cert-1");
  silent["jumpType"] = nullptr;
  const BindRequest request{.product = "cdn",
                            .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
                            .stored_id = "cert-2"};
  will_answer(silent);
  will_answer({{"httpType", "https"}, {"httpsRsaKey", "a canary"}, {"httpsJumpType", "https"}});
  will_answer({{"taskId", "t"}});
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_EQ(asked().at(1), "GET https://cdn.jdcloud-api.com/v1/domain/a.example.com/config");
  EXPECT_THAT(http.sent.at(2).body, HasSubstr(R"("jumpType":"https")"));

  will_list({row("a.example.com")});
  will_answer(silent);
  will_answer({{"httpsJumpType", "http"}});
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().at(0).settings.at("jumpType"), "http");

  // What nothing says is not made up.
  will_answer(silent);
  will_answer({{"httpType", "https"}});
  EXPECT_EQ(finish(account.bind(request)).error().code, "reply.shape");
  EXPECT_FALSE(http.sent.back().changes_state);
}

TEST_F(JdcloudTest, DeletesWhatNeitherCdnNorTheStoreSeesInUse) {
  will_list({});
  will_say_uses(Json::array(), 1);
  will_answer({{"code", 200}});
  ASSERT_TRUE(finish(account.remove("cert-1")).has_value());
  EXPECT_EQ(asked().back(), "DELETE https://ssl.jdcloud-api.com/v1/sslCert/cert-1");
  EXPECT_TRUE(http.sent.back().changes_state);

  will_list({row("a.example.com")});
  will_answer(details("cert-1"));
  EXPECT_THAT(finish(account.remove("cert-1")).error().message, HasSubstr("a.example.com"));

  const Json used = Json::array({{{"bindFrom", "lb"}, {"bindId", "listener-1"}}});
  // Either of the two is enough, and what neither says is not known.
  for (const auto& [users, deletable, code] : {std::tuple(used, Json(1), "vendor.in_use"),
                                               std::tuple(used, Json(), "vendor.in_use"),
                                               std::tuple(Json::array(), Json(0), "vendor.in_use"),
                                               std::tuple(Json(), Json(0), "vendor.in_use"),
                                               std::tuple(Json(), Json(), "reply.shape")}) {
    will_list({});
    will_say_uses(users, deletable);
    EXPECT_EQ(finish(account.remove("cert-1")).error().code, code) << users << deletable;
  }
  for (const auto& [users, deletable] :
       {std::pair(Json(), Json(1)), std::pair(Json::array(), Json())}) {
    will_list({});
    will_say_uses(users, deletable);
    will_answer({{"code", 200}});
    EXPECT_TRUE(finish(account.remove("cert-1")).has_value()) << users << deletable;
  }
}

TEST_F(JdcloudTest, RefusesAnotherProduct) {
  EXPECT_EQ(finish(account.list_bindings("waf")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind({.product = "waf", .stored_id = "cert-1"})).error().kind,
            ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace certferry
