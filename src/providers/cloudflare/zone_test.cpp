#include "providers/cloudflare/zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "ports/start.h"
#include "providers/cloudflare/cloudflare.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

const std::string kZone = "https://api.cloudflare.com/client/v4/zones/023e";

std::string certificate(const std::string& id,
                        const std::string& hosts,
                        const std::string& end = "2026-06-15T00:30:00Z",
                        const std::string& more = R"("bundle_method":"ubiquitous")") {
  return R"({"id":")" + id + R"(","status":"active","hosts":[)" + hosts + R"(],"expires_on":")" +
         end + "\"," + more + "}";
}

std::string record(const std::string& name, bool proxied = true) {
  return R"({"name":")" + name + R"(","type":"A","proxied":)" + (proxied ? "true" : "false") + "}";
}

struct CloudflareZoneTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Cloudflare account{{.endpoint = "https://api.cloudflare.com",
                      .zone_id = "023e",
                      .cname_target = "",
                      .api_token = Secret("the token")},
                     http,
                     clock,
                     nullptr};

  void will_say(const std::string& result, int total = 1) {
    http.will_answer(200,
                     R"({"success":true,"errors":[],"result":)" + result +
                         R"(,"result_info":{"total_count":)" + std::to_string(total) + "}}");
  }
  void will_refuse(int status, int code) {
    http.will_answer(
        status,
        R"({"success":false,"errors":[{"code":)" + std::to_string(code) + R"(,"message":"no"}]})");
  }
  std::vector<Binding> bindings(const std::string& certificates,
                                int certificates_count,
                                const std::string& records,
                                int records_count) {
    will_say("[" + certificates + "]", certificates_count);
    will_say("[" + records + "]", records_count);
    return finish(account.list_bindings("zone")).value();
  }
  BindRequest bind(std::vector<std::string> names, std::optional<std::string> id = {}) const {
    auto bundle = std::make_shared<Bundle>();
    bundle->leaf.fingerprint = std::string(64, 'a');
    bundle->leaf.not_after = parse_time("2026-06-15T00:30:00Z").value();
    bundle->leaf.dns_names = std::move(names);
    bundle->chain_pem = "CHAIN\n";
    bundle->key_pem = Secret("KEY\n");
    BindRequest request{.product = "zone", .binding = {}, .bundle = bundle};
    request.binding.name = "a.example.com";
    request.binding.vendor_name = "a.example.com";
    request.binding.stored_id = std::move(id);
    return request;
  }
  std::size_t changes() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(http.sent, [](const auto& one) { return one.changes_state; }));
  }
};

TEST_F(CloudflareZoneTest, ListsProxiedNamesAndHostsOfCertificates) {
  const auto all = bindings(
      certificate("7e7b", R"("example.com","*.example.com","old.example.com")"),
      1,
      record("A.example.com") + "," + record("A.example.com") + "," + record("example.com") + "," +
          record("grey.example.com", false) + R"(,{"name":"mail.example.com","type":"MX"})",
      5);
  ASSERT_EQ(http.sent.size(), 2U);
  EXPECT_EQ(http.sent[0].url, kZone + "/custom_certificates?per_page=50&page=1");
  EXPECT_EQ(http.sent[1].url, kZone + "/dns_records?per_page=100&page=1");
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].name, "a.example.com");
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[0].stored_id, "7e7b");
  EXPECT_THAT(all[0].settings, ElementsAre(Pair("bundle_method", "ubiquitous")));
  EXPECT_EQ(all[0].edge_name, "");
  EXPECT_EQ(all[1].name, "example.com");
  // What no proxied record is for is not served there.
  EXPECT_EQ(all[2].name, "grey.example.com");
  EXPECT_EQ(all[2].status, "offline");
  EXPECT_FALSE(all[2].online);
  EXPECT_EQ(all[3].name, "*.example.com");
  EXPECT_FALSE(all[3].online);
  EXPECT_EQ(all[4].name, "old.example.com");
  EXPECT_FALSE(all[4].online);
}

TEST_F(CloudflareZoneTest, AWildcardRecordIsForWhatIsBelowIt) {
  const auto all = bindings(certificate("7e7b", R"("*.example.com","b.example.com")"),
                            1,
                            record("*.example.com") + "," + record("grey.example.com", false),
                            2);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].online);
  EXPECT_FALSE(all[1].online);
  EXPECT_TRUE(all[2].online);
}

TEST_F(CloudflareZoneTest, DoesWithoutDnsWhereItMayNotBeRead) {
  will_say("[" + certificate("7e7b", R"("b.example.com")") + "]");
  will_refuse(403, 10000);
  will_say(R"({"id":"023e","name":"Example.com"})");
  const auto all = finish(account.list_bindings("zone")).value();
  EXPECT_EQ(http.sent[2].url, kZone);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "example.com");
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[0].stored_id, std::nullopt);
  EXPECT_EQ(all[1].name, "b.example.com");
  EXPECT_TRUE(all[1].online);

  will_say("[" + certificate("7e7b", R"("b.example.com")") + "]");
  will_refuse(403, 10000);
  will_refuse(403, 9109);
  EXPECT_EQ(finish(account.list_bindings("zone")).value().size(), 1U);
  // Whatever else goes wrong says nothing of the names.
  will_say("[]", 0);
  will_refuse(500, 10001);
  EXPECT_EQ(finish(account.list_bindings("zone")).error().kind, ErrorKind::kUnavailable);
}

TEST_F(CloudflareZoneTest, LeavesHostsWithSeveralCertificatesAlone) {
  const auto all = bindings(
      certificate("1", R"("a.example.com")") + "," + certificate("2", R"("a.example.com")"),
      2,
      record("a.example.com"),
      1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].online);
  EXPECT_EQ(all[0].status, "with 2 certificates, not told apart");
}

TEST_F(CloudflareZoneTest, TellsHostsAndEndAndNoMore) {
  bindings("", 0, "", 0);
  will_say("[" + certificate("7e7b", R"("example.com","*.example.com")") + "," +
               R"({"id":"8","status":"expired","hosts":["example.com"]})" + "]",
           2);
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].id, "7e7b");
  EXPECT_EQ(stored[0].label, "");
  EXPECT_THAT(stored[0].names, ElementsAre("example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, Time{});
  EXPECT_EQ(stored[0].not_after, parse_time("2026-06-15T00:30:00Z").value());
}

TEST_F(CloudflareZoneTest, AsksNothingOfAProductThatIsNotUsed) {
  bindings("", 0, "", 0);
  will_say("[]", 0);
  EXPECT_TRUE(finish(account.list_stored()).has_value());
  EXPECT_EQ(http.sent.back().url, kZone + "/custom_certificates?per_page=50&page=1");
  // Before anybody has asked both are listed.
  Cloudflare other({.endpoint = "https://api.cloudflare.com",
                    .zone_id = "023e",
                    .cname_target = "",
                    .api_token = Secret("the token")},
                   http,
                   clock,
                   nullptr);
  will_say("[]", 0);
  will_say("[]", 0);
  EXPECT_TRUE(finish(other.list_stored()).has_value());
  EXPECT_EQ(http.sent.back().url, kZone + "/custom_hostnames?per_page=50&page=1");
}

TEST_F(CloudflareZoneTest, ReplacesACertificateWithAllThatItWasGiven) {
  will_say("[" +
           certificate("7e7b",
                       R"("a.example.com")",
                       "2026-04-15T00:30:00Z",
                       R"("bundle_method":"optimal","geo_restrictions":{"label":"eu"},
                          "policy_restrictions":"country: US")") +
           "]");
  will_say(R"({"id":"8f8c"})");
  const auto done = finish(account.bind(bind({"a.example.com", "b.example.com"}, "7e7b")));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  ASSERT_EQ(http.sent.size(), 2U);
  EXPECT_EQ(http.sent[1].method, "PATCH");
  EXPECT_EQ(http.sent[1].url, kZone + "/custom_certificates/7e7b");
  EXPECT_TRUE(http.sent[1].changes_state);
  EXPECT_EQ(http.sent[1].body,
            R"({"certificate":"CHAIN\n","private_key":"KEY\n","bundle_method":"optimal",)"
            R"("geo_restrictions":{"label":"eu"},"policy":"country: US"})");
}

TEST_F(CloudflareZoneTest, AddsOneWhereNoneServesTheHost) {
  will_say("[]", 0);
  will_say(R"({"id":"8f8c"})");
  const auto done = finish(account.bind(bind({"a.example.com"})));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_EQ(http.sent[1].method, "POST");
  EXPECT_EQ(http.sent[1].url, kZone + "/custom_certificates");
  EXPECT_EQ(http.sent[1].body,
            R"({"certificate":"CHAIN\n","private_key":"KEY\n","bundle_method":"force",)"
            R"("type":"sni_custom"})");
}

TEST_F(CloudflareZoneTest, NamesShareWhatWasSetForOneOfThem) {
  const std::string before = certificate("7e7b", R"("a.example.com","b.example.com")");
  will_say("[" + before + "]");
  will_say(R"({"id":"8f8c"})");
  const BindRequest first = bind({"a.example.com", "b.example.com"}, "7e7b");
  ASSERT_TRUE(finish(account.bind(first)).has_value());
  // By what it was set to, by what it is set to now, and one that had none: all find it there.
  for (const std::optional<std::string>& id : {std::optional<std::string>("7e7b"),
                                               std::optional<std::string>("8f8c"),
                                               std::optional<std::string>()}) {
    BindRequest second = bind({"a.example.com", "b.example.com"}, id);
    second.binding.name = "b.example.com";
    will_say("[" + certificate("8f8c", R"("a.example.com","b.example.com")") + "]");
    EXPECT_TRUE(finish(account.bind(second)).has_value());
  }
  EXPECT_EQ(changes(), 1U);
  // And while this lives, it is known for what it is.
  will_say("[]", 0);
  will_say("[]", 0);
  ASSERT_TRUE(finish(account.list_bindings("zone")).has_value());
  will_say("[" + certificate("8f8c", R"("a.example.com","b.example.com")") + "]");
  EXPECT_EQ(finish(account.list_stored()).value().at(0).label, "certferry-" + std::string(64, 'a'));
  // Unless it ends when what was uploaded does not: a legacy one keeps its id.
  will_say("[" + certificate("8f8c", R"("a.example.com")", "2026-07-01T00:00:00Z") + "]");
  EXPECT_EQ(finish(account.list_stored()).value().at(0).label, "");
}

TEST_F(CloudflareZoneTest, SendsAgainWhereSomebodyReplacedALegacyCertificate) {
  const auto there = [&](const std::string& end) {
    will_say("[" + certificate("7e7b", R"("a.example.com")", end) + "]");
  };
  there("2026-04-15T00:30:00Z");
  will_say(R"({"id":"7e7b"})");
  ASSERT_TRUE(finish(account.bind(bind({"a.example.com"}, "7e7b"))).has_value());
  std::size_t sent = 1;
  // It keeps its id, whoever replaces it; what was there before may be put back as well.
  for (const char* end : {"2026-05-20T00:30:00Z", "2026-04-15T00:30:00Z"}) {
    for (const auto& id : {std::optional<std::string>("7e7b"), std::optional<std::string>()}) {
      there(end);
      will_say(R"({"id":"7e7b"})");
      ASSERT_TRUE(finish(account.bind(bind({"a.example.com"}, id))).has_value());
      EXPECT_EQ(changes(), ++sent) << end;
      clock.at += hours(1);
    }
  }
  there("2026-06-15T00:30:00Z");
  EXPECT_TRUE(finish(account.bind(bind({"a.example.com"}, "7e7b"))).has_value());
  EXPECT_EQ(changes(), sent);
}

TEST_F(CloudflareZoneTest, KnowsWhatAListThatLagsIsAbout) {
  for (const std::string id : {"7e7b", "8f8c"}) {  // as a legacy one, and as a modern one
    http.sent.clear();
    const std::string before =
        "[" + certificate("7e7b", R"("a.example.com","b.example.com")", "2026-04-15T00:30:00Z") +
        "]";
    BindRequest second = bind({"a.example.com", "b.example.com"}, "7e7b");
    second.binding.name = "b.example.com";
    will_say(before);
    will_say(R"({"id":")" + id + R"("})");
    ASSERT_TRUE(finish(account.bind(bind({"a.example.com", "b.example.com"}, "7e7b"))).has_value());
    clock.at += milliseconds(4999);
    will_say(before);
    EXPECT_TRUE(finish(account.bind(second)).has_value());
    EXPECT_EQ(changes(), 1U);
    // Another bundle is not what was sent.
    auto other = std::make_shared<Bundle>(*second.bundle);
    other->leaf.fingerprint = std::string(64, 'b');
    second.bundle = other;
    will_say(before);
    will_refuse(404, 1002);
    EXPECT_FALSE(finish(account.bind(second)).has_value());
    EXPECT_EQ(changes(), 2U);
    // No list lags as long as this.
    clock.at += milliseconds(1);
    will_say(before);
    will_refuse(404, 1002);
    EXPECT_FALSE(
        finish(account.bind(bind({"a.example.com", "b.example.com"}, "7e7b"))).has_value());
    EXPECT_EQ(changes(), 3U);
  }
}

/// What lets others go on while it answers, or waits.
struct Yielding final : testing::RecordingHttp, Sleeper {
  Task<HttpResponse> send(HttpRequest request) override {
    HttpResponse response = co_await RecordingHttp::send(std::move(request));
    co_await boost::asio::post(boost::asio::use_awaitable);
    co_return response;
  }
  Task<void> sleep(milliseconds /*duration*/) override {
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
};

TEST_F(CloudflareZoneTest, ReadsOnceForAllWhoWaitForTheirTurn) {
  Yielding vendor;
  Cloudflare busy({.endpoint = "https://api.cloudflare.com",
                   .zone_id = "023e",
                   .cname_target = "",
                   .api_token = Secret("the token")},
                  vendor,
                  clock,
                  &vendor);
  const auto will_list = [&](const std::string& one) {
    vendor.will_answer(200,
                       R"({"success":true,"result":[)" + one +
                           R"(],"result_info":{"total_count":)" + (one.empty() ? "0" : "1") + "}}");
  };
  will_list("");
  vendor.will_answer(200, R"({"success":true,"result":{"id":"8f8c"}})");
  will_list(certificate("8f8c", R"("*.example.com")"));
  boost::asio::io_context loop;
  int bound = 0;
  for (int i = 0; i < 50; ++i) {
    BindRequest request = bind({"*.example.com"});
    request.binding.name = "d" + std::to_string(i) + ".example.com";
    const auto only_bind = [](Cloudflare* at, BindRequest what) -> Task<void> {
      (void)co_await at->bind(std::move(what));
    };
    start(loop, only_bind(&busy, std::move(request)), [&](const std::exception_ptr& thrown) {
      bound += thrown == nullptr ? 1 : 0;
    });
  }
  loop.run();
  EXPECT_EQ(bound, 50);
  EXPECT_EQ(vendor.sent.size(), 3U);
  // Whoever comes later reads for himself.
  will_list(certificate("8f8c", R"("*.example.com")"));
  BindRequest late = bind({"*.example.com"}, "8f8c");
  EXPECT_TRUE(finish(busy.bind(std::move(late))).has_value());
  EXPECT_EQ(vendor.sent.size(), 4U);
}

TEST_F(CloudflareZoneTest, GoesBackToWhatWasThereBefore) {
  will_say("[" + certificate("7e7b", R"("a.example.com")") + "]");
  will_say(R"({"id":"8f8c"})");
  ASSERT_TRUE(finish(account.bind(bind({"a.example.com"}, "7e7b"))).has_value());
  will_say("[" + certificate("8f8c", R"("a.example.com")") + "]");
  will_say(R"({"id":"9a9d"})");
  BindRequest back = bind({"a.example.com"}, "8f8c");
  auto bundle = std::make_shared<Bundle>(*back.bundle);
  bundle->leaf.fingerprint = std::string(64, 'b');
  back.bundle = bundle;
  EXPECT_TRUE(finish(account.bind(back)).has_value());
  EXPECT_EQ(http.sent.back().url, kZone + "/custom_certificates/8f8c");
  EXPECT_EQ(changes(), 2U);
}

TEST_F(CloudflareZoneTest, SendsNothingThatEndsWithinADayOrThirteen) {
  clock.at = parse_time("2026-06-01T00:30:01Z").value();
  will_say("[]", 0);
  const Error error = finish(account.bind(bind({"a.example.com"}))).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("14 days"));
  EXPECT_EQ(changes(), 0U);
  clock.at -= seconds(1);
  will_say("[]", 0);
  will_say(R"({"id":"8f8c"})");
  EXPECT_TRUE(finish(account.bind(bind({"a.example.com"}))).has_value());
}

TEST_F(CloudflareZoneTest, NamesTheHostsThatItWouldTakeACertificateFrom) {
  will_say("[" + certificate("7e7b", R"("a.example.com","other.example.com")") + "]");
  const Error error = finish(account.bind(bind({"a.example.com"}, "7e7b"))).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("other.example.com"));
  EXPECT_THAT(error.text(), HasSubstr("setting the certificate of a.example.com"));
  EXPECT_EQ(changes(), 0U);
}

TEST_F(CloudflareZoneTest, TakesTheVeryCertificateThatIsThere) {
  will_say("[]", 0);
  will_refuse(400, 1220);
  will_say("[" + certificate("7e7b", R"("a.example.com")") + "]");
  EXPECT_TRUE(finish(account.bind(bind({"a.example.com"}))).has_value());
  will_say("[" + certificate("7e7b", R"("a.example.com")") + "]");
  EXPECT_TRUE(finish(account.bind(bind({"a.example.com"}, "7e7b"))).has_value());
  EXPECT_EQ(http.sent.size(), 4U);
  EXPECT_EQ(changes(), 1U);
}

TEST_F(CloudflareZoneTest, IsNotSetWhereTheVeryCertificateServesSomethingElse) {
  for (const std::string& there :
       {std::string(),
        certificate("7e7b", R"("b.example.com")"),
        certificate("7e7b", R"("a.example.com")", "2026-06-14T00:30:00Z")}) {
    will_say("[]", 0);
    will_refuse(400, 1220);
    will_say("[" + there + "]", there.empty() ? 0 : 1);
    const Error error = finish(account.bind(bind({"a.example.com"}))).error();
    EXPECT_EQ(error.vendor_code, "1220") << there;
    EXPECT_THAT(error.text(), HasSubstr("another one is before it")) << there;
  }
}

TEST_F(CloudflareZoneTest, AYesWithoutAnIdSaysNothing) {
  will_say("[]", 0);
  will_say("{}");
  EXPECT_EQ(finish(account.bind(bind({"a.example.com"}))).error().kind, ErrorKind::kMaybeApplied);
}

TEST_F(CloudflareZoneTest, TellsAFullZoneFromAPlanWithoutIt) {
  for (const auto& [code, kind] : {std::pair(1212, ErrorKind::kQuota),
                                   std::pair(2005, ErrorKind::kQuota),
                                   std::pair(1011, ErrorKind::kRejected),
                                   std::pair(1228, ErrorKind::kRejected)}) {
    will_say("[]", 0);
    will_refuse(400, code);
    EXPECT_EQ(finish(account.bind(bind({"a.example.com"}))).error().kind, kind) << code;
  }
}

TEST_F(CloudflareZoneTest, QuotesNoAnswerToAKey) {
  will_say("[]", 0);
  http.will_answer(502, "<html>canary</html>");
  EXPECT_THAT(finish(account.bind(bind({"a.example.com"}))).error().text(),
              Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
