#include "signing/volcengine.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(VolcengineTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("volcengine");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const auto scope = split(one.authorization_part("Credential"), '/');
    const auto signature =
        sign_volcengine(one.request({"x-date", "x-content-sha256", "x-security-token"}),
                        fixture.key(one, "x-security-token"),
                        scope.at(2),
                        scope.at(3),
                        fixture.now);
    expect_as_sent(signature, one);
  }
}

struct Case {
  UnsignedRequest request;
  std::string_view region;
  std::string_view service;
  std::string_view authorization_end;
};

// Computed with the SDK's signer alone and once more by hand; the last is BytePlus.
TEST(VolcengineTest, ReproducesEveryWorkedCase) {
  const QueryParameters bind_query = {{"Version", "2021-03-01"}, {"Action", "BatchDeployCert"}};
  const std::string_view bind = R"({"CertId":"cert-0123456789abcdef","Domain":"www.example.com"})";
  const Case cases[] = {
      {{.host = "cdn.volcengineapi.com", .query = bind_query, .body = bind},
       "cn-north-1",
       "cdn",
       "SignedHeaders=host;x-content-sha256;x-date, Signature="
       "d0378605e51082375a6484e2adb4b197c50ba61f840a134d2fb5c11ee112552b"},
      {{.host = "cdn.volcengineapi.com",
        .query = bind_query,
        .headers = {{"Content-Type", Secret("application/json; charset=utf-8")}},
        .body = bind},
       "cn-north-1",
       "cdn",
       "SignedHeaders=content-type;host;x-content-sha256;x-date, Signature="
       "c1f05f90c84bd214794ac62071ae4016ae7901124e6454c96515d9440f596ca7"},
      {{.method = "GET",
        .host = "open.volcengineapi.com",
        .query = {{"Action", "ModifyListenerAttributes"},
                  {"Version", "2020-04-01"},
                  {"ListenerId", "lsn-1"},
                  {"DomainExtensions.1.Domain", "*.example.com"},
                  {"CertificateSource", "cert_center"}}},
       "cn-beijing",
       "alb",
       "SignedHeaders=host;x-date, Signature="
       "ab34cc1ae7711529f5c2cceaaad06d268a14d1d47beae86f4860abedb61542a7"},
      {{.host = "open.byteplusapi.com", .query = bind_query, .body = bind},
       "ap-singapore-1",
       "cdn",
       "SignedHeaders=host;x-content-sha256;x-date, Signature="
       "5cca4a8d62068a375e59bcaa29e75d133c41910d3518220de82f6430b72ed599"},
  };
  for (const Case& one : cases) {
    const auto signature = sign_volcengine(one.request,
                                           {.id = "AKLTEXAMPLE", .secret = Secret("SECRETEXAMPLE")},
                                           one.region,
                                           one.service,
                                           parse_time("2024-01-02T03:04:05Z").value());
    ASSERT_TRUE(signature.has_value());
    EXPECT_TRUE(signature->headers.back().second.reveal().ends_with(one.authorization_end))
        << signature->headers.back().second.reveal();
  }
}

}  // namespace
}  // namespace certferry
