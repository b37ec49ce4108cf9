#include "providers/baiducloud/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kBind = "PUT /v2/domain/{domain}/config?https";

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_baiducloud_reply({.status = status, .headers = {}, .body = std::move(body)},
                               {.name = kBind, .effect = effect});
}

std::string failure(const std::string& code) {
  return R"({"requestId":"R-1","code":")" + code + R"(","message":"what it says"})";
}

TEST(BaiduCloudRepliesTest, ClassifiesByTheVendorsCode) {
  struct Case {
    int status;
    std::string code;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {403, "AccessDenied", kUnauthorized, kUnauthorized, "vendor.permission"},
      {403, "InvalidAccessKeyId", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {400, "InvalidHTTPAuthHeader", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {400, "SignatureDoesNotMatch", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {400, "RequestExpired", kUnauthorized, kUnauthorized, "vendor.clock"},
      {403, "OptInRequired", kRejected, kRejected, "vendor.rejected"},
      {500, "InternalError", kMaybeApplied, kUnavailable, ""},
      {400, "Http400", kMaybeApplied, kUnavailable, ""},
      {429, "RequestLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {400, "QpsLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {404, "ResourceNotFoundException", kNotFound, kNotFound, "vendor.not_found"},
      {400, "NoSuchDomain", kNotFound, kNotFound, "vendor.not_found"},
      {400, "CertExceedLimitException", kQuota, kQuota, "vendor.quota"},
      {409, "CertificateInUseException", kInUse, kInUse, "vendor.in_use"},
      {400, "DomainOperating", kUnavailable, kUnavailable, "vendor.busy"},
      {400, "InappropriateJSON", kRejected, kRejected, "vendor.rejected"},
      {400, "CertDomainMismatch", kRejected, kRejected, "vendor.rejected"},
      {403, "Unheard", kUnauthorized, kUnauthorized, "vendor.permission"},
      {503, "Unheard", kMaybeApplied, kUnavailable, ""},
  };
  for (const Case& one : cases) {
    const Error changed = read(one.status, failure(one.code)).error();
    EXPECT_EQ(changed.kind, one.change) << one.code;
    if (!one.ours.empty()) EXPECT_EQ(changed.code, one.ours) << one.code;
    EXPECT_EQ(changed.vendor_code, one.code);
    EXPECT_EQ(changed.vendor_message, "what it says");
    EXPECT_EQ(changed.request_id, "R-1");
    EXPECT_EQ(read(one.status, failure(one.code), Effect::kReads).error().kind, one.read)
        << one.code;
  }
  EXPECT_EQ(read(200, failure("OperationDenied")).error().kind, ErrorKind::kRejected);
}

TEST(BaiduCloudRepliesTest, NamesTheCallThatIsNotAllowed) {
  EXPECT_THAT(read(403, failure("AccessDenied")).error().text(), HasSubstr(std::string(kBind)));
  EXPECT_THAT(read(403, failure("InvalidAccessKeyId")).error().hint,
              HasSubstr("https://console.bce.baidu.com/iam/"));
}

TEST(BaiduCloudRepliesTest, TakesAnEmptyAnswerForAYesToAChangeAlone) {
  EXPECT_TRUE(read(200, "").has_value());
  EXPECT_TRUE(read(200, "{}").has_value());
  EXPECT_EQ(read(200, "", Effect::kReads).error().kind, ErrorKind::kUnavailable);
  for (const char* body : {"[]", "null", "7", "<html>"}) {
    EXPECT_EQ(read(200, body).error().kind, ErrorKind::kMaybeApplied) << body;
    EXPECT_EQ(read(200, body, Effect::kReads).error().kind, ErrorKind::kUnavailable) << body;
  }
}

TEST(BaiduCloudRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  EXPECT_EQ(read(502, "<html>").error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(400, "<html>").error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(302, "").error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(403, "").error().kind, ErrorKind::kUnauthorized);
  EXPECT_EQ(read(404, "").error().kind, ErrorKind::kNotFound);
}

TEST(BaiduCloudRepliesTest, QuotesNoAnswerToAPrivateKeyAndReadsWhatStandsInHeaders) {
  const HttpResponse response{.status = 429,
                              .headers = {{"x-bce-request-id", "R-2"}, {"retry-after", "7"}},
                              .body = "<p>canary"};
  const Error error =
      read_baiducloud_reply(response, {.effect = Effect::kChanges, .carried_key = true}).error();
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
  EXPECT_EQ(error.request_id, "R-2");
  EXPECT_EQ(error.retry_after, seconds(7));
}

}  // namespace
}  // namespace certferry
