#include "sandbox/huaweicloud/obs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/huaweicloud/huaweicloud_api.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

struct ObsTest : testing::Test {
  ObsTest() {
    world.ensure_domain("obs.example.com", "obs");
    world.ensure_domain("cdn.example.com");
    // The moment at which the vendor's own client was recorded.
    clock.elapsed = parse_time("2026-01-02T03:04:05Z").value() - clock.now();
  }

  static Request plain(const std::string& method,
                       const std::string& host,
                       const std::string& target,
                       const std::string& body = {}) {
    Request request{.method = method, .target = target, .body = body};
    request.headers = {{"host", host}, {"date", "Fri, 02 Jan 2026 03:04:05 GMT"}};
    if (!body.empty()) request.headers.emplace_back("content-md5", content_md5(body));
    return request;
  }
  /// `resource`: what the scheme signs of bucket, path and query.
  static Request signed_call(Request request, const std::string& resource) {
    const std::string text = request.method + "\n" + request.header("content-md5") + "\n\n" +
                             request.header("date") + "\n" + resource;
    request.authorization =
        "OBS AKIDEXAMPLE:" + base64_encode(hmac_sha1(Secret("SKEXAMPLE"), text));
    return request;
  }
  pugi::xml_document answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    pugi::xml_document document;
    document.load_string(reply.body.c_str());
    return document;
  }
  std::string code(const Request& request) {
    return answer(request).child("Error").child_value("Code");
  }
  std::string bind(const std::string& id, const IssuedLeaf& leaf, const std::string& domain) {
    const std::string body = "<CustomDomainConfiguration><Name>cert-1</Name><CertificateId>" + id +
                             "</CertificateId><Certificate>" + leaf.chain_pem +
                             "</Certificate><PrivateKey>" + std::string(leaf.key_pem.reveal()) +
                             "</PrivateKey></CustomDomainConfiguration>";
    return code(signed_call(
        plain("PUT", "bucket-0.obs.cn-north-4.sandbox.test", "/?customdomain=" + domain, body),
        "/bucket-0/?customdomain=" + domain));
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  HuaweiCloudApi api{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                      .secret_access_key = Secret("SKEXAMPLE"),
                                      .security_token = {},
                                      .domain_id = "D1",
                                      .project_id = "P1"}},
                     world,
                     faults};
  int status = 0;
};

TEST_F(ObsTest, TakesTheSignaturesOfTheVendorsOwnClient) {
  const std::string host = "examplebucket.obs.cn-north-4.myhuaweicloud.com";
  Request list = plain("GET", host, "/?customdomain");
  list.authorization = "OBS AKIDEXAMPLE:Kfl2jAeWMxfBZD8Ogy3XCbD8Yao=";
  EXPECT_EQ(code(list), "NoSuchBucket");
  Request bind = plain("PUT",
                       host,
                       "/?customdomain=static.example.com",
                       "<CustomDomainConfiguration><Name>cert-1</Name><CertificateId>"
                       "scs1600313391074</CertificateId><Certificate>not a certificate\n"
                       "</Certificate><CertificateChain>not a chain\n</CertificateChain>"
                       "<PrivateKey>not a key\n</PrivateKey></CustomDomainConfiguration>");
  bind.authorization = "OBS AKIDEXAMPLE:C5zcN2VwdJB+U/pADvxBzqxKYKg=";
  EXPECT_EQ(code(bind), "NoSuchBucket");
  EXPECT_EQ(api.counters().unauthorized, 0U);
}

TEST_F(ObsTest, RefusesWhatIsNotSignedAsItMustBe) {
  const auto changed = [&](auto change) {
    Request request = plain("GET", "obs.cn-north-4.sandbox.test", "/bucket-0/?customdomain");
    change(request);
    request = signed_call(request, "/bucket-0/?customdomain");
    return code(request);
  };
  EXPECT_EQ(changed([](Request&) {}), "");
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-obs-a", "b"); }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.target = "/bucket-1/?customdomain"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers[1].second = "Fri, 02 Jan 2026 03:20:06 GMT"; }),
            "RequestTimeTooSkewed");
  Request request = plain("GET", "obs.cn-north-4.sandbox.test", "/");
  request.authorization = "OBS AKOTHER:x";
  EXPECT_EQ(code(request), "InvalidAccessKeyId");
  request =
      plain("PUT", "bucket-0.obs.cn-north-4.sandbox.test", "/?customdomain=obs.example.com", "x");
  request.headers.back().second = content_md5("y");
  EXPECT_EQ(code(signed_call(request, "/bucket-0/?customdomain=obs.example.com")), "BadDigest");
}

TEST_F(ObsTest, ListsBucketsAndTheirDomainsWhereTheyAre) {
  const auto list = [&](const std::string& host, const std::string& path) {
    return signed_call(plain("GET", host, path), path == "/" ? "/" : "/bucket-1/?customdomain");
  };
  const auto buckets = answer(list("obs.cn-north-4.sandbox.test", "/"));
  std::vector<std::string> places;
  for (const auto& one : buckets.child("ListAllMyBucketsResult").child("Buckets").children()) {
    places.push_back(one.child_value("Name") + std::string(" ") + one.child_value("Location"));
  }
  EXPECT_THAT(places, testing::ElementsAre("bucket-0 cn-north-4", "bucket-1 cn-east-3"));
  EXPECT_EQ(code(list("bucket-1.obs.cn-north-4.sandbox.test", "/?customdomain")),
            "PermanentRedirect");
  const auto none = answer(list("bucket-1.obs.cn-east-3.sandbox.test", "/?customdomain"));
  EXPECT_EQ(status, 200);
  EXPECT_TRUE(none.child("ListBucketCustomDomainsResult").first_child().empty());
}

TEST_F(ObsTest, GivesADomainWhatTheStoreHasAndNothingElse) {
  const IssuedLeaf leaf = issue({"obs.example.com"});
  const std::string id =
      huaweicloud_certificate_id(world.upload("cert-1", *read_pair(leaf.chain_pem, leaf.key_pem)));
  const IssuedLeaf other = issue({"obs.example.com"});
  EXPECT_EQ(bind(id, other, "obs.example.com"), "InvalidArgument");
  EXPECT_EQ(bind("scs0000000000007", leaf, "obs.example.com"), "InvalidArgument");
  EXPECT_EQ(bind("", leaf, "obs.example.com"), "InvalidArgument");
  EXPECT_EQ(bind(id, {.chain_pem = "x", .key_pem = leaf.key_pem}, "obs.example.com"),
            "InvalidArgument");
  EXPECT_EQ(bind(id, leaf, "cdn.example.com"), "InvalidArgument");
  EXPECT_EQ(world.find_domain("obs.example.com")->bound(), nullptr);
  EXPECT_EQ(bind(id, leaf, "obs.example.com"), "");
  EXPECT_EQ(status, 200);
  const auto listed = answer(signed_call(plain("GET", "127.0.0.1:8080", "/bucket-0/?customdomain"),
                                         "/bucket-0/?customdomain"));
  const auto one = listed.child("ListBucketCustomDomainsResult").child("Domains");
  EXPECT_EQ(std::string(one.child_value("CertificateId")), id);
  EXPECT_EQ(api.counters().applied, 1U);
}

}  // namespace
}  // namespace certferry::sandbox
