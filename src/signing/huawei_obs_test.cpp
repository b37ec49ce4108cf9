#include "signing/huawei_obs.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(HuaweiObsTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("huaweicloud_obs");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    UnsignedRequest request = one.request({});
    for (const auto& [name, value] : one.headers) {
      if (name != "x-obs-security-token") request.headers.emplace_back(name, Secret(value));
    }
    const std::string& bucket = fixture.inputs.at("bucket");
    const auto signature = sign_obs(request,
                                    request.host.starts_with(bucket) ? bucket : "",
                                    fixture.key(one, "x-obs-security-token"),
                                    fixture.now);
    expect_as_sent(signature, one);
  }
}

// Computed by hand.
TEST(HuaweiObsTest, ReproducesTheWorkedCase) {
  const std::string body =
      "<CustomDomainConfiguration><Name>cert-1</Name><CertificateId>scs1600313391074</"
      "CertificateId><Certificate>C</Certificate><CertificateChain>C</CertificateChain><PrivateKey>"
      "K</PrivateKey></CustomDomainConfiguration>";
  const auto signature = sign_obs({.method = "PUT",
                                   .host = "examplebucket.obs.cn-north-4.myhuaweicloud.com",
                                   .query = {{"customdomain", "static.example.com"}},
                                   .headers = {{"Content-Type", Secret("application/xml")},
                                               {"Content-MD5", Secret(content_md5(body))}},
                                   .body = body},
                                  "examplebucket",
                                  {.id = "AK", .secret = Secret("SKEXAMPLE")},
                                  parse_time("2026-01-02T03:04:05Z").value());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->canonical.reveal(),
            "PUT\nppdKREmWTr2AgQA/m7mCSA==\napplication/xml\nFri, 02 Jan 2026 03:04:05 GMT\n"
            "/examplebucket/?customdomain=static.example.com");
  EXPECT_EQ(signature->headers.back().second.reveal(), "OBS AK:zeOfmrpvx29GyGihgcMtk2n4JSs=");
}

}  // namespace
}  // namespace certferry
