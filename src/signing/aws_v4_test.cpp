#include "signing/aws_v4.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(AwsV4Test, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("aws");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const auto scope = split(one.authorization_part("Credential"), '/');
    const auto signature = sign_aws_v4(one.request({"x-amz-date", "x-amz-security-token"}),
                                       fixture.key(one, "x-amz-security-token"),
                                       scope.at(2),
                                       scope.at(3),
                                       fixture.now);
    expect_as_sent(signature, one);
  }
}

struct Case {
  std::string_view what;
  UnsignedRequest request;
  std::string_view service;
  std::string_view token;
  std::string_view canonical_sha256;
  std::string_view authorization_end;
};

// Computed with the vendor's own signer alone.
TEST(AwsV4Test, ReproducesEveryWorkedCase) {
  const UnsignedRequest list{
      .host = "acm.us-east-1.amazonaws.com",
      .headers = {{"content-type", Secret("application/x-amz-json-1.1")},
                  {"x-amz-target", Secret("CertificateManager.ListCertificates")}},
      .body = R"({"MaxItems":1000})"};
  const Case cases[] = {
      {"list",
       list,
       "acm",
       "",
       "78945afb5047593906995826f5a5c428eb984ff39def4d18a9f9d0c6682f99f4",
       "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
       "30e73f7f86278c6a9d926b48df47d4fb104c17b27a4d2a40ebfafb13aeb04857"},
      {"list with a session token",
       list,
       "acm",
       "EXAMPLETOKEN==",
       "267f6d3502d2b5a0a284818c74ac49c936aa56df545a3c3ff56d30ab73479e0f",
       "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature="
       "f062b77664de56a6a40a120898260ccca48c40f0a9615502397c4f39de7c51e2"},
      {"query",
       {.method = "GET",
        .host = "cloudfront.amazonaws.com",
        .path = "/2020-05-31/distribution",
        .query = {{"MaxItems", "100"}, {"Marker", "E A+/="}}},
       "cloudfront",
       "",
       "13ef6b4bf600a81a21547425d3f080ae0d24f8ff77d2acec161dfb87bf6a30f1",
       "SignedHeaders=host;x-amz-date, Signature="
       "41745bf4a323fb167baa5ab7f9379a17bb74517715589589e00aa1571aa70e4a"},
  };
  for (const Case& one : cases) {
    const auto signature =
        sign_aws_v4(one.request,
                    {.id = "AKIDEXAMPLE",
                     .secret = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                     .session_token = Secret(std::string(one.token))},
                    "us-east-1",
                    one.service,
                    parse_time("2026-01-02T03:04:05Z").value());
    ASSERT_TRUE(signature.has_value()) << one.what;
    EXPECT_EQ(sha256_hex(signature->canonical.reveal()), one.canonical_sha256) << one.what;
    EXPECT_TRUE(signature->headers.back().second.reveal().ends_with(one.authorization_end))
        << one.what << signature->headers.back().second.reveal();
  }
}

// Kingsoft Cloud has no SDK for Node. Recomputed from the recipes of two public clients, and not
// seen by the service itself.
TEST(AwsV4Test, SignsForKingsoftCloudAsItsWorkedCaseDoes) {
  const auto signature = sign_aws_v4(
      {.method = "GET",
       .host = "cdn.api.ksyun.com",
       .path = "/2019-06-01/domain/GetCdnDomains",
       .query = {{"PageSize", "100"}, {"PageNumber", "1"}},
       .headers = {{"X-Action", Secret("GetCdnDomains")}, {"X-Version", Secret("2019-06-01")}}},
      {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE")},
      "cn-shanghai-2",
      "cdn",
      parse_time("2024-01-02T03:04:05Z").value());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(sha256_hex(signature->canonical.reveal()),
            "d94a51ea1e962c41e8e704092f14d133c1e1b36e9e4e433c0c8430a21e738217");
  EXPECT_TRUE(signature->headers.back().second.reveal().ends_with(
      "SignedHeaders=host;x-action;x-amz-date;x-version, Signature="
      "aa16df4c4632682fb1fa4cf6c110918bda93c7b25efc98c587cf6a2c1e0e809e"));
}

}  // namespace
}  // namespace certferry
