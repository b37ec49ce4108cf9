#include "signing/alibaba_oss4.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

/// What is signed without being named in Authorization.
bool is_covered(const std::string& name) {
  const bool own = name.starts_with("x-oss-") && name != "x-oss-date" &&
                   name != "x-oss-content-sha256" && name != "x-oss-security-token";
  return own || name == "content-type" || name == "content-md5";
}

TEST(AlibabaOss4Test, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("aliyun_oss");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    UnsignedRequest request = one.request({});
    for (const auto& [name, value] : one.headers) {
      if (is_covered(name)) request.headers.emplace_back(name, Secret(value));
    }
    const std::string bucket = fixture.inputs.at("bucket");
    const auto signature = sign_oss4(request,
                                     request.host.starts_with(bucket + ".") ? bucket : "",
                                     fixture.key(one, "x-oss-security-token"),
                                     fixture.inputs.at("region"),
                                     fixture.now);
    expect_as_sent(signature, one);
    if (!one.body.empty()) EXPECT_EQ(content_md5(one.body), one.header("content-md5"));
  }
}

// Computed by hand.
TEST(AlibabaOss4Test, ReproducesTheWorkedCase) {
  const auto signature = sign_oss4({.host = "examplebucket.oss-cn-hangzhou.aliyuncs.com",
                                    .query = {{"comp", "add"}, {"cname", ""}},
                                    .headers = {{"Content-MD5", Secret("GgtTQkdATDzuvpzN5jvCPw==")},
                                                {"Content-Type", Secret("application/xml")}}},
                                   "examplebucket",
                                   {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE")},
                                   "cn-hangzhou",
                                   parse_time("2026-01-02T03:04:05Z").value());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(sha256_hex(signature->canonical.reveal()),
            "72092cca13d4bbbc0316ac55ae274dd913854ac0960f1076d4d0eb3d9a490ff7");
  EXPECT_TRUE(signature->headers.back().second.reveal().ends_with(
      "Signature=2beaf29569ead5d8836a3bd77e3828ffc041f0c93c4bd4d4ea97645ec22aad64"));
}

}  // namespace
}  // namespace certferry
