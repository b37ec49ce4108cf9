#include "signing/tencent_tc3.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(TencentTc3Test, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("tencentcloud");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const std::string service = split(one.authorization_part("Credential"), '/').at(2);
    const AccessKey key = fixture.key(one, "x-tc-token");
    const auto signature = sign_tc3(one.request({}), key, service, fixture.now);
    expect_as_sent(signature, one);
  }
}

// Computed with the SDK's function alone and once more by hand.
TEST(TencentTc3Test, ReproducesTheWorkedCase) {
  const auto signature = sign_tc3(
      {.host = "ssl.tencentcloudapi.com",
       .headers = {{"Content-Type", Secret("application/json")}},
       .body = R"({"CertificatePublicKey":"C","CertificatePrivateKey":"K","Repeatable":false})"},
      {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE")},
      "ssl",
      parse_time("2026-01-02T03:04:05Z").value());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(sha256_hex(signature->canonical.reveal()),
            "c44465187f3f7c402a50c5212c60829554ae5aaf86ce3e5bb5502f9f24e683ef");
  EXPECT_EQ(signature->headers.back().second.reveal(),
            "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/ssl/tc3_request, "
            "SignedHeaders=content-type;host, "
            "Signature=2c204fe6ed377016bccc5705219077c0ad48684a7d02cc65dcdaae4487a97c0c");
}

}  // namespace
}  // namespace certferry
