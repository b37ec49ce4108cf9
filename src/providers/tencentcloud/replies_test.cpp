#include "providers/tencentcloud/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr TencentService kCdn{.id = "cdn", .version = "2018-06-06"};
constexpr TencentAction kRead{.service = &kCdn, .name = "DescribeDomainsConfig"};
constexpr TencentAction kChange{
    .service = &kCdn, .name = "UpdateDomainConfig", .effect = Effect::kChanges};

HttpResponse reply(std::string body, int status = 200) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

HttpResponse refusal(const std::string& code, const std::string& message = "said so") {
  return reply(R"({"Response":{"Error":{"Code":")" + code + R"(","Message":")" + message +
               R"("},"RequestId":"R-1"}})");
}

TEST(TencentRepliesTest, TakesWhatIsInsideOfResponse) {
  const auto inner = read_tencent_reply(reply(R"({"Response":{"A":1,"RequestId":"R"}})"), kRead);
  EXPECT_EQ(inner.value().at("A"), 1);
}

TEST(TencentRepliesTest, TellsWhatAPersonOrTheEngineDoesDifferently) {
  struct Case {
    std::string code;
    ErrorKind read;
    ErrorKind change;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {"RequestLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {"RequestLimitExceeded.UinLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {"LimitExceeded.CdnHostOpTooOften", kThrottled, kThrottled, "vendor.throttled"},
      {"LimitExceeded.RateLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {"LimitExceeded", kQuota, kQuota, "vendor.quota"},
      {"AuthFailure.SecretIdNotFound", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"AuthFailure.SignatureFailure", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"AuthFailure.SignatureExpire", kUnauthorized, kUnauthorized, "vendor.clock"},
      {"AuthFailure.UnauthorizedOperation", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"UnauthorizedOperation.CdnCamUnauthorized",
       kUnauthorized,
       kUnauthorized,
       "vendor.permission"},
      {"FailedOperation.RoleNotFoundAuthorization", kUnauthorized, kUnauthorized, "vendor.role"},
      {"ResourceNotFound.CdnHostNotExists", kNotFound, kNotFound, "vendor.not_found"},
      {"FailedOperation.SslCertNotFound", kNotFound, kNotFound, "vendor.not_found"},
      {"InternalError.CrtDateNotFound", kNotFound, kNotFound, "vendor.not_found"},
      {"FailedOperation.DeleteResourceFailed", kInUse, kInUse, "vendor.in_use"},
      {"ResourceInUse.CdnOpInProgress", kUnavailable, kUnavailable, "vendor.busy"},
      {"FailedOperation.DomainDeploying", kUnavailable, kUnavailable, "vendor.busy"},
      {"InvalidParameter.ActionInProgress", kUnavailable, kUnavailable, "vendor.busy"},
      {"ResourceUnavailable", kUnavailable, kUnavailable, "vendor.busy"},
      {"ResourceUnavailable.CdnHostIsLocked", kRejected, kRejected, "vendor.rejected"},
      {"OperationDenied.ProductUpgraded", kRejected, kRejected, "vendor.moved"},
      {"InvalidParameter.CdnHostExistsInEdgeOne", kRejected, kRejected, "vendor.moved"},
      {"InternalError.CrtDateNotLegal", kRejected, kRejected, "vendor.rejected"},
      {"FailedOperation.CertificateInvalid", kRejected, kRejected, "vendor.rejected"},
      {"FailedOperation.CertificateExists", kRejected, kRejected, "vendor.rejected"},
      {"SomethingNew", kRejected, kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    for (const auto& [action, kind] :
         {std::pair(kRead, one.read), std::pair(kChange, one.change)}) {
      const auto error = read_tencent_reply(refusal(one.code), action).error();
      EXPECT_EQ(error.kind, kind) << one.code;
      EXPECT_EQ(error.code, one.ours) << one.code;
      EXPECT_EQ(error.vendor_code, one.code);
      EXPECT_EQ(error.vendor_message, "said so");
      EXPECT_EQ(error.request_id, "R-1");
    }
  }
}

TEST(TencentRepliesTest, DoesNotKnowWhatAFailureOfTheVendorsDid) {
  for (const char* code : {"InternalError",
                           "InternalError.DBError",
                           "FailedOperation.NetWorkError",
                           "FailedOperation.SystemError",
                           "FailedOperation"}) {
    EXPECT_EQ(read_tencent_reply(refusal(code), kRead).error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(read_tencent_reply(refusal(code), kChange).error().kind, ErrorKind::kMaybeApplied);
  }
}

TEST(TencentRepliesTest, HoldsUpNoOtherDomainWhileOneIsBusy) {
  // A wait that is asked for is the whole account's.
  const auto error = read_tencent_reply(refusal("ResourceInUse.CdnOpInProgress"), kChange).error();
  EXPECT_EQ(error.retry_after, std::nullopt);
}

TEST(TencentRepliesTest, NamesThePermissionThatIsMissing) {
  const auto error = read_tencent_reply(refusal("UnauthorizedOperation"), kChange).error();
  EXPECT_THAT(error.text(), HasSubstr("cdn:UpdateDomainConfig"));
}

TEST(TencentRepliesTest, PointsToEdgeOneWhatHasMovedThere) {
  const auto error = read_tencent_reply(refusal("OperationDenied.UserMigrating"), kChange).error();
  EXPECT_THAT(error.hint, HasSubstr("product `eo`"));
}

TEST(TencentRepliesTest, DecidesNothingByWhatIsNoAnswerOfTheVendors) {
  struct Case {
    HttpResponse response;
    std::string code;
  };
  const Case cases[] = {
      {reply("<html>busy</html>"), "reply.not_json"},
      {reply(""), "reply.not_json"},
      {reply(R"({"Response":{"A":1)"), "reply.malformed"},
      {reply(R"({"A":1})"), "reply.shape"},
      {reply(R"({"Response":[]})"), "reply.shape"},
      {reply(R"({"Response":{"A":1}})"), "reply.shape"},
      {reply("<html>bad gateway</html>", 502), "vendor.maybe_applied"},
      {reply("", 302), "vendor.maybe_applied"},
  };
  for (const Case& one : cases) {
    const auto error = read_tencent_reply(one.response, kChange).error();
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << one.response.body;
    EXPECT_EQ(error.code, one.code) << one.response.body;
    EXPECT_EQ(read_tencent_reply(one.response, kRead).error().kind, ErrorKind::kUnavailable);
  }
  EXPECT_EQ(read_tencent_reply(reply("", 429), kChange).error().kind, ErrorKind::kThrottled);
}

TEST(TencentRepliesTest, QuotesNoAnswerToACallThatCarriedAKey) {
  TencentAction upload = kChange;
  upload.carried_key = true;
  for (const HttpResponse& one : {reply("secret page"), reply("secret page", 502)}) {
    EXPECT_THAT(read_tencent_reply(one, upload).error().text(), Not(HasSubstr("secret")));
    EXPECT_THAT(read_tencent_reply(one, kChange).error().text(), HasSubstr("secret page"));
  }
}

TEST(TencentRepliesTest, WaitsAsLongAsItIsAskedTo) {
  HttpResponse response = refusal("RequestLimitExceeded");
  response.headers = {{"retry-after", "7"}};
  EXPECT_EQ(read_tencent_reply(response, kRead).error().retry_after, milliseconds(seconds(7)));
}

}  // namespace
}  // namespace certferry
