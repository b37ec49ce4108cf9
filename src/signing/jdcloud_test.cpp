#include "signing/jdcloud.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(JdcloudTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("jdcloud");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const auto scope = split(one.authorization_part("Credential"), '/');
    const auto signature = sign_jdcloud(one.request({"x-jdcloud-date", "x-jdcloud-nonce"}),
                                        fixture.key(one, ""),
                                        scope.at(2),
                                        scope.at(3),
                                        fixture.now,
                                        one.header("x-jdcloud-nonce"));
    expect_as_sent(signature, one);
  }
}

// Recomputed from the recipe of the vendor's Go signer.
TEST(JdcloudTest, ReproducesTheWorkedCase) {
  const auto signature = sign_jdcloud(
      {.host = "cdn.jdcloud-api.com",
       .path = "/v1/domain/www.example.com/httpType",
       .headers = {{"Content-Type", Secret("application/json")}},
       .body =
           R"({"httpType":"https","certFrom":"ssl","sslCertId":"cert-abc","jumpType":"default"})"},
      {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE")},
      "jdcloud-api",
      "cdn",
      parse_time("2024-01-02T03:04:05Z").value(),
      "00000000-0000-4000-8000-000000000000");
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(sha256_hex(signature->canonical.reveal()),
            "d40a943885d207024708418657e9ccabc28825dc6f9f42ce0bc09d35408fc244");
  EXPECT_TRUE(signature->headers.back().second.reveal().ends_with(
      "SignedHeaders=content-type;host;x-jdcloud-date;x-jdcloud-nonce, Signature="
      "55083a73bee442af267fba32bb1d27e116c7cb75e99ff45563c2a6fa9ee5d678"));
}

}  // namespace
}  // namespace certferry
