#include "sources/onepanel_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/fake_peers.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct OnePanelApiTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  FakeHttp http;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};

  OnePanelApiTest() { clock.time = parse_time("2025-01-01T00:00:00Z").value(); }

  IssuedLeaf issue(int days) const {
    return ca.issue({.names = {"e.org"},
                     .not_before = clock.time + hours(24 * 400),
                     .not_after = clock.time + hours(24 * (400 + days))});
  }
  static json item(const std::string& domain, const IssuedLeaf& pair) {
    return {{"id", 1},
            {"primaryDomain", domain},
            {"pem", pair.chain_pem},
            {"privateKey", pair.key_pem.reveal()}};
  }
  static std::string reply(const json& items) {
    return json{
        {"code", 200}, {"message", ""}, {"data", {{"total", items.size()}, {"items", items}}}}
        .dump();
  }
  std::unique_ptr<Source> source(std::map<std::string, std::string> fields = {}) {
    fields.emplace("server_url", "https://panel.example:10086/");
    fields.emplace("certificate", "e.org");
    return make_source(
        "1panel",
        {.texts = fields, .secrets = {{"api_key", Secret("1pnlTESTKEY0123456789abcdefghijk")}}},
        {.files = files, .clock = clock, .http = http.maker()});
  }
  Error failure() {
    return error_of([this] { finish(source()->read()); });
  }
};

TEST_F(OnePanelApiTest, SignsItsCallsAsThePanelWants) {
  const IssuedLeaf pair = issue(90);
  http.will_answer(200, reply(json::array({item("e.org", pair)})));
  const auto panel = source();
  EXPECT_EQ(finish(panel->read())->chain_pem, pair.chain_pem);
  EXPECT_EQ(panel->describe(), "1Panel certificate e.org (https://panel.example:10086)");
  const FakeHttp::Asked& asked = http.asked.at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.url, "https://panel.example:10086/api/v2/websites/ssl/search");
  // The worked example of the recipe.
  EXPECT_EQ(asked.headers.at("1Panel-Timestamp"), "1735689600");
  EXPECT_EQ(asked.headers.at("1Panel-Token"), "b342ac9a65f4ce16ee7bea91d168deee");
  EXPECT_EQ(json::parse(asked.body).at("domain"), "e.org");
}

TEST_F(OnePanelApiTest, TakesOfSeveralTheOneThatEndsLast) {
  const IssuedLeaf late = issue(90);
  http.will_answer(
      200,
      reply(json::array(
          {item("e.org", issue(30)), item("e.org", late), item("www.e.org", issue(99))})));
  EXPECT_EQ(finish(source()->read())->chain_pem, late.chain_pem);
}

TEST_F(OnePanelApiTest, AsksAnOlderPanelInItsOwnWayFromThenOn) {
  const IssuedLeaf pair = issue(90);
  http.will_answer(404, "", "text/html");
  http.will_answer(200, reply(json::array({item("e.org", pair)})));
  const auto panel = source();
  EXPECT_EQ(finish(panel->read())->chain_pem, pair.chain_pem);
  EXPECT_EQ(http.asked.at(1).url, "https://panel.example:10086/api/v1/websites/ssl/search");
  http.will_answer(200, reply(json::array({item("e.org", pair)})));
  finish(panel->read());
  EXPECT_EQ(http.asked.at(2).url, http.asked.at(1).url);
}

TEST_F(OnePanelApiTest, FollowsAPanelThatIsMadeAnotherVersion) {
  const IssuedLeaf pair = issue(90);
  const std::string good = reply(json::array({item("e.org", pair)}));
  const auto panel = source();
  http.will_answer(404, "", "text/html");
  http.will_answer(200, good);
  finish(panel->read());
  http.will_answer(200, "<html>the panel's page</html>", "text/html");  // to version 1
  http.will_answer(200, good);
  EXPECT_EQ(finish(panel->read())->chain_pem, pair.chain_pem);
  EXPECT_EQ(http.asked.at(3).url, "https://panel.example:10086/api/v2/websites/ssl/search");
}

TEST_F(OnePanelApiTest, ReadsPageAfterPage) {
  const IssuedLeaf pair = issue(90);
  json items = json::array();
  for (int i = 0; i < 100; ++i) items.push_back({{"primaryDomain", "a.org"}});
  http.will_answer(200, json{{"code", 200}, {"data", {{"total", 101}, {"items", items}}}}.dump());
  http.will_answer(200, reply(json::array({item("e.org", pair)})));
  EXPECT_EQ(finish(source()->read())->chain_pem, pair.chain_pem);
  EXPECT_EQ(json::parse(http.asked.at(1).body).at("page"), 2);
}

TEST_F(OnePanelApiTest, NamesTheCertificatesThereAre) {
  http.will_answer(200, reply(json::array()));
  http.will_answer(200, reply(json::array({item("eg.org", issue(1))})));
  const Error error = failure();
  EXPECT_EQ(error.code, "source.missing");
  EXPECT_EQ(error.hint, "did you mean 'eg.org'?");
}

TEST_F(OnePanelApiTest, SaysWhatThePanelWantsToBeSet) {
  http.will_answer(200, R"({"code":401,"message":"API 接口密钥错误"})");
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::kUnauthorized);
  EXPECT_EQ(error.code, "source.permission");
  EXPECT_THAT(error.text(), HasSubstr("接口密钥错误"));
  EXPECT_THAT(error.text(), HasSubstr("white list"));
  EXPECT_THAT(error.text(), Not(HasSubstr("1pnlTESTKEY")));
}

TEST_F(OnePanelApiTest, QuotesNoKeyThatThePanelSaysBack) {
  for (const int code : {401, 500}) {
    http.will_answer(
        200, json{{"code", code}, {"message", "no 1pnlTESTKEY0123456789abcdefghijk here"}}.dump());
    const Error error = failure();
    EXPECT_THAT(error.text(), HasSubstr("no […]"));
    EXPECT_THAT(error.text(), Not(HasSubstr("TESTKEY")));
  }
}

TEST_F(OnePanelApiTest, QuotesNoCredentialOfARedirect) {
  http.will_redirect("https://panel.example/login?key=1pnlTESTKEY0123456789abcdefghijk");
  const Error error = failure();
  EXPECT_EQ(error.code, "source.redirect");
  EXPECT_THAT(error.text(), HasSubstr("https://panel.example/login?[…]"));
  EXPECT_THAT(error.text(), Not(HasSubstr("TESTKEY")));
}

TEST_F(OnePanelApiTest, SaysWhatMakesNoSense) {
  for (const std::string body :
       {"", "[]", "{}", R"({"code":"200"})", R"({"code":500,"message":"x"})"}) {
    http.will_answer(200, body);
    EXPECT_EQ(failure().code, "source.reply") << body;
  }
  http.will_answer(200, "<html>", "text/html");
  http.will_answer(200, "<html>", "text/html");
  EXPECT_EQ(failure().code, "source.reply");
  http.will_answer(502, "<html>", "text/html");
  EXPECT_EQ(failure().kind, ErrorKind::kUnavailable);
  http.will_answer(200, R"({"code":200,"data":{"total":1,"items":[7,{"primaryDomain":"e.org"}]}})");
  EXPECT_EQ(failure().code, "pem.empty");
}

TEST_F(OnePanelApiTest, RefusesSettingsThatDoNotGoTogether) {
  EXPECT_EQ(error_of([&] { source({{"site", "e.org"}}); }).code, "source.settings");
  EXPECT_EQ(error_of([&] { source({{"certificate", ""}}); }).code, "source.settings");
  EXPECT_EQ(error_of([&] { source({{"server_url", "http://panel.example"}}); }).code,
            "source.settings");
  EXPECT_EQ(error_of([&] { source({{"server_url", ""}, {"site", "e.org"}}); }).code,
            "source.settings");
}

}  // namespace
}  // namespace certferry
