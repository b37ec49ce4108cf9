#include "signing/baidu_bce.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

/// Authorization is prefix, names and signature between slashes; the prefix has slashes, too.
std::vector<std::string> names_signed(const WireCase& one) {
  return split(split(one.header("authorization"), '/').at(4), ';');
}

TEST(BaiduBceTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("baiducloud");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    UnsignedRequest request = one.request({});
    for (const std::string& name : names_signed(one)) {
      if (name == "host" || name == "x-bce-date" || name == "x-bce-security-token") continue;
      request.headers.emplace_back(name, Secret(one.header(name)));
    }
    const auto signature =
        sign_baidu(request, fixture.key(one, "x-bce-security-token"), fixture.now);
    expect_as_sent(signature, one);
  }
}

const AccessKey kKey{.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE")};

// Computed with the SDK's function alone.
TEST(BaiduBceTest, ReproducesTheWorkedCase) {
  const auto signature = sign_baidu(
      {.method = "PUT", .host = "cdn.baidubce.com", .path = "/v2/www.example.com/certificates"},
      kKey,
      parse_time("2024-01-02T03:04:05Z").value());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->headers.back().second.reveal(),
            "bce-auth-v1/AKEXAMPLE/2024-01-02T03:04:05Z/1800/host;x-bce-date/"
            "379db3a09919ed108981dd2c03e996318f65669db81979d729de3b0d0fd522cb");
}

TEST(BaiduBceTest, SignsAWildcardInThePathEncodedHoweverItIsSent) {
  const Time now = parse_time("2024-01-02T03:04:05Z").value();
  UnsignedRequest request{.host = "cdn.baidubce.com", .path = "/v2/%2A.example.com"};
  const auto encoded = sign_baidu(request, kKey, now);
  request.path = "/v2/*.example.com";
  const auto plain = sign_baidu(request, kKey, now);
  EXPECT_EQ(plain->canonical.reveal(), encoded->canonical.reveal());
  EXPECT_TRUE(plain->canonical.reveal().starts_with("POST\n/v2/%2A.example.com\n"));
}

}  // namespace
}  // namespace certferry
