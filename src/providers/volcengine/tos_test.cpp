#include "providers/volcengine/tos.h"

#include "crypto/digest.h"
#include "providers/volcengine/test_account.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;

struct VolcengineTosTest : testing::VolcengineAccountTest {
  void will_say(const std::string& body, int status = 200) {
    http.will_answer({.status = status, .headers = {{"x-tos-request-id", "R-1"}}, .body = body});
  }
  void will_say_no(int status, const std::string& code) {
    will_say(R"({"Code":")" + code + R"(","Message":"no","RequestId":"R-2"})", status);
  }
  void will_list_bucket() { will_say(R"({"Buckets":[{"Name":"b","Location":"cn-shanghai"}]})"); }
  BindRequest request() const {
    BindRequest request = bind_request("tos", "a.example.com");
    request.binding.settings = {{"bucket", "b"}, {"region", "cn-shanghai"}, {"Protocol", "s3"}};
    return request;
  }
};

TEST_F(VolcengineTosTest, ListsTheDomainsOfEachBucketInItsRegion) {
  will_say(R"({"Buckets":[{"Name":"b","Location":"cn-shanghai"},
                          {"Name":"none","Location":"cn-beijing"}]})");
  will_say(R"({"CustomDomainRules":[
      {"Domain":"a.example.com","Cname":"b.tos-cn-shanghai.volces.com","Forbidden":false,
       "CertId":"cert-1","CertStatus":"CertBound","Protocol":"tos"},
      {"Domain":"b.example.com","Forbidden":true,"CertId":"","CertStatus":"CertUnbound"},
      {"Domain":"c.example.com","CertId":"cert-2","CertStatus":"RoleNotExist"}]})");
  will_say_no(404, "NoSuchCustomDomain");
  const auto bindings = finish(account.list_bindings("tos")).value();
  EXPECT_THAT(ids_of(bindings), ElementsAre("cert-1", "none", "cert-2"));
  EXPECT_EQ(bindings[0].edge_name, "b.tos-cn-shanghai.volces.com");
  EXPECT_EQ(bindings[0].status, "online");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].settings.at("bucket"), "b");
  EXPECT_EQ(bindings[0].settings.at("Protocol"), "tos");
  EXPECT_EQ(bindings[1].status, "offline");
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[2].status, "online, RoleNotExist");
  ASSERT_EQ(http.sent.size(), 3U);
  EXPECT_EQ(http.sent.at(0).url, "https://tos-cn-beijing.volces.com/");
  EXPECT_EQ(http.sent.at(1).url, "https://b.tos-cn-shanghai.volces.com/?customdomain=");
  EXPECT_EQ(http.sent.at(1).method, "GET");
  EXPECT_EQ(http.sent.at(1).headers.at("X-Tos-Content-Sha256"), "UNSIGNED-PAYLOAD");
  EXPECT_THAT(http.sent.at(1).headers.at("Authorization"),
              HasSubstr("TOS4-HMAC-SHA256 Credential=AKLTEXAMPLE/20260102/cn-shanghai/tos/request, "
                        "SignedHeaders=host;x-tos-content-sha256;x-tos-date, Signature="));
}

TEST_F(VolcengineTosTest, TakesNothingOddForNoCertificate) {
  for (const char* buckets : {"",
                              "[]",
                              R"({"Buckets":{}})",
                              R"({"Buckets":[{"Name":"b"}]})",
                              R"({"Buckets":[{"Name":"b/../x","Location":"cn-beijing"}]})",
                              R"({"Buckets":[{"Name":"b","Location":"evil.example"}]})"}) {
    will_say(buckets);
    EXPECT_EQ(finish(account.list_bindings("tos")).error().kind, ErrorKind::kUnavailable)
        << buckets;
  }
  for (const char* rules : {"",
                            "[]",
                            R"({"CustomDomainRules":{}})",
                            R"({"CustomDomainRules":[{"CertId":"c"}]})",
                            R"({"CustomDomainRules":[{"Domain":"a","CertId":["c"]}]})"}) {
    will_list_bucket();
    will_say(rules);
    const auto listed = finish(account.list_bindings("tos"));
    ASSERT_FALSE(listed.has_value()) << rules;
    EXPECT_EQ(listed.error().kind, ErrorKind::kUnavailable) << rules;
    EXPECT_THAT(listed.error().activity, HasSubstr("bucket b of Volcengine TOS")) << rules;
  }
  // A page of somebody's on the way is no word of TOS's that there are none.
  will_list_bucket();
  http.will_answer(404, "<html>");
  EXPECT_EQ(finish(account.list_bindings("tos")).error().kind, ErrorKind::kNotFound);
  http.will_answer(200, R"({"Buckets":[]})");
  EXPECT_EQ(finish(account.list_bindings("tos")).error().code, "reply.shape");
}

TEST_F(VolcengineTosTest, ShowsABucketThatMayNotBeListedUnlessItIsAllOfThem) {
  will_say(R"({"Buckets":[{"Name":"b","Location":"cn-beijing"},
                          {"Name":"c","Location":"cn-beijing"}]})");
  will_say_no(403, "AccessDenied");
  will_say_no(404, "NoSuchBucket");
  const auto bindings = finish(account.list_bindings("tos")).value();
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].name, "b.tos-cn-beijing.volces.com");
  EXPECT_FALSE(bindings[0].online);
  will_list_bucket();
  will_say_no(403, "AccessDenied");
  const auto denied = finish(account.list_bindings("tos"));
  EXPECT_EQ(denied.error().code, "vendor.permission");
  EXPECT_THAT(denied.error().text(), HasSubstr("tos:GetBucketCustomDomain"));
  EXPECT_EQ(denied.error().request_id, "R-2");
}

TEST_F(VolcengineTosTest, BindsWithTheProtocolThatIsSet) {
  will_say("");
  const auto done = finish(account.bind(request()));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method, "PUT");
  EXPECT_EQ(sent.url, "https://b.tos-cn-shanghai.volces.com/?customdomain=");
  EXPECT_TRUE(sent.changes_state);
  EXPECT_EQ(sent.body,
            R"({"CustomDomainRule":{"Domain":"a.example.com","CertId":"cert-9f",)"
            R"("Protocol":"s3"}})");
  EXPECT_EQ(sent.headers.at("Content-MD5"), content_md5(sent.body));
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  // Whatever answers without a request's number has decided nothing.
  http.will_answer(200, "");
  EXPECT_EQ(finish(account.bind(request())).error().kind, ErrorKind::kMaybeApplied);
  will_say_no(400, "InvalidCertID");
  EXPECT_EQ(finish(account.bind(request())).error().kind, ErrorKind::kRejected);
  EXPECT_EQ(finish(account.bind(bind_request("tos", "a.example.com"))).error().kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 3U);
}

TEST_F(VolcengineTosTest, PutsTheBucketInThePathOfAnEndpointThatIsOneAddress) {
  Volcengine behind = make("", "http://127.0.0.1:8080");
  will_say("");
  ASSERT_TRUE(finish(behind.bind(request())).has_value());
  EXPECT_EQ(http.sent.at(0).url, "http://127.0.0.1:8080/b/?customdomain=");
}

}  // namespace
}  // namespace certferry
