#include "sandbox/aliyun/oss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/aliyun/aliyun_api.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using testing::HasSubstr;

/// Computed by hand, for the moment and the keys of the test below.
Request worked_bind() {
  Request request{.method = "POST",
                  .target = "/?cname&comp=add",
                  .body =
                      "<BucketCnameConfiguration><Cname><Domain>static.example.com</Domain>"
                      "<CertificateConfiguration><CertId>10741304-cn-hangzhou</CertId>"
                      "<Force>true</Force></CertificateConfiguration></Cname>"
                      "</BucketCnameConfiguration>"};
  request.headers = {{"host", "examplebucket.oss-cn-hangzhou.aliyuncs.com"},
                     {"content-type", "application/xml"},
                     {"content-md5", "GgtTQkdATDzuvpzN5jvCPw=="},
                     {"x-oss-content-sha256", "UNSIGNED-PAYLOAD"},
                     {"x-oss-date", "20260102T030405Z"}};
  request.authorization =
      "OSS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/cn-hangzhou/oss/aliyun_v4_request,"
      "Signature=2beaf29569ead5d8836a3bd77e3828ffc041f0c93c4bd4d4ea97645ec22aad64";
  return request;
}

const AliyunCredentials kKeys = {
    .access_key_id = "AKIDEXAMPLE", .access_key_secret = Secret("SKEXAMPLE"), .security_token = {}};

std::string refusal(const Request& request, const std::string& now = "2026-01-02T03:04:05Z") {
  const auto said =
      refuse_oss_signature(request, read_oss_request(request), kKeys, parse_time(now).value());
  return said ? said->code : "none";
}

TEST(OssTest, TakesTheWorkedSignature) {
  EXPECT_EQ(refusal(worked_bind()), "none");
  EXPECT_EQ(refusal(worked_bind(), "2026-01-02T03:19:06Z"), "RequestTimeTooSkewed");
  EXPECT_EQ(refusal(worked_bind(), "2026-01-02T02:49:04Z"), "RequestTimeTooSkewed");
}

TEST(OssTest, RefusesWhatIsNotSignedAsItMustBe) {
  const auto changed = [](auto change) {
    Request request = worked_bind();
    change(request);
    return refusal(request);
  };
  EXPECT_EQ(changed([](Request& one) { one.target = "/?cname&comp=delete"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers[0].second = "other.oss-cn-hangzhou.test"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-oss-own", "1"); }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.body += " "; }), "InvalidDigest");
  EXPECT_EQ(changed([](Request& one) { one.headers.back().second = "20260103T030405Z"; }),
            "AccessDenied");
  EXPECT_EQ(changed([](Request& one) { one.headers[3].second = "x"; }), "AccessDenied");
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-oss-security-token", "t"); }),
            "InvalidSecurityToken");
  EXPECT_EQ(changed([](Request& one) { one.authorization = "OSS AKIDEXAMPLE:x"; }), "AccessDenied");
  EXPECT_EQ(changed([](Request& one) { one.authorization.insert(28, "X"); }), "InvalidAccessKeyId");
}

struct OssWorldTest : testing::Test {
  OssRequest bind(const std::string& domain, std::int64_t id) {
    return {.action = "PutCname",
            .bucket = "bucket-0001",
            .query = {},
            .domain = domain,
            .identifier = std::to_string(id) + "-cn-hangzhou",
            .previous = {},
            .force = true};
  }
  std::string run(const OssRequest& call) {
    const OssAnswer answer = run_oss_call(world, call, "cn-hangzhou", {});
    const auto* refusal = std::get_if<AliyunRefusal>(&answer);
    return refusal == nullptr ? std::get<std::string>(answer) : refusal->code;
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
};

TEST_F(OssWorldTest, CountsAsUnknownWhatThereIsNot) {
  Faults faults;
  AliyunApi api({.credentials = kKeys}, world, faults);
  Request request = worked_bind();
  api.handle(request);
  request.target = "/?logging";
  api.handle(request);
  EXPECT_EQ(api.counters().unknown, 1U);
  EXPECT_EQ(api.counters().by_endpoint.size(), 1U);
  EXPECT_EQ(api.counters().by_endpoint.at("PutCname"), 1U);
}

TEST_F(OssWorldTest, PutsWhatIsStoredOnDomainsOfTheBucket) {
  world.ensure_domain("oss.example.com", "oss");
  world.ensure_domain("cdn.example.com");
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  EXPECT_EQ(run(bind("cdn.example.com", id)), "NeedVerifyDomainOwnership");
  EXPECT_EQ(run(bind("oss.example.com", 7)), "InvalidArgument");
  OssRequest elsewhere = bind("oss.example.com", id);
  elsewhere.identifier = std::to_string(id);
  EXPECT_EQ(run(elsewhere), "InvalidArgument");
  elsewhere = bind("oss.example.com", id);
  elsewhere.bucket = "bucket-0002";
  EXPECT_EQ(run(elsewhere), "NoSuchBucket");
  EXPECT_EQ(run(bind("oss.example.com", id)), "");
  EXPECT_EQ(world.find_domain("oss.example.com")->bound()->id, id);
  // Without Force only by somebody who knows what is bound.
  OssRequest careful = bind("oss.example.com", id);
  careful.force = false;
  EXPECT_EQ(run(careful), "InvalidArgument");
  careful.previous = std::to_string(id) + "-cn-hangzhou";
  EXPECT_EQ(run(careful), "");
}

TEST_F(OssWorldTest, ListsBucketsByMarkerAndDomainsOfEach) {
  for (int i = 0; i < 201; ++i) world.ensure_domain("d" + std::to_string(i) + ".a.test", "oss");
  const auto list = [&](const std::string& most, const std::string& marker) {
    return run(
        {.action = "ListBuckets", .bucket = {}, .query = {{"max-keys", most}, {"marker", marker}}});
  };
  EXPECT_THAT(list("2", ""), HasSubstr("<NextMarker>bucket-0002</NextMarker>"));
  EXPECT_THAT(list("2", "bucket-0002"), HasSubstr("<IsTruncated>false</IsTruncated>"));
  EXPECT_THAT(list("2", "bucket-0002"), HasSubstr("<Name>bucket-0003</Name>"));
  EXPECT_EQ(list("1001", ""), "InvalidArgument");
  const std::string names = run({.action = "ListCname", .bucket = "bucket-0003", .query = {}});
  EXPECT_THAT(names, HasSubstr("<Domain>d200.a.test</Domain>"));
  EXPECT_THAT(names, testing::Not(HasSubstr("d199")));
}

}  // namespace
}  // namespace certferry::sandbox
