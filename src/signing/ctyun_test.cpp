#include "signing/ctyun.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

const AccessKey kKey{.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE")};
constexpr std::string_view kRequestId = "00000000-0000-4000-8000-000000000000";
const Time kNow = parse_time("2024-01-02T03:04:05Z").value();

// Recomputed from three public clients that agree.
TEST(CtyunTest, ReproducesEveryWorkedCase) {
  const auto post =
      sign_ctyun({.host = "ctcdn-global.ctapi.ctyun.cn",
                  .path = "/v1/domain/update-domain",
                  .body = R"({"domain":"www.example.com","https_status":"on","cert_name":"c1"})"},
                 kKey,
                 kNow,
                 kRequestId,
                 CtyunClock::kUtc);
  ASSERT_TRUE(post.has_value());
  EXPECT_EQ(post->headers.back().second.reveal(),
            "AKEXAMPLE Headers=ctyun-eop-request-id;eop-date "
            "Signature=ReeJSIgy2hkC6xmtKp8IwZrLRMv2Nf/ZOZfk0YVj6Rw=");
  const auto get = sign_ctyun({.method = "GET",
                               .host = "ctcdn-global.ctapi.ctyun.cn",
                               .path = "/v1/domain/list",
                               .query = {{"page_size", "100"}, {"page", "1"}}},
                              kKey,
                              kNow,
                              kRequestId,
                              CtyunClock::kUtc);
  ASSERT_TRUE(get.has_value());
  EXPECT_TRUE(get->headers.back().second.reveal().ends_with(
      " Signature=VEv1XqIP3ojIt3fVW2qNtCyLrFKtScqJS61cueBLVNk="));
}

TEST(CtyunTest, WritesBeijingTimeUnlessToldOtherwise) {
  const UnsignedRequest request{.host = "ctcdn-global.ctapi.ctyun.cn"};
  // There it is the next day already, and the chain has the day in it.
  const Time evening = parse_time("2024-01-02T23:04:05Z").value();
  const auto beijing = sign_ctyun(request, kKey, evening, kRequestId);
  const auto utc = sign_ctyun(request, kKey, evening + hours(8), kRequestId, CtyunClock::kUtc);
  ASSERT_TRUE(beijing.has_value() && utc.has_value());
  EXPECT_EQ(beijing->headers[1].first, "eop-date");
  EXPECT_EQ(beijing->headers[1].second.reveal(), "20240103T070405Z");
  EXPECT_EQ(beijing->headers.back().second.reveal(), utc->headers.back().second.reveal());
}

TEST(CtyunTest, SignsAnAwkwardQueryAsItIsSent) {
  const auto signature = sign_ctyun({.method = "GET",
                                     .host = "ctcdn-global.ctapi.ctyun.cn",
                                     .query = {{"b", "a b+*~%"}, {"a", "证"}, {"c", ""}}},
                                    kKey,
                                    kNow,
                                    kRequestId);
  EXPECT_EQ(signature->canonical.reveal(),
            "ctyun-eop-request-id:00000000-0000-4000-8000-000000000000\n"
            "eop-date:20240102T110405Z\n"
            "\n"
            "a=%E8%AF%81&b=a%20b%2B%2A~%25&c=\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace certferry
