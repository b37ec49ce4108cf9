#include "sandbox/volcengine/tos.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

/// As the vendor's own client sends it.
Request recorded_bind() {
  Request request{.method = "PUT",
                  .target = "/?customdomain=",
                  .authorization =
                      "TOS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/cn-beijing/tos/request, "
                      "SignedHeaders=host;x-tos-content-sha256;x-tos-date, Signature="
                      "6e99df90cc979e2b68de66189126f8d5455b6182ad8aa63e55704aeaf5e681aa",
                  .content_type = "application/json",
                  .body = R"({"CustomDomainRule":{"Domain":"static.example.com",)"
                          R"("CertId":"cert-0123456789abcdef"}})"};
  request.headers = {{"host", "examplebucket.tos-cn-beijing.volces.com"},
                     {"x-tos-content-sha256", "UNSIGNED-PAYLOAD"},
                     {"x-tos-date", "20260102T030405Z"}};
  return request;
}

std::string refusal(const Request& request, const std::string& now = "2026-01-02T03:04:05Z") {
  const VolcengineCredentials keys = {.access_key_id = "AKIDEXAMPLE",
                                      .secret_access_key = Secret("SKEXAMPLE"),
                                      .session_token = {}};
  const auto said = refuse_signature(request, keys, parse_time(now).value());
  return said ? said->code : "none";
}

TEST(TosTest, TakesTheRecordedSignature) {
  EXPECT_TRUE(is_for_tos(recorded_bind()));
  EXPECT_EQ(refusal(recorded_bind()), "none");
  EXPECT_EQ(refusal(recorded_bind(), "2026-01-02T03:19:06Z"), "InvalidTimestamp");
  const TosRequest call = read_tos_request(recorded_bind());
  EXPECT_EQ(call.permission(), "tos:PutBucketCustomDomain");
  EXPECT_EQ(call.bucket + " " + call.region + " " + call.domain,
            "examplebucket cn-beijing static.example.com");
  EXPECT_TRUE(call.readable);
}

TEST(TosTest, RefusesWhatIsNotSignedAsItMustBe) {
  const auto changed = [](auto change) {
    Request request = recorded_bind();
    change(request);
    return refusal(request);
  };
  EXPECT_EQ(changed([](Request& one) { one.target = "/b/?customdomain="; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers[0].second = "b.tos-cn-beijing.test"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers[1].second = "UNSIGNED"; }),
            "InvalidAuthorization");
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-tos-own", "1"); }),
            "InvalidAuthorization");
  EXPECT_EQ(changed([](Request& one) { one.body += " "; }), "none");  // it is not signed
}

TEST(TosTest, ReadsNoBodyWhoseDigestIsAnother) {
  Request request = recorded_bind();
  request.headers.emplace_back("content-md5", "GgtTQkdATDzuvpzN5jvCPw==");
  EXPECT_FALSE(read_tos_request(request).readable);
  request.headers.pop_back();
  request.body = "{}";
  EXPECT_FALSE(read_tos_request(request).readable);
}

struct TosWorldTest : ::testing::Test {
  std::string refused(const TosRequest& call) {
    const TosAnswer answer = run_tos_call(world, protocols, call, {});
    const auto* refusal = std::get_if<VolcengineRefusal>(&answer);
    return refusal == nullptr ? "none" : refusal->code;
  }
  Json rules(const std::string& bucket, const std::string& region) {
    const TosRequest call{.action = "GetBucketCustomDomain",
                          .bucket = bucket,
                          .region = region,
                          .rule = {},
                          .domain = {}};
    return std::get<Json>(run_tos_call(world, protocols, call, {})).at("CustomDomainRules");
  }
  TosRequest put(const std::string& domain, const Json& more) {
    Json rule = {{"Domain", domain}, {"CertId", "cert-00000000000000000000000000002711"}};
    rule.update(more);
    return {.action = "PutBucketCustomDomain",
            .bucket = "bucket-0",
            .region = "cn-beijing",
            .rule = rule,
            .domain = domain};
  }

  ManualClock clock;
  World world{{}, clock};
  TosProtocols protocols;
};

TEST_F(TosWorldTest, HasTwentyDomainsInABucketAndOneBucketWithNone) {
  for (int i = 0; i < 21; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com", "tos");
  const TosRequest list{
      .action = "ListBuckets", .bucket = {}, .region = "cn-beijing", .rule = {}, .domain = {}};
  EXPECT_EQ(std::get<Json>(run_tos_call(world, protocols, list, {})).at("Buckets").size(), 3U);
  EXPECT_EQ(rules("bucket-0", "cn-beijing").size(), 20U);
  EXPECT_EQ(rules("bucket-1", "cn-shanghai").size(), 1U);
  TosRequest call = list;
  call.action = "GetBucketCustomDomain";
  for (const auto& [bucket, region, code] :
       {std::tuple("bucket-1", "cn-beijing", "AuthorizationHeaderMalformed"),
        std::tuple("bucket-2", "cn-beijing", "NoSuchCustomDomain"),
        std::tuple("bucket-3", "cn-shanghai", "NoSuchBucket")}) {
    call.bucket = bucket;
    call.region = region;
    EXPECT_EQ(refused(call), code) << bucket;
  }
}

TEST_F(TosWorldTest, PutsBackAProtocolThatABindDoesNotSay) {
  world.ensure_domain("a.example.com", "tos");
  EXPECT_EQ(refused(put("a.example.com", Json::object())), "InvalidCertID");
  world.upload("one", pair_for({"a.example.com"}));
  EXPECT_EQ(refused(put("a.example.com", {{"Protocol", "ftp"}})), "InvalidParameter.Protocol");
  EXPECT_EQ(refused(put("b.example.com", Json::object())),
            "InvalidParameter.Domain");  // would be added
  EXPECT_EQ(refused(put("a.example.com", {{"Protocol", "s3"}})), "none");
  EXPECT_EQ(rules("bucket-0", "cn-beijing").at(0).at("Protocol"), "s3");
  EXPECT_EQ(rules("bucket-0", "cn-beijing").at(0).at("CertStatus"), "CertBound");
  EXPECT_EQ(refused(put("a.example.com", Json::object())), "none");
  EXPECT_EQ(rules("bucket-0", "cn-beijing").at(0).at("Protocol"), "tos");
}

}  // namespace
}  // namespace certferry::sandbox
