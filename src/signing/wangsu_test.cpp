#include "signing/wangsu.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"

namespace certferry {
namespace {

const AccessKey kKey{.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE")};
const Time kNow = parse_time("2024-01-02T03:04:05Z").value();

// Recomputed from the recipes of two public clients.
TEST(WangsuTest, ReproducesTheWorkedCase) {
  const auto signature =
      sign_wangsu({.method = "PUT",
                   .host = "open.chinanetcenter.com",
                   .path = "/api/config/certificate/batch",
                   .headers = {{"Content-Type", Secret("application/json")}},
                   .body = R"({"certificateId":100001,"domainNames":["www.example.com"]})"},
                  kKey,
                  kNow);
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(sha256_hex(signature->canonical.reveal()),
            "6c33903213b5d83a742f7061d0509e4d94b0c04df12220257ab49aef27899644");
  const std::pair<std::string, std::string> expected[] = {
      {"X-CNC-Auth-Method", "AKSK"},
      {"X-CNC-AccessKey", "AKEXAMPLE"},
      {"X-CNC-Timestamp", "1704164645"},
      {"Date", "Tue, 02 Jan 2024 03:04:05 GMT"},
      {"Authorization",
       "CNC-HMAC-SHA256 Credential=AKEXAMPLE, SignedHeaders=content-type;host, "
       "Signature=b81d83fca55ddb8590f30c23c8c06bb155413c66c5f2c4ec5d0fcad9c2055662"}};
  ASSERT_EQ(signature->headers.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(signature->headers[i].first, expected[i].first);
    EXPECT_EQ(signature->headers[i].second.reveal(), expected[i].second);
  }
}

TEST(WangsuTest, SignsTheQueryDecodedAndHeadersInLowerCase) {
  const auto signature = sign_wangsu({.method = "GET",
                                      .host = "Open.ChinaNetCenter.com",
                                      .path = "/api/ssl/certificate",
                                      .query = {{"name", "a b+*~%证"}, {"empty", ""}},
                                      .headers = {{"Content-Type", Secret(" Application/JSON ")}}},
                                     kKey,
                                     kNow);
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->canonical.reveal(),
            "GET\n"
            "/api/ssl/certificate\n"
            "empty=&name=a b+*~%证\n"
            "content-type:application/json\n"
            "host:open.chinanetcenter.com\n"
            "\n"
            "content-type;host\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// Recomputed from the recipes of two public clients.
TEST(WangsuTest, EncryptsForCdnProAsTheWorkedCaseDoes) {
  const Secret text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  const Secret api_key("APIKEYEXAMPLE");
  const std::string encrypted = encrypt_for_cdn_pro(text, api_key, kNow);
  EXPECT_EQ(
      encrypted,
      "JaiEvY/ed1TeYQYDUh+63QHWlXfsijL4hSP98b7wt1e3r+Df73CpPtpeRrT+eUA52NYVwN9LxTsfQgBagVcVvA==");
  EXPECT_EQ(encrypt_for_cdn_pro(text, api_key, kNow + milliseconds(999)), encrypted);
  EXPECT_NE(encrypt_for_cdn_pro(text, api_key, kNow + seconds(1)), encrypted);
}

}  // namespace
}  // namespace certferry
