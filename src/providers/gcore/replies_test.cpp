#include "providers/gcore/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr GcoreAction kRead{.name = "GET /cdn/resources"};
constexpr GcoreAction kBind{.name = "PATCH /cdn/resources/ID", .effect = Effect::kChanges};
constexpr GcoreAction kDelete{.name = "DELETE /cdn/sslData/ID", .effect = Effect::kChanges};
constexpr GcoreAction kUpload{
    .name = "POST /cdn/sslData", .effect = Effect::kChanges, .carried_key = true};

Error error_of(int status, const std::string& body, const GcoreAction& action) {
  const auto reply = read_gcore_reply({.status = status, .headers = {}, .body = body}, action);
  return reply ? Error(ErrorKind::kInvalidInput, "a success") : reply.error();
}

std::string detail(const std::string& text) {
  return R"({"detail":")" + text + "\"}";
}

std::string wrong(const std::string& field, const std::string& text) {
  return R"({"message":"Invalid input.","errors":{")" + field + R"(":[")" + text + "\"]}}";
}

TEST(GcoreRepliesTest, ASuccessMaySayNothing) {
  EXPECT_TRUE(read_gcore_reply({.status = 201}, kUpload).has_value());
  EXPECT_TRUE(read_gcore_reply({.status = 204}, kDelete).has_value());
  for (const char* body : {"[]", R"({"results":[]})", R"({"id":7,"message":"a word"})"}) {
    EXPECT_TRUE(read_gcore_reply({.status = 200, .headers = {}, .body = body}, kRead)) << body;
  }
  EXPECT_EQ(error_of(200, "", kBind).kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error_of(201, "<html>", kUpload).kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error_of(204, "", kRead).kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error_of(200, "7", kRead).code, "reply.shape");
}

TEST(GcoreRepliesTest, TellsKindsOfErrorsApart) {
  struct Case {
    int status;
    std::string body;
    GcoreAction action;
    ErrorKind kind;
    std::string code;
  };
  const Case cases[] = {
      {401, detail("Invalid token."), kRead, ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {403, detail("No permission."), kBind, ErrorKind::kUnauthorized, "vendor.permission"},
      {404, detail("Not found."), kBind, ErrorKind::kNotFound, "vendor.not_found"},
      {429, "", kBind, ErrorKind::kThrottled, "vendor.throttled"},
      {200, detail("Request was throttled."), kBind, ErrorKind::kThrottled, "vendor.throttled"},
      {400, detail("It has related resources"), kDelete, ErrorKind::kInUse, "vendor.in_use"},
      {409, detail("It is used by a resource"), kDelete, ErrorKind::kInUse, "vendor.in_use"},
      {409, detail("Conflict."), kDelete, ErrorKind::kInUse, "vendor.in_use"},
      {409, "<html>", kDelete, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {409, detail("Conflict."), kBind, ErrorKind::kRejected, "vendor.rejected"},
      {400, detail("It has related resources"), kBind, ErrorKind::kRejected, "vendor.rejected"},
      {400, detail("The limit is reached"), kUpload, ErrorKind::kQuota, "vendor.quota"},
      {400, wrong("sslCertificate", "Bad."), kUpload, ErrorKind::kRejected, "vendor.rejected"},
      {200, wrong("sslData", "Bad."), kBind, ErrorKind::kRejected, "vendor.rejected"},
      {400,
       wrong("name", "It already exists."),
       kUpload,
       ErrorKind::kMaybeApplied,
       "vendor.maybe_applied"},
      {500, detail("Error."), kBind, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {400, "<html>", kBind, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {502, "<html>", kRead, ErrorKind::kUnavailable, "vendor.unavailable"},
  };
  for (const Case& one : cases) {
    const Error error = error_of(one.status, one.body, one.action);
    EXPECT_EQ(error.kind, one.kind) << one.status << one.body;
    EXPECT_EQ(error.code, one.code) << one.status << one.body;
  }
}

TEST(GcoreRepliesTest, SaysWhichFieldIsWrongAndWhichRoleIsMissing) {
  const Error error = error_of(400, wrong("sslPrivateKey", "It does not match."), kUpload);
  EXPECT_EQ(error.vendor_code, "sslPrivateKey");
  EXPECT_EQ(error.vendor_message, "Invalid input.; It does not match.");
  EXPECT_THAT(error_of(403, detail("No."), kBind).text(), HasSubstr("Engineers"));
}

TEST(GcoreRepliesTest, QuotesNoAnswerToAKey) {
  EXPECT_THAT(error_of(502, "the secret page", kBind).text(), HasSubstr("the secret page"));
  EXPECT_THAT(error_of(502, "the secret page", kUpload).text(), Not(HasSubstr("secret page")));
}

}  // namespace
}  // namespace certferry
