#include "signing/dogecloud_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace certferry {
namespace {

struct Case {
  std::string_view target;
  std::string_view body;
  std::string_view signature;
};

// Computed by an independent HMAC implementation for AKEXAMPLE and SKEXAMPLE.
constexpr Case kCases[] = {
    {"/cdn/domain/list.json", "", "7e7fe7a1a6f4144c23154fbd09fcb4e6caf7c84c"},
    {"/cdn/cert/list.json", "", "9b24903d88eb6bf55b58b5ca3912996536a67fb3"},
    {"/cdn/cert/list.json", "{}", "07304bdbe0c218276baf6ff4ec5120bccad2b8ad"},
    {"/cdn/cert/upload.json",
     R"({"note":"n1","cert":"C","private":"K"})",
     "6c9e6f297978e21733dde605ecd6fd0bfced9523"},
    {"/cdn/cert/upload.json",
     "note=n1&cert=-----BEGIN+CERTIFICATE-----%0AAA%3D%3D%0A&private=K",
     "04e0aa64574a0d4bb657024e4ba53947380d5082"},
    {"/cdn/domain/config.json?domain=cdn.example.com",
     R"({"cert_id":12345})",
     "665d3b0f21a578959c88d963eacdebfa6091544e"},
    {"/cdn/cert/bind.json",
     R"({"id":12345,"domain":"cdn.example.com"})",
     "aa153d42eb9bb4aa15149be527dbe8f303473502"},
    {"/cdn/cert/delete.json", R"({"id":12345})", "47e10319894393f87e1e5d6199e6d50dab9a3a59"},
};

TEST(DogeCloudTokenTest, ReproducesEveryWorkedCase) {
  const Secret key("SKEXAMPLE");
  for (const Case& one : kCases) {
    const auto value = dogecloud_authorization("AKEXAMPLE", key, one.target, one.body);
    ASSERT_TRUE(value.has_value()) << one.target;
    EXPECT_EQ(value->reveal(), "TOKEN AKEXAMPLE:" + std::string(one.signature)) << one.target;
  }
}

TEST(DogeCloudTokenTest, TakesKeysAsUtf8Bytes) {
  // printf '/a.json\n' | openssl dgst -sha1 -hmac '多吉云'
  const auto value = dogecloud_authorization("AK", Secret("多吉云"), "/a.json", "");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->reveal(), "TOKEN AK:336a42998e4f18592a20cbe957a64aeabf53879f");
}

TEST(DogeCloudTokenTest, RefusesKeysThatWouldBreakTheHeaderWithoutShowingThem) {
  using namespace std::string_literals;
  for (const std::string& bad :
       {""s, "canary\r"s, "canary\nX-Evil: 1"s, "cana\0ry"s, "\ncanary"s}) {
    const auto access = dogecloud_authorization(bad, Secret("SK"), "/a.json", "");
    const auto secret = dogecloud_authorization("AK", Secret(bad), "/a.json", "");
    ASSERT_FALSE(access.has_value());
    ASSERT_FALSE(secret.has_value());
    EXPECT_EQ(access.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(access.error().code, "signing.key");
    EXPECT_THAT(access.error().text(), testing::HasSubstr("access_key"));
    EXPECT_THAT(secret.error().text(), testing::HasSubstr("secret_key"));
    EXPECT_THAT(secret.error().text(), testing::Not(testing::HasSubstr("cana")));
  }
}

}  // namespace
}  // namespace certferry
