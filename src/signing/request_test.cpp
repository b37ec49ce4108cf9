#include "signing/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(SignableTest, RefusesWhatWouldBreakAHeaderWithoutShowingIt) {
  using namespace std::string_literals;
  const UnsignedRequest request{.host = "api.example.com"};
  for (const std::string& bad :
       {"canary\r"s, "canary\nX-Evil: 1"s, "cana\0ry"s, "\ncanary"s, ""s}) {
    UnsignedRequest with_header = request;
    with_header.headers.emplace_back("x-project", Secret(bad));
    const Result<void> refused[] = {
        check_signable(request, {.id = bad, .secret = Secret("SK")}),
        check_signable(request, {.id = "AK", .secret = Secret(bad)}),
        check_signable(request, {.id = "AK", .secret = Secret("SK"), .session_token = Secret(bad)}),
        check_signable(with_header, {.id = "AK", .secret = Secret("SK")}),
    };
    for (const Result<void>& one : refused) {
      if (bad.empty() && one) continue;
      ASSERT_FALSE(one.has_value());
      EXPECT_EQ(one.error().kind, ErrorKind::kInvalidInput);
      EXPECT_EQ(one.error().code, "signing.key");
      EXPECT_THAT(one.error().text(), testing::Not(testing::HasSubstr("cana")));
    }
    EXPECT_FALSE(refused[0].has_value());
    EXPECT_FALSE(refused[1].has_value());
    // Neither has to be there.
    EXPECT_EQ(refused[2].has_value(), bad.empty());
    EXPECT_EQ(refused[3].has_value(), bad.empty());
  }
}

}  // namespace
}  // namespace certferry
