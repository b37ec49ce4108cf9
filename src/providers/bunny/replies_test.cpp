#include "providers/bunny/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr BunnyAction kRead{.name = "GET /pullzone", .carries_key = true};
constexpr BunnyAction kChange{
    .name = "POST /pullzone/ID/addCertificate", .effect = Effect::kChanges, .carries_key = true};

Error error_of(int status, const std::string& body, const BunnyAction& action) {
  const auto reply = read_bunny_reply({.status = status, .headers = {}, .body = body}, action);
  return reply ? Error(ErrorKind::kInvalidInput, "a success") : reply.error();
}

std::string no(const std::string& key, const std::string& message = "No.") {
  return R"({"ErrorKey":")" + key + R"(","Field":"","Message":")" + message + "\"}";
}

TEST(BunnyRepliesTest, AChangeIsDoneWhenNothingIsSaid) {
  EXPECT_TRUE(read_bunny_reply({.status = 204}, kChange).has_value());
  EXPECT_TRUE(read_bunny_reply({.status = 200, .headers = {}, .body = "{}"}, kRead).has_value());
  for (const char* body : {"", "{}", "<html>"}) {
    EXPECT_EQ(error_of(200, body, kChange).kind, ErrorKind::kMaybeApplied) << body;
  }
  EXPECT_EQ(error_of(200, "[]", kRead).code, "reply.shape");
  EXPECT_EQ(error_of(200, "", kRead).kind, ErrorKind::kUnavailable);
}

TEST(BunnyRepliesTest, TellsKindsOfErrorsApart) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {401, no("", "Authorization has been denied"), ErrorKind::kUnauthorized},
      {401, "", ErrorKind::kUnauthorized},
      {403, "", ErrorKind::kUnauthorized},
      {404, "", ErrorKind::kNotFound},
      {400, no("pullzone.hostname_not_found"), ErrorKind::kNotFound},
      {400, no("hostname.notfound"), ErrorKind::kNotFound},
      {429, "", ErrorKind::kThrottled},
      {200, no("too_many_requests"), ErrorKind::kThrottled},
      {400, no("certificate.invalid"), ErrorKind::kRejected},
      {200, no("certificate.invalid"), ErrorKind::kRejected},
      {400, "<html>", ErrorKind::kMaybeApplied},
      {500, no("internal"), ErrorKind::kMaybeApplied},
      {503, "", ErrorKind::kMaybeApplied},
  };
  for (const Case& one : cases) {
    const Error error = error_of(one.status, one.body, kChange);
    EXPECT_EQ(error.kind, one.kind) << one.status << one.body;
    EXPECT_EQ(error.code, "vendor." + std::string(to_string(one.kind))) << one.status << one.body;
  }
  EXPECT_EQ(error_of(503, "", kRead).kind, ErrorKind::kUnavailable);
}

TEST(BunnyRepliesTest, QuotesNoAnswerWithKeys) {
  for (const BunnyAction& action : {kRead, kChange}) {
    const Error error = error_of(502, "the secret page", action);
    EXPECT_THAT(error.text(), HasSubstr("15 bytes"));
    EXPECT_THAT(error.text(), Not(HasSubstr("the secret page")));
  }
}

}  // namespace
}  // namespace certferry
