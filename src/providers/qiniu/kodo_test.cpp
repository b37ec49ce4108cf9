#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/qiniu/qiniu.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using testing::finish;
using ::testing::HasSubstr;

struct QiniuKodoTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Qiniu account = make("https://api.qiniu.com");

  Qiniu make(std::string endpoint) {
    return {{.endpoint = std::move(endpoint),
             .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
            http,
            clock};
  }
  void will_say(const std::string& body, int status = 200) { http.will_answer(status, body); }
  Result<std::vector<Binding>> list() { return finish(account.list_bindings("kodo")); }
};

TEST_F(QiniuKodoTest, ListsDomainsBucketByBucketAndTheirCertificatesAtOnce) {
  will_say(R"(["b","empty","gone"])");
  will_say(R"([{"domain":"A.example.com","bucket":"b","create_time":"1627461169"},
               {"domain":"b.example.com","bucket":"b","freeze_types":["ICP_EXPIRED"]},
               {"domain":"c.example.com","bucket":"b","freeze_types":[]}])");
  will_say("null");
  will_say(R"({"error":"no such bucket"})", 631);
  will_say(R"([{"uid":1,"name":"x","certid":"65a1","domain":"a.example.com"},
               {"uid":1,"name":"y","certid":"65a2","domain":"elsewhere.example.com"},
               {"uid":1,"name":"","certid":"","domain":"c.example.com"}])");
  const auto bindings = list().value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].vendor_name, "A.example.com");
  EXPECT_EQ(bindings[0].edge_name, "");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, "65a1");
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "offline");
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_TRUE(bindings[2].online);
  EXPECT_EQ(bindings[2].stored_id, std::nullopt);
  ASSERT_EQ(http.sent.size(), 5U);
  EXPECT_EQ(http.sent[0].url, "https://uc.qiniuapi.com/buckets");
  EXPECT_EQ(http.sent[1].url, "https://uc.qiniuapi.com/domain?bucket=b");
  EXPECT_EQ(http.sent[4].url, "https://api.qiniu.com/cert/bindings");
  // HMAC-SHA1 of the text that the SDK would sign, computed apart.
  EXPECT_EQ(http.sent[1].headers.at("Authorization"),
            "Qiniu AKEXAMPLE:Trdg_2_G8EI73FXVsrewO5fn5es=");
}

TEST_F(QiniuKodoTest, AsksAGatewayForEverything) {
  Qiniu behind = make("http://127.0.0.1:8080");
  will_say("[]");
  will_say("[]");
  EXPECT_TRUE(finish(behind.list_bindings("kodo")).value().empty());
  EXPECT_EQ(http.sent[0].url, "http://127.0.0.1:8080/buckets");
}

TEST_F(QiniuKodoTest, TakesNothingOddForNoCertificate) {
  for (const char* buckets : {"{}", R"([{"tbl":"b"}])", R"([""])", R"(["b\u001b[2J"])", "7"}) {
    will_say(buckets);
    EXPECT_EQ(list().error().code, "reply.shape") << buckets;
  }
  for (const char* names : {"{}", R"([{"bucket":"b"}])", R"(["a.example.com"])"}) {
    will_say(R"(["b"])");
    will_say(names);
    EXPECT_EQ(list().error().code, "reply.shape") << names;
  }
  for (const char* bound : {R"({"certs":[]})",
                            R"([{"certid":"65a1"}])",
                            R"([{"domain":"a.example.com","certid":{"id":"65a1"}}])",
                            R"([{"domain":"a.example.com","certid":"7\u001b[2J"}])"}) {
    will_say(R"(["b"])");
    will_say(R"([{"domain":"a.example.com"}])");
    will_say(bound);
    const Error error = list().error();
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << bound;
    EXPECT_EQ(error.activity, "listing the certificates of Kodo's domains at Qiniu");
  }
}

TEST_F(QiniuKodoTest, ShowsABucketThatDeniesItsDomainsUnlessAllDo) {
  const auto deny = [&] { will_say(R"({"error":"forbidden"})", 403); };
  will_say(R"(["theirs","b"])");
  deny();
  will_say(R"([{"domain":"a.example.com"}])");
  will_say("null");
  const auto bindings = list().value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "theirs");
  EXPECT_FALSE(bindings[0].online);
  EXPECT_THAT(bindings[0].status, HasSubstr("may not be listed"));
  will_say(R"(["theirs"])");
  deny();
  EXPECT_EQ(list().error().code, "vendor.permission");
  // What any gateway says of a path takes no bucket off the list.
  will_say(R"(["b"])");
  will_say("<html>no such page</html>", 404);
  EXPECT_EQ(list().error().kind, ErrorKind::kUnavailable);
}

TEST_F(QiniuKodoTest, BindsByIdAndNothingElse) {
  will_say("{}");
  BindRequest request{.product = "kodo", .binding = {}, .stored_id = "65a1"};
  request.binding.vendor_name = "a.example.com";
  const auto done = finish(account.bind(request));
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->wrote_settings);
  ASSERT_EQ(http.sent.size(), 1U);
  EXPECT_EQ(http.sent[0].method, "POST");
  EXPECT_EQ(http.sent[0].url, "https://api.qiniu.com/cert/bind");
  EXPECT_EQ(http.sent[0].body, R"({"certid":"65a1","domain":"a.example.com"})");
  EXPECT_TRUE(http.sent[0].changes_state);

  will_say(R"({"error":"domaintype is not allowed"})", 403);
  const Error error = finish(account.bind(request)).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.hint, HasSubstr("product: cdn"));
}

}  // namespace
}  // namespace certferry
