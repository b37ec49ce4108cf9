#include "signing/alibaba_acs3.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(AlibabaAcs3Test, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("aliyun");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const auto request = one.request({"x-acs-content-sha256",
                                      "x-acs-date",
                                      "x-acs-signature-nonce",
                                      "x-acs-accesskey-id",
                                      "x-acs-security-token"});
    const AccessKey key = fixture.key(one, "x-acs-security-token");
    const auto signature =
        sign_acs3(request, key, fixture.now, one.header("x-acs-signature-nonce"));
    expect_as_sent(signature, one);
  }
}

// Computed with the SDK's function alone and once more by hand.
TEST(AlibabaAcs3Test, ReproducesEveryWorkedCase) {
  const AccessKey key{.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE")};
  const Time now = parse_time("2026-01-02T03:04:05Z").value();
  const std::string_view nonce = "d410180a5abf7fe235dd9b74aca91fc0";
  const auto bind = sign_acs3({.host = "cdn.aliyuncs.com",
                               .query = {{"DomainName", "cdn.example.com"},
                                         {"SSLProtocol", "on"},
                                         {"CertType", "cas"},
                                         {"CertId", "8089870"},
                                         {"CertRegion", "cn-hangzhou"}},
                               .headers = {{"x-acs-action", Secret("SetCdnDomainSSLCertificate")},
                                           {"x-acs-version", Secret("2018-05-10")}}},
                              key,
                              now,
                              nonce);
  ASSERT_TRUE(bind.has_value());
  EXPECT_EQ(sha256_hex(bind->canonical.reveal()),
            "8395e34acfef38dc739e0d691bc3f5f41428f749f9b3f6ecd1f5f6dadcb73396");
  EXPECT_EQ(bind->headers.back().second.reveal(),
            "ACS3-HMAC-SHA256 Credential=AKIDEXAMPLE,SignedHeaders=host;x-acs-action;x-acs-content-"
            "sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
            "6e7e18fbf034c164db255ced5753884920662cea7835b9d42c23105f6c6b806f");

  const auto upload =
      sign_acs3({.host = "cas.aliyuncs.com",
                 .headers = {{"x-acs-action", Secret("UploadUserCertificate")},
                             {"x-acs-version", Secret("2020-04-07")},
                             {"Content-Type", Secret("application/x-www-form-urlencoded")}},
                 .body = "Cert=C%0A&Key=K&Name=cert-1"},
                key,
                now,
                nonce);
  ASSERT_TRUE(upload.has_value());
  EXPECT_TRUE(upload->headers.back().second.reveal().ends_with(
      ",Signature=50798801982af0bb1cdc25150467e2a2142620ec7e03c1f4e123b24a54040d6d"));
}

}  // namespace
}  // namespace certferry
