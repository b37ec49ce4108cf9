#include "providers/jdcloud/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_jdcloud_reply({.status = status, .headers = {}, .body = std::move(body)},
                            {.permission = "cdn:setHttpType", .effect = effect});
}

std::string failure(int code, const std::string& status, const std::string& message = "as told") {
  return nlohmann::json{{"requestId", "R-1"},
                        {"error", {{"code", code}, {"status", status}, {"message", message}}}}
      .dump();
}

TEST(JdcloudRepliesTest, ClassifiesByCodeStatusAndWords) {
  struct Case {
    int code;
    std::string status;
    std::string message;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {401, "UNAUTHENTICATED", "x", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {401,
       "UNAUTHENTICATED",
       "x-jdcloud-date has expired",
       kUnauthorized,
       kUnauthorized,
       "vendor.clock"},
      {403, "PERMISSION_DENIED", "no", kUnauthorized, kUnauthorized, "vendor.permission"},
      {403,
       "HMAC_CHECK",
       "HMAC signature does not match",
       kUnauthorized,
       kUnauthorized,
       "vendor.unauthorized"},
      {404, "NOT_FOUND", "x", kNotFound, kNotFound, "vendor.not_found"},
      {429, "RESOURCE_EXHAUSTED", "x", kThrottled, kThrottled, "vendor.throttled"},
      {429, "QUOTA_EXCEEDED", "x", kThrottled, kThrottled, "vendor.throttled"},
      {500, "INTERNAL", "x", kMaybeApplied, kUnavailable, ""},
      {503, "UNAVAILABLE", "x", kMaybeApplied, kUnavailable, ""},
      {400, "FAILED_PRECONDITION", "证书不支持使用", kRejected, kRejected, "vendor.rejected"},
      {400, "FAILED_PRECONDITION", "域名配置中", kUnavailable, kUnavailable, "vendor.busy"},
      {400, "FAILED_PRECONDITION", "证书数量已达上限", kQuota, kQuota, "vendor.quota"},
      {400, "INVALID_ARGUMENT", "x", kRejected, kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    const std::string body = failure(one.code, one.status, one.message);
    // Whatever the status of HTTP, the vendor's own word counts.
    for (const int status : {one.code, 200}) {
      const Error changed = read(status, body).error();
      EXPECT_EQ(changed.kind, one.change) << body;
      if (!one.ours.empty()) EXPECT_EQ(changed.code, one.ours) << body;
      EXPECT_EQ(changed.vendor_code, std::to_string(one.code) + " " + one.status);
      EXPECT_EQ(changed.request_id, "R-1");
      EXPECT_EQ(read(status, body, Effect::kReads).error().kind, one.read) << body;
    }
  }
}

TEST(JdcloudRepliesTest, TakesAQuotaForAFullStoreWhereSomethingIsStored) {
  const JdcloudAction upload{
      .permission = "ssl:uploadCert", .effect = Effect::kChanges, .has_key = true, .stores = true};
  const HttpResponse response{.status = 429, .headers = {}, .body = failure(429, "QUOTA_EXCEEDED")};
  EXPECT_EQ(read_jdcloud_reply(response, upload).error().kind, ErrorKind::kQuota);
}

TEST(JdcloudRepliesTest, NamesThePermissionThatIsMissingAndOperationProtection) {
  const Error error = read(403, failure(403, "PERMISSION_DENIED")).error();
  EXPECT_THAT(error.text(), HasSubstr("cdn:setHttpType"));
  EXPECT_THAT(error.hint, Not(HasSubstr("MFA")));
  const HttpResponse response{
      .status = 403, .headers = {}, .body = failure(403, "PERMISSION_DENIED")};
  const JdcloudAction deleting{
      .permission = "ssl:deleteCerts", .effect = Effect::kChanges, .deletes = true};
  EXPECT_THAT(read_jdcloud_reply(response, deleting).error().hint, HasSubstr("MFA"));
}

TEST(JdcloudRepliesTest, UseRefusesADeleteAlone) {
  const JdcloudAction deleting{
      .permission = "ssl:deleteCerts", .effect = Effect::kChanges, .deletes = true};
  const std::string body = failure(400, "FAILED_PRECONDITION", "证书正在使用中");
  const HttpResponse response{.status = 400, .headers = {}, .body = body};
  EXPECT_EQ(read_jdcloud_reply(response, deleting).error().code, "vendor.in_use");
  EXPECT_EQ(read(400, body).error().code, "vendor.rejected");
}

TEST(JdcloudRepliesTest, LooksIntoResultsForFailures) {
  EXPECT_EQ(read(200, R"({"requestId":"R","result":{"certId":"c"}})").value().at("certId"), "c");
  for (const int code : {0, 1, 200}) {
    const nlohmann::json body = {{"requestId", "R"}, {"result", {{"code", code}}}};
    EXPECT_TRUE(read(200, body.dump()).has_value()) << code;
  }
  const nlohmann::json refused = {{"requestId", "R"},
                                  {"result", {{"code", 400}, {"message", "证书绑定了域名"}}}};
  EXPECT_EQ(read(200, refused.dump()).error().kind, ErrorKind::kRejected);
  EXPECT_EQ(read(200, R"({"requestId":"R","error":{}})").error().kind, ErrorKind::kRejected);
}

TEST(JdcloudRepliesTest, AnAnswerWithoutAResultIsAYesToAChangeAlone) {
  EXPECT_TRUE(read(200, R"({"requestId":"R"})").has_value());
  EXPECT_EQ(read(200, R"({"requestId":"R"})", Effect::kReads).error().code, "reply.shape");
  for (const char* body : {"", "{}", "[]", "null", "<html>", R"({"requestId":"R","result":7})"}) {
    EXPECT_EQ(read(200, body).error().kind, ErrorKind::kMaybeApplied) << body;
    EXPECT_EQ(read(200, body, Effect::kReads).error().kind, ErrorKind::kUnavailable) << body;
  }
}

TEST(JdcloudRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  EXPECT_EQ(read(502, "<html>").error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(400, "<html>").error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(302, "").error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(403, "").error().kind, ErrorKind::kUnauthorized);
}

TEST(JdcloudRepliesTest, QuotesNothingBesideAPrivateKeyAndReadsWhatStandsInHeaders) {
  const HttpResponse response{.status = 429,
                              .headers = {{"x-jdcloud-request-id", "R-2"}, {"retry-after", "7"}},
                              .body = "<p>canary"};
  const Error error = read_jdcloud_reply(response, {.has_key = true}).error();
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
  EXPECT_EQ(error.request_id, "R-2");
  EXPECT_EQ(error.retry_after, seconds(7));
}

}  // namespace
}  // namespace certferry
