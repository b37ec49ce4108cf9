#include "providers/cloudflare/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr CloudflareAction kRead{.name = "GET custom_hostnames", .permission = "P: Read"};
constexpr CloudflareAction kChange{.name = "PATCH custom_hostnames/ID",
                                   .effect = Effect::kChanges,
                                   .permission = "P: Edit",
                                   .carried_key = true};

Error error_of(int status, const std::string& body, const CloudflareAction& action = kRead) {
  const auto reply = read_cloudflare_reply({.status = status, .headers = {}, .body = body}, action);
  return reply ? Error(ErrorKind::kInvalidInput, "a success") : reply.error();
}

std::string no(int code, const std::string& message) {
  return R"({"success":false,"errors":[{"code":)" + std::to_string(code) + R"(,"message":")" +
         message + R"("}],"messages":[],"result":null})";
}

TEST(CloudflareRepliesTest, ASuccessSaysSo) {
  const HttpResponse yes{.status = 200, .headers = {}, .body = R"({"success":true,"result":{}})"};
  EXPECT_TRUE(read_cloudflare_reply(yes, kRead).has_value());
  EXPECT_TRUE(read_cloudflare_reply(yes, kChange).has_value());
  for (const char* body : {"{}", "[]", R"({"success":"true"})", R"({"result":{}})"}) {
    EXPECT_EQ(error_of(200, body).code, "reply.shape") << body;
    EXPECT_EQ(error_of(200, body).kind, ErrorKind::kUnavailable) << body;
    EXPECT_EQ(error_of(200, body, kChange).kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST(CloudflareRepliesTest, TellsKindsOfErrorsApart) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
    std::string code;
  };
  const Case cases[] = {
      {401, no(10000, "Authentication error"), ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {403, no(10000, "Authentication error"), ErrorKind::kUnauthorized, "vendor.permission"},
      {403, no(9109, "Invalid access token"), ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {403, no(9109, "Unauthorized"), ErrorKind::kUnauthorized, "vendor.permission"},
      {400, no(6003, "Invalid request headers"), ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {400, no(9106, "Missing header"), ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {404, no(7003, "Could not route"), ErrorKind::kNotFound, "vendor.not_found"},
      {400, no(7003, "Could not route"), ErrorKind::kNotFound, "vendor.not_found"},
      {429, no(10000, "Rate limited"), ErrorKind::kThrottled, "vendor.throttled"},
      {200, no(971, "Please wait"), ErrorKind::kThrottled, "vendor.throttled"},
      {400, no(1434, "type is required"), ErrorKind::kRejected, "vendor.rejected"},
      {200, no(1434, "type is required"), ErrorKind::kRejected, "vendor.rejected"},
      {500, no(10001, "down"), ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {502, "<html>", ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {400, "<html>", ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {409, no(1, "busy"), ErrorKind::kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    const Error error = error_of(one.status, one.body, kChange);
    EXPECT_EQ(error.kind, one.kind) << one.status << one.body;
    EXPECT_EQ(error.code, one.code) << one.status << one.body;
  }
  EXPECT_EQ(error_of(502, "<html>").kind, ErrorKind::kUnavailable);
}

TEST(CloudflareRepliesTest, NamesThePermissionAndThePlan) {
  EXPECT_THAT(error_of(403, no(10000, "Authentication error"), kChange).text(),
              HasSubstr("P: Edit"));
  const Error plan = error_of(400, no(1400, "Please upgrade"), kChange);
  EXPECT_EQ(plan.kind, ErrorKind::kRejected);
  EXPECT_THAT(plan.text(), HasSubstr("Enterprise"));
}

TEST(CloudflareRepliesTest, ReadsTheChainOfAnError) {
  const Error error = error_of(400, R"({"success":false,"errors":[{"code":6003,"message":"Headers",
      "error_chain":[{"code":6111,"message":"Invalid format"}]}]})");
  EXPECT_EQ(error.vendor_code, "6003");
  EXPECT_EQ(error.vendor_message, "Headers; Invalid format");
}

TEST(CloudflareRepliesTest, QuotesNoAnswerToAKey) {
  EXPECT_THAT(error_of(502, "the secret page").text(), HasSubstr("the secret page"));
  EXPECT_THAT(error_of(502, "the secret page", kChange).text(), Not(HasSubstr("the secret page")));
}

}  // namespace
}  // namespace certferry
