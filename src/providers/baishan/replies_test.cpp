#include "providers/baishan/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using What = BaishanAction::What;

constexpr BaishanAction kRead{.name = "GET /v2/domain/list"};
constexpr BaishanAction kBind{.name = "POST /v2/domain/config", .effect = Effect::kChanges};
constexpr BaishanAction kUpload{
    .name = "POST /v2/domain/certificate", .effect = Effect::kChanges, .what = What::kUpload};
constexpr BaishanAction kDelete{
    .name = "DELETE /v2/domain/certificate", .effect = Effect::kChanges, .what = What::kDelete};

Error error_of(int status, const std::string& body, const BaishanAction& action) {
  const auto reply = read_baishan_reply({.status = status, .headers = {}, .body = body}, action);
  return reply ? Error(ErrorKind::kInvalidInput, "a success") : reply.error();
}

std::string no(int code, const std::string& message = "it is wrong") {
  return nlohmann::json{{"code", code}, {"message", message}}.dump();
}

TEST(BaishanRepliesTest, ASuccessHasCodeZero) {
  const auto reply = read_baishan_reply(
      {.status = 200, .headers = {}, .body = R"({"code":"0","msg":"","data":[7]})"}, kRead);
  ASSERT_TRUE(reply.has_value()) << reply.error().text();
  EXPECT_EQ(*reply, nlohmann::json::array({7}));
  EXPECT_TRUE(read_baishan_reply({.status = 200, .headers = {}, .body = R"({"code":0})"}, kBind));
  EXPECT_EQ(error_of(200, R"({"data":[]})", kBind).kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error_of(200, "", kRead).kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error_of(200, "<html>", kUpload).kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error_of(200, R"({"code":0.5})", kRead).code, "reply.shape");
}

TEST(BaishanRepliesTest, TellsKindsOfErrorsApart) {
  struct Case {
    int status;
    std::string body;
    BaishanAction action;
    ErrorKind kind;
    std::string code;
  };
  const Case cases[] = {
      {200, no(401001), kRead, ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {401, "", kRead, ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {200, no(400010, "Token invalid"), kBind, ErrorKind::kUnauthorized, "vendor.unauthorized"},
      {403, no(403012), kBind, ErrorKind::kUnauthorized, "vendor.permission"},
      {200, no(404001), kDelete, ErrorKind::kNotFound, "vendor.not_found"},
      {200, no(400010, "domain not exist"), kBind, ErrorKind::kNotFound, "vendor.not_found"},
      {429, "", kBind, ErrorKind::kThrottled, "vendor.throttled"},
      {200, no(429001), kBind, ErrorKind::kThrottled, "vendor.throttled"},
      {200, no(400010, "操作频繁"), kRead, ErrorKind::kThrottled, "vendor.throttled"},
      {400,
       no(400699, "this certificate is exists, cert_id is (224995)"),
       kUpload,
       ErrorKind::kMaybeApplied,
       "vendor.maybe_applied"},
      {400, no(400699), kBind, ErrorKind::kRejected, "vendor.rejected"},
      {400, no(400010, "over the limit"), kUpload, ErrorKind::kQuota, "vendor.quota"},
      {400, no(400010, "over the limit"), kBind, ErrorKind::kRejected, "vendor.rejected"},
      {400, no(400010, "used by a.example.com"), kDelete, ErrorKind::kInUse, "vendor.in_use"},
      {200,
       R"({"code":400010,"data":"the certificate is in use"})",
       kDelete,
       ErrorKind::kInUse,
       "vendor.in_use"},
      {200, no(400010, "it is deploying"), kBind, ErrorKind::kUnavailable, "vendor.busy"},
      {200, no(1001), kUpload, ErrorKind::kRejected, "vendor.rejected"},
      {200, no(500001), kBind, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {502, no(400010), kBind, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {400, "<html>", kBind, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {404, "<html>", kDelete, ErrorKind::kMaybeApplied, "vendor.maybe_applied"},
      {502, "<html>", kRead, ErrorKind::kUnavailable, "vendor.unavailable"},
  };
  for (const Case& one : cases) {
    const Error error = error_of(one.status, one.body, one.action);
    EXPECT_EQ(error.kind, one.kind) << one.status << one.body;
    EXPECT_EQ(error.code, one.code) << one.status << one.body;
  }
}

TEST(BaishanRepliesTest, ShowsTheCodeAndQuotesNothing) {
  const Error refused = error_of(200, no(400123, "/v2/domain/list?token=short"), kRead);
  EXPECT_EQ(refused.vendor_code, "400123");
  EXPECT_EQ(refused.vendor_message, "");
  EXPECT_THAT(refused.text(), HasSubstr("400123"));
  EXPECT_THAT(refused.text(), Not(HasSubstr("short")));
  for (const int status : {200, 404, 502}) {
    const Error page = error_of(status, "<p>/v2/domain/list?token=short</p>", kRead);
    EXPECT_THAT(page.text(), Not(HasSubstr("short"))) << status;
  }
}

}  // namespace
}  // namespace certferry
