#include "signing/huawei_sdk_hmac.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(HuaweiSdkHmacTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("huaweicloud");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const auto signature = sign_huawei(one.request({"x-sdk-date", "x-security-token"}),
                                       fixture.key(one, "x-security-token"),
                                       fixture.now);
    expect_as_sent(signature, one);
  }
}

struct Case {
  std::string_view what;
  UnsignedRequest request;
  std::string_view canonical_sha256;
  std::string_view signature;
};

// Computed with the SDK's signer alone.
TEST(HuaweiSdkHmacTest, ReproducesEveryWorkedCase) {
  const Secret json("application/json");
  const Case cases[] = {
      {"list",
       {.method = "GET",
        .host = "cdn.myhuaweicloud.com",
        .path = "/v1.0/cdn/domains",
        .query = {{"page_size", "100"}, {"page_number", "1"}},
        .headers = {{"Content-Type", json}}},
       "a69513c071f109a94c550a425d76f394a191ebe157288db98469c6706870688d",
       "fa28079fa967d7440c89661268c7117b7c8ae674eb44fb353c0f0d2dd805fec8"},
      {"import",
       {.host = "scm.cn-north-4.myhuaweicloud.com",
        .path = "/v3/scm/certificates/import",
        .headers = {{"Content-Type", json}},
        .body = R"({"name":"cert-1","certificate":"C","private_key":"K"})"},
       "caebf8ed1ef02288ab59cf1a0cefbdb1b0f0a175474f76a63968f931b0aa3a6f",
       "dbeaca2c530f55659e110abb15acd38953224569047e19dc0e307cc43b2900bf"},
      {"project",
       {.method = "GET",
        .host = "elb.cn-north-4.myhuaweicloud.com",
        .path = "/v3/0123456789abcdef0123456789abcdef/elb/certificates",
        .query = {{"limit", "2000"}, {"type", "server"}},
        .headers = {{"Content-Type", json},
                    {"X-Project-Id", Secret("0123456789abcdef0123456789abcdef")}}},
       "519c5a85fba3b83d1578ec846163e582698b6b47f0cf0ebc2bcf8ea93a6931e5",
       "b34e14e0835895f208e4c498fb440e6440ed0ed694e61651a5cd19d2379e7334"},
  };
  for (const Case& one : cases) {
    const auto signature = sign_huawei(
        one.request,
        {.id = "AKEXAMPLE0000000000", .secret = Secret("SKEXAMPLE000000000000000000000000000000")},
        parse_time("2026-01-02T03:04:05Z").value());
    ASSERT_TRUE(signature.has_value()) << one.what;
    EXPECT_EQ(sha256_hex(signature->canonical.reveal()), one.canonical_sha256) << one.what;
    EXPECT_TRUE(signature->headers.back().second.reveal().ends_with(one.signature)) << one.what;
  }
}

}  // namespace
}  // namespace certferry
