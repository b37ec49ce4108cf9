#include "providers/gcore/gcore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Pair;

using Json = nlohmann::json;

const std::string kLabel = label_for(std::string(64, 'a'), 7);
const Time kEnd = parse_time("2026-04-15T00:30:00Z").value();

Json resource(int id, const std::string& cname, const Json& ssl = nullptr) {
  return {{"id", id},
          {"cname", cname},
          {"secondaryHostnames", {"b.example.com"}},
          {"status", "active"},
          {"originGroup", 80},
          {"sslEnabled", !ssl.is_null()},
          {"sslData", ssl},
          {"options", {{"gzipOn", true}}}};
}

struct GcoreTest : ::testing::Test {
  testing::RecordingHttp http;
  Gcore account{{.endpoint = "https://api.gcore.com", .api_token = Secret("1$2")}, http};

  void will_say(const Json& body, int status = 200) { http.will_answer(status, body.dump()); }
  void will_list(std::vector<Json> results, std::size_t count) {
    will_say({{"count", count}, {"results", results}});
  }
  void will_tell_the_edge() { will_say({{"cname", "cl-1.gcdn.example"}}); }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(one.method + one.url.substr(std::string("https://api.gcore.com").size()));
    }
    return out;
  }
  static BundlePtr bundle(std::vector<std::string> names) {
    auto out = std::make_shared<Bundle>();
    out->chain_pem = "CHAIN\n";
    out->key_pem = Secret("KEY\n");
    out->leaf.dns_names = std::move(names);
    out->leaf.not_after = kEnd;
    return out;
  }
  static BindRequest bind(BundlePtr what) {
    BindRequest request{.product = "cdn", .binding = {}, .stored_id = "123", .bundle = what};
    request.binding.vendor_name = "a.example.com";
    request.binding.settings = {{"id", "7"}, {"names", "a.example.com b.example.com"}};
    return request;
  }
};

TEST_F(GcoreTest, ReadsEachNameOfAResource) {
  will_tell_the_edge();
  will_list({resource(7, "A.example.com", 123)}, 2);
  will_list({resource(8, "c.example.com")}, 2);
  const auto all = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(asked(),
              ElementsAre("GET/cdn/clients/me",
                          "GET/cdn/resources?limit=100&offset=0",
                          "GET/cdn/resources?limit=100&offset=1"));
  EXPECT_EQ(http.sent[0].headers.at("Authorization"), "APIKey 1$2");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].name, "a.example.com");
  EXPECT_EQ(all[0].vendor_name, "A.example.com");
  EXPECT_EQ(all[0].edge_name, "cl-1.gcdn.example");
  EXPECT_EQ(all[0].stored_id, "123");
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[1].name, "b.example.com");
  EXPECT_EQ(all[1].stored_id, "123");
  EXPECT_EQ(all[2].stored_id, std::nullopt);
  EXPECT_THAT(all[0].settings, Contains(Pair("names", "A.example.com b.example.com")));
  EXPECT_THAT(all[0].settings, Contains(Pair("originGroup", "80")));
  EXPECT_THAT(all[0].settings, Contains(Key("options, by SHA-256")));
  // Where the edge answers does not change.
  will_list({}, 0);
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  EXPECT_EQ(http.sent.size(), 4U);
}

TEST_F(GcoreTest, KnowsWhichResourcesAreServed) {
  will_tell_the_edge();
  for (const auto& [status, online] :
       {std::pair("active", true), std::pair("processed", true), std::pair("suspended", false)}) {
    Json one = resource(7, "a.example.com");
    one["status"] = status;
    will_list({one, Json{{"id", 9}, {"deleted", true}, {"cname", "gone.example.com"}}}, 2);
    const auto all = finish(account.list_bindings("cdn")).value();
    EXPECT_EQ(all.size(), 2U);
    EXPECT_EQ(all.at(0).online, online) << status;
  }
}

TEST_F(GcoreTest, ReadsBareListsToTheirEnd) {
  std::vector<Json> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back({{"id", i}, {"name", "strange"}});
  will_say(hundred);
  will_say(Json::array({{{"id", 101}}}));
  EXPECT_EQ(finish(account.list_stored()).value().size(), 101U);
  will_say(hundred);
  will_say(hundred);  // the limit means nothing
  EXPECT_EQ(finish(account.list_stored()).value().size(), 100U);
  EXPECT_THAT(asked(), Contains("GET/cdn/sslData?limit=100&offset=100"));
}

TEST_F(GcoreTest, KnowsOursByNameAndOthersByTheirChain) {
  const ThrowawayCa authority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  const std::string chain = authority
                                .issue({.names = {"a.example.com"},
                                        .not_before = Time(hours(24 * 20000)),
                                        .not_after = Time(hours(24 * 20090))})
                                .chain_pem;
  Json strange = {{"id", 124},
                  {"name", "bought"},
                  {"automated", true},
                  {"cert_subject_cn", "a.example.com"},
                  {"validity_not_before", format_time(Time(hours(24 * 20000)))},
                  {"validity_not_after", format_time(Time(hours(24 * 20090)))},
                  {"hasRelatedResources", true},
                  {"sslCertificateChain", chain}};
  Json other = strange;
  other["validity_not_after"] = format_time(Time(hours(24 * 20091)));
  will_list({Json{{"id", 123},
                  {"name", store_name(kLabel, kEnd)},
                  {"cert_subject_alt", "DNS:A.example.com, DNS:*.example.com"},
                  {"validity_not_before", "2026-01-15 00:30:00+00:00"},
                  {"validity_not_after", "2026-04-15T00:30:00Z"},
                  {"hasRelatedResources", false}},
             strange,
             other,
             Json{{"id", 125}, {"deleted", true}}},
            4);
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].id, "123");
  EXPECT_EQ(stored[0].label, kLabel);
  EXPECT_THAT(stored[0].names, ElementsAre("a.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, kEnd);
  EXPECT_EQ(stored[0].in_use, 0U);
  EXPECT_EQ(stored[1].label,
            "certferry-" + read_certificates(chain, "it").value().front().fingerprint);
  EXPECT_THAT(stored[1].names, ElementsAre("a.example.com"));
  EXPECT_EQ(stored[1].in_use, 1U);
  EXPECT_EQ(stored[2].label, "bought");
}

TEST_F(GcoreTest, TakesTheIdFromTheAnswerOrFromTheList) {
  will_say({{"id", 123}}, 201);
  EXPECT_EQ(finish(account.upload(bundle({}), kLabel)).value(), "123");
  EXPECT_EQ(http.sent[0].method, "POST");
  EXPECT_EQ(http.sent[0].url, "https://api.gcore.com/cdn/sslData");
  EXPECT_EQ(
      http.sent[0].body,
      R"({"name":")" + store_name(kLabel, kEnd) +
          R"(","sslCertificate":"CHAIN\n","sslPrivateKey":"KEY\n","validate_root_ca":false})");
  EXPECT_TRUE(http.sent[0].changes_state);
  http.will_answer(201, "");
  will_list({Json{{"id", 9007199254740993}, {"name", store_name(kLabel, kEnd)}}}, 1);
  EXPECT_EQ(finish(account.upload(bundle({}), kLabel)).value(), "9007199254740993");
  http.will_answer(201, "");
  will_list({}, 0);
  const Error lost = finish(account.upload(bundle({}), kLabel)).error();
  EXPECT_EQ(lost.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(lost.code, "reply.no_id");
}

TEST_F(GcoreTest, PointsAResourceByPatch) {
  will_say(resource(7, "a.example.com", 123));
  const auto done = finish(account.bind(bind(bundle({"a.example.com", "b.example.com"}))));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(asked(), ElementsAre("PATCH/cdn/resources/7"));
  EXPECT_EQ(http.sent[0].body, R"({"sslEnabled":true,"sslData":123})");
  will_say(resource(7, "a.example.com", 122));
  EXPECT_EQ(finish(account.bind(bind(bundle({"*.example.com"})))).error().kind,
            ErrorKind::kMaybeApplied);
}

TEST_F(GcoreTest, SendsNothingThatLeavesANameOfTheResourceUncovered) {
  const Error error = finish(account.bind(bind(bundle({"a.example.com"})))).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("b.example.com"));
  BindRequest unknown = bind(nullptr);
  unknown.binding.settings.clear();
  EXPECT_EQ(finish(account.bind(unknown)).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(http.sent.empty());
  will_say(resource(7, "a.example.com", 123));
  EXPECT_TRUE(finish(account.bind(bind(nullptr))).has_value());  // the way back
}

TEST_F(GcoreTest, DeletesWhatNoResourceHas) {
  for (const bool served : {true, false}) {
    Json one = resource(7, "a.example.com", 123);
    one["sslEnabled"] = served;
    will_list({one}, 1);
    const Error error = finish(account.remove("123")).error();
    EXPECT_EQ(error.kind, ErrorKind::kInUse) << served;
    EXPECT_THAT(error.text(), HasSubstr("a.example.com, b.example.com of Gcore's CDN"));
  }
  will_list({resource(7, "a.example.com", 124)}, 1);
  http.will_answer(204, "");
  ASSERT_TRUE(finish(account.remove("123")).has_value());
  EXPECT_EQ(asked().back(), "DELETE/cdn/sslData/123");
}

TEST_F(GcoreTest, RefusesListsThatAreNone) {
  will_say({{"count", 1}});
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  will_list({Json{{"name", "no id"}}}, 1);
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
  will_tell_the_edge();
  will_list({Json{{"id", 7}}}, 1);
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  EXPECT_EQ(finish(account.list_bindings("waap")).error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace certferry
