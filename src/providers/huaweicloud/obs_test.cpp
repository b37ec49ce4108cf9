#include "providers/huaweicloud/obs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "providers/huaweicloud/huaweicloud.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

struct HuaweiCloudObsTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  HuaweiCloud account{config(), http, clock};

  static HuaweiCloudConfig config() {
    return {.endpoint = "https://{service}.myhuaweicloud.com",
            .region = "",
            .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
            .domain_id = "D1",
            .project_id = "P1",
            .enterprise_project_id = ""};
  }
  void will_say(const std::string& body, int status = 200) {
    http.will_answer({.status = status, .headers = {{"x-obs-request-id", "R-1"}}, .body = body});
  }
  void will_say_no(int status, const std::string& code) {
    will_say(
        "<Error><Code>" + code + "</Code><Message>no</Message><RequestId>R-2</RequestId></Error>",
        status);
  }
  void will_list_buckets(const std::string& names, const std::string& more = "") {
    will_say("<ListAllMyBucketsResult>" + more + "<Buckets>" + names +
             "</Buckets></ListAllMyBucketsResult>");
  }
  void will_list_domains(const std::string& domains) {
    will_say("<ListBucketCustomDomainsResult>" + domains + "</ListBucketCustomDomainsResult>");
  }
  Result<std::vector<Binding>> list() { return finish(account.list_bindings("obs")); }
  static BindRequest bind_request() {
    auto bundle = std::make_shared<Bundle>();
    bundle->chain_pem =
        "-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n"
        "-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n";
    bundle->key_pem = Secret("K\n");
    return {.product = "obs",
            .binding = {.name = "a.example.com",
                        .vendor_name = "a.example.com",
                        .settings = {{"bucket", "b"}, {"region", "cn-east-3"}}},
            .stored_id = "scs1600313391074",
            .bundle = bundle};
  }
};

std::string bucket(const std::string& name, const std::string& region = "cn-east-3") {
  return "<Bucket><Name>" + name + "</Name><Location>" + region + "</Location></Bucket>";
}

std::string domain(const std::string& name, const std::string& more = "") {
  return "<Domains><DomainName>" + name + "</DomainName>" + more + "</Domains>";
}

TEST_F(HuaweiCloudObsTest, ListsTheDomainsOfEachBucketInItsRegion) {
  will_list_buckets(bucket("b"), "<IsTruncated>true</IsTruncated><NextMarker>b</NextMarker>");
  will_list_buckets(bucket("c.d", "ap-southeast-1") + bucket("gone"));
  will_list_domains(domain("A.example.com", "<CertificateId>scs1600313391074</CertificateId>") +
                    domain("b.example.com", "<CertificateId></CertificateId>") +
                    domain("c.example.com", "<CertName>mine</CertName>"));
  will_list_domains("");
  will_say_no(404, "NoSuchBucket");
  const auto bindings = list().value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].vendor_name, "A.example.com");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, "scs1600313391074");
  EXPECT_EQ(bindings[0].settings.at("region"), "cn-east-3");
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_EQ(bindings[2].stored_id, "own:mine");
  std::vector<std::string> urls;
  for (const auto& one : http.sent) urls.push_back(one.url);
  EXPECT_THAT(urls,
              ElementsAre("https://obs.cn-north-4.myhuaweicloud.com/",
                          "https://obs.cn-north-4.myhuaweicloud.com/?marker=b",
                          "https://b.obs.cn-east-3.myhuaweicloud.com/?customdomain",
                          "https://obs.ap-southeast-1.myhuaweicloud.com/c.d/?customdomain",
                          "https://gone.obs.cn-east-3.myhuaweicloud.com/?customdomain"));
  EXPECT_EQ(http.sent[0].headers.at("x-obs-bucket-type"), "OBJECT");
  EXPECT_EQ(http.sent[0].headers.at("Date"), "Fri, 02 Jan 2026 03:04:00 GMT");
  // HMAC-SHA1 of the text that the scheme wants, computed apart.
  EXPECT_EQ(http.sent[0].headers.at("Authorization"),
            "OBS AKIDEXAMPLE:fvwkKZ+NwgaFiPrU1FT/zqgrEFY=");
  EXPECT_EQ(http.sent[2].headers.at("Authorization"),
            "OBS AKIDEXAMPLE:0YRF+y6qIxhJEFuQelVSDRw16wU=");
}

TEST_F(HuaweiCloudObsTest, TakesNothingOddForNoCertificate) {
  for (const std::string buckets :
       {"<Buckets/>",
        "<ListAllMyBucketsResult><Buckets><Bucket/></Buckets></ListAllMyBucketsResult>"}) {
    will_say(buckets);
    EXPECT_EQ(list().error().code, "reply.shape") << buckets;
  }
  for (const std::string& one : {bucket("b/../x"), bucket("b", "evil/"), bucket("b", "")}) {
    will_list_buckets(one);
    EXPECT_EQ(list().error().code, "reply.shape") << one;
  }
  will_list_buckets(bucket("b"), "<IsTruncated>true</IsTruncated>");
  EXPECT_EQ(list().error().code, "reply.paging");
  for (const std::string domains :
       {"<Domains/>", "<Domains><CertificateId>scs1</CertificateId></Domains>"}) {
    will_list_buckets(bucket("b"));
    will_list_domains(domains);
    EXPECT_EQ(list().error().code, "reply.shape") << domains;
  }
  will_list_buckets(bucket("b"));
  will_list_domains(
      domain("a.example.com", "<CertificateId>" + std::string(200, 'x') + "</CertificateId>"));
  EXPECT_EQ(list().error().code, "reply.no_id");
  // Whoever answered was not OBS.
  will_list_buckets(bucket("b"));
  http.will_answer(200, "<ListBucketCustomDomainsResult/>");
  EXPECT_EQ(list().error().code, "reply.shape");
  will_list_buckets(bucket("b"));
  http.will_answer(404, "<html>no such page</html>");
  EXPECT_FALSE(list().has_value());
}

TEST_F(HuaweiCloudObsTest, ShowsABucketThatDeniesItsDomainsUnlessAllDo) {
  will_list_buckets(bucket("a") + bucket("b"));
  will_say_no(403, "AccessDenied");
  will_list_domains(domain("a.example.com"));
  const auto bindings = list().value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "a.obs.cn-east-3.myhuaweicloud.com");
  EXPECT_FALSE(bindings[0].online);
  will_list_buckets(bucket("a"));
  will_say_no(403, "AccessDenied");
  const Error error = list().error();
  EXPECT_EQ(error.code, "vendor.permission");
  EXPECT_THAT(error.text(), HasSubstr("obs:bucket:getBucketCustomDomainConfiguration"));
}

TEST_F(HuaweiCloudObsTest, DeletesNothingWhileABucketDeniesItsDomains) {
  http.will_answer(200, R"({"total":0,"domains":[]})");
  will_list_buckets(bucket("a") + bucket("b"));
  will_say_no(403, "AccessDenied");
  will_list_domains(domain("a.example.com"));
  const auto removed = finish(account.remove("scs1"));
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(removed.error().code, "vendor.unknown_user");
  EXPECT_THAT(removed.error().text(), HasSubstr("a.obs.cn-east-3.myhuaweicloud.com of OBS"));
  EXPECT_THAT(removed.error().text(), HasSubstr("obs:bucket:getBucketCustomDomainConfiguration"));
}

TEST_F(HuaweiCloudObsTest, BindsByIdAndGivesTheBundleItself) {
  will_say("");
  const auto done = finish(account.bind(bind_request()));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_FALSE(done->wrote_settings);
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method, "PUT");
  EXPECT_EQ(sent.url, "https://b.obs.cn-east-3.myhuaweicloud.com/?customdomain=a.example.com");
  EXPECT_TRUE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/xml");
  EXPECT_EQ(sent.headers.at("Content-MD5"), content_md5(sent.body));
  EXPECT_EQ(sent.body,
            "<CustomDomainConfiguration><Name>certferry-scs1600313391074</Name>"
            "<CertificateId>scs1600313391074</CertificateId>"
            "<Certificate>-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n</Certificate>"
            "<CertificateChain>-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n"
            "</CertificateChain><PrivateKey>K\n</PrivateKey></CustomDomainConfiguration>");
}

TEST_F(HuaweiCloudObsTest, SendsNothingWithoutTheBundleOrTheBucket) {
  BindRequest request = bind_request();
  request.bundle = nullptr;  // going back to what the store alone has
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kNotFound);
  request = bind_request();
  request.binding.settings.clear();
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(http.sent.empty());
}

TEST_F(HuaweiCloudObsTest, TellsRefusalsOfABindApartAndQuotesNone) {
  struct Case {
    int status;
    std::string code;
    ErrorKind kind;
  };
  const Case cases[] = {
      {403, "SignatureDoesNotMatch", ErrorKind::kUnauthorized},
      {403, "RequestTimeTooSkewed", ErrorKind::kUnauthorized},
      {403, "AccessDenied", ErrorKind::kUnauthorized},
      {403, "InArrearOrInsufficientBalance", ErrorKind::kRejected},
      {404, "NoSuchBucket", ErrorKind::kNotFound},
      {400, "InvalidArgument", ErrorKind::kRejected},
      {200, "InvalidArgument", ErrorKind::kRejected},
      {503, "SlowDown", ErrorKind::kThrottled},
      {500, "InternalError", ErrorKind::kMaybeApplied},
  };
  for (const Case& one : cases) {
    will_say_no(one.status, one.code);
    const Error error = finish(account.bind(bind_request())).error();
    EXPECT_EQ(error.kind, one.kind) << one.code;
    EXPECT_EQ(error.vendor_code, one.code);
    EXPECT_EQ(error.request_id, "R-2");
  }
  http.will_answer(200, "");
  EXPECT_EQ(finish(account.bind(bind_request())).error().kind, ErrorKind::kMaybeApplied);
  http.will_answer(502, "<html>canary</html>");
  EXPECT_THAT(finish(account.bind(bind_request())).error().text(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
