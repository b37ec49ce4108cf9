#include "signing/qiniu.h"

#include <gtest/gtest.h>

#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(QiniuTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("qiniu");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    UnsignedRequest request = one.request({});
    for (const auto& [name, value] : one.headers) request.headers.emplace_back(name, Secret(value));
    const auto signature = sign_qiniu(request, one.raw_query(), fixture.key(one, ""));
    expect_as_sent(signature, one);
  }
}

// Computed with the SDK's function alone and once more by hand.
TEST(QiniuTest, ReproducesEveryWorkedCase) {
  const AccessKey key{.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE")};
  const auto put =
      sign_qiniu({.method = "PUT",
                  .host = "api.qiniu.com",
                  .path = "/domain/www.example.com/httpsconf",
                  .headers = {{"Content-Type", Secret("application/json")}},
                  .body = R"({"certId":"65a1","forceHttps":false,"http2Enable":true})"},
                 "",
                 key);
  ASSERT_TRUE(put.has_value());
  EXPECT_EQ(put->headers.back().second.reveal(), "Qiniu AKEXAMPLE:59f7CQQEMGS3okutVSkv6-IPPIw=");
  const auto get =
      sign_qiniu({.method = "GET",
                  .host = "api.qiniu.com",
                  .path = "/sslcert",
                  .headers = {{"content-type", Secret("application/x-www-form-urlencoded")}}},
                 "marker=&limit=100",
                 key);
  ASSERT_TRUE(get.has_value());
  EXPECT_EQ(get->headers.back().second.reveal(), "Qiniu AKEXAMPLE:ikloC7IHoZ89vmTzUxuv2Z1ZnFU=");
}

}  // namespace
}  // namespace certferry
