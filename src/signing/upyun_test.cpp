#include "signing/upyun.h"

#include <gtest/gtest.h>

#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(UpyunTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("upyun");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    UnsignedRequest request = one.request({});
    for (const auto& [name, value] : one.headers) request.headers.emplace_back(name, Secret(value));
    const auto signature = sign_upyun(request, one.raw_query(), fixture.key(one, ""), fixture.now);
    expect_as_sent(signature, one);
  }
}

// Computed by hand.
TEST(UpyunTest, ReproducesTheWorkedCase) {
  const auto signature =
      sign_upyun({.method = "GET", .host = "v0.api.upyun.com", .path = "/bucket/"},
                 "",
                 {.id = "operator", .secret = Secret("password")},
                 parse_time("2024-01-02T03:04:05Z").value());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->canonical.reveal(), "GET&/bucket/&Tue, 02 Jan 2024 03:04:05 GMT");
  EXPECT_EQ(signature->headers.back().second.reveal(),
            "UPYUN operator:G4W9sr7xwwbHuIOoir0zvcEvV2o=");
}

}  // namespace
}  // namespace certferry
