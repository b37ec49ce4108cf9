#include "notify/heartbeat.h"

#include <gmock/gmock.h>

#include "notify/recorded_http.h"

namespace certferry::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kUrl = "https://beat.example/ping/canary-7f3a9c-key";

std::optional<Error> beat(RecordedHttp& http) {
  Heartbeat heartbeat(Secret(kUrl), http);
  return outcome_of(heartbeat.beat());
}

TEST(HeartbeatTest, CallsTheAddress) {
  RecordedHttp http;
  http.answers.emplace_back(HttpResponse{.status = 204});
  EXPECT_FALSE(beat(http));
  ASSERT_EQ(http.sent.size(), 1U);
  EXPECT_EQ(http.sent[0].method, "GET");
  EXPECT_EQ(http.sent[0].url, kUrl);
  EXPECT_FALSE(http.sent[0].changes_state);
}

TEST(HeartbeatTest, AnotherAnswerIsAFailure) {
  for (const int status : {302, 404, 503}) {
    RecordedHttp http;
    http.answers.emplace_back(HttpResponse{.status = status});
    const auto error = beat(http);
    ASSERT_TRUE(error) << status;
    EXPECT_EQ(error->code, "heartbeat.refused");
    EXPECT_THAT(error->text(), HasSubstr(std::to_string(status)));
  }
}

TEST(HeartbeatTest, TheAddressIsInNoError) {
  RecordedHttp http;
  http.answers.emplace_back(
      Error(ErrorKind::kUnavailable, "no route to beat.example, canary-7f3a9c-key")
          .while_doing(std::string("GET ") + kUrl));
  const auto error = beat(http);
  ASSERT_TRUE(error);
  EXPECT_THAT(error->text(), Not(HasSubstr("canary-7f3a9c-key")));
  EXPECT_THAT(error->text(), HasSubstr("heartbeat"));
}

}  // namespace
}  // namespace certferry::notify
