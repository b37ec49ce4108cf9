#include "providers/aliyun/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/quotable.h"

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr AliyunService kService{.id = "cdn", .version = "2018-05-10", .ram = "cdn"};

AliyunAction action(Effect effect, std::string_view name = "SetCdnDomainSSLCertificate") {
  return {.service = &kService, .name = name, .effect = effect};
}

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_aliyun_reply({.status = status, .headers = {}, .body = std::move(body)},
                           action(effect));
}

std::string failure(const std::string& code) {
  return R"({"RequestId":"R-1","HostId":"cdn.aliyuncs.com","Code":")" + code +
         R"(","Message":"what the vendor says"})";
}

TEST(AliyunRepliesTest, ClassifiesByTheVendorsCode) {
  struct Case {
    std::string code;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {"Throttling", kThrottled, kThrottled, "vendor.throttled"},
      {"Throttling.User", kThrottled, kThrottled, "vendor.throttled"},
      {"FlowControlError", kThrottled, kThrottled, "vendor.throttled"},
      {"InvalidAccessKeyId.NotFound", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidAccessKeyId.Inactive", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"SignatureDoesNotMatch", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"IncompleteSignature", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"MissingSecurityToken", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidSecurityToken.Expired", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidTimeStamp.Expired", kUnauthorized, kUnauthorized, "vendor.clock"},
      {"Forbidden.RAM", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"NoPermission", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"PermissionDenied", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"InvalidDomain.NotFound", kNotFound, kNotFound, "vendor.not_found"},
      {"Certificate.NotFind", kNotFound, kNotFound, "vendor.not_found"},
      {"Waf.Pullin.DomainNotExist", kNotFound, kNotFound, "vendor.not_found"},
      {"InsufficientQuota", kQuota, kQuota, "vendor.quota"},
      {"QuotaExceeded.Certificate", kQuota, kQuota, "vendor.quota"},
      {"InvalidStatus.DeleteProtection", kInUse, kInUse, "vendor.in_use"},
      // CLB has words of its own as well.
      {"CertificateAndPrivateKeyIsRefered", kInUse, kInUse, "vendor.in_use"},
      {"CertificateRelatedDomainExtensionExist", kInUse, kInUse, "vendor.in_use"},
      {"ServiceIsConfiguring", kUnavailable, kUnavailable, "vendor.busy"},
      {"OperationBusy", kUnavailable, kUnavailable, "vendor.busy"},
      {"NameRepeat", kMaybeApplied, kUnavailable, ""},
      {"SignatureNonceUsed", kMaybeApplied, kUnavailable, ""},
      {"ServiceUnavailable", kMaybeApplied, kUnavailable, ""},
      {"ServiceBusy", kMaybeApplied, kUnavailable, ""},
      {"CreateCertificateFailed", kMaybeApplied, kUnavailable, ""},
      {"InternalError", kMaybeApplied, kUnavailable, ""},
      {"InvalidDomain.Offline", kRejected, kRejected, "vendor.rejected"},
      {"InvalidDomain.notOnline", kRejected, kRejected, "vendor.rejected"},
      {"DomainInSafeMode", kRejected, kRejected, "vendor.rejected"},
      {"DomainInProtectedMode", kRejected, kRejected, "vendor.rejected"},
      {"CdnServiceSuspended", kRejected, kRejected, "vendor.rejected"},
      {"AccountBlacklist", kRejected, kRejected, "vendor.rejected"},
      // OSS has words of its own.
      {"AccessDenied", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"RequestTimeTooSkewed", kUnauthorized, kUnauthorized, "vendor.clock"},
      {"QpsLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {"NoSuchBucket", kNotFound, kNotFound, "vendor.not_found"},
      {"NoSuchCnameInRecord", kRejected, kRejected, "vendor.rejected"},
      {"CnameIsForbidden", kRejected, kRejected, "vendor.rejected"},
      {"CnameDenied", kRejected, kRejected, "vendor.rejected"},
      {"Certificate.MissMatch", kRejected, kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    // A failure counts wherever it stands: some actions say it with HTTP 200.
    for (const int status : {200, 400}) {
      const auto changed = read(status, failure(one.code));
      ASSERT_FALSE(changed.has_value()) << one.code;
      EXPECT_EQ(changed.error().kind, one.change) << one.code;
      if (!one.ours.empty()) EXPECT_EQ(changed.error().code, one.ours);
      // A code as long as a key is not shown, though it counts.
      EXPECT_EQ(changed.error().vendor_code, quotable(one.code));
      EXPECT_EQ(changed.error().vendor_message, "what the vendor says");
      EXPECT_EQ(changed.error().request_id, "R-1");
      EXPECT_EQ(read(status, failure(one.code), Effect::kReads).error().kind, one.read) << one.code;
    }
  }
}

TEST(AliyunRepliesTest, NamesThePermissionThatIsMissing) {
  const Error error = read(403, failure("Forbidden.RAM")).error();
  EXPECT_THAT(error.text(), HasSubstr("cdn:SetCdnDomainSSLCertificate"));
  EXPECT_THAT(error.hint, HasSubstr("allow cdn:SetCdnDomainSSLCertificate to the RAM user"));
  EXPECT_THAT(read(404, failure("InvalidAccessKeyId.NotFound")).error().text(),
              Not(HasSubstr("cdn:Set")));
}

TEST(AliyunRepliesTest, TakesAnAnswerOnlyWithItsRequestId) {
  EXPECT_EQ(read(200, R"({"RequestId":"R-1","CertId":7})").value().at("CertId"), 7);
  EXPECT_TRUE(read(200, R"({"RequestId":"R-1","Code":"200"})").has_value());
  for (const char* body : {"{}", R"({"CertId":7})", "[]", "null", "7"}) {
    const Error error = read(200, body).error();
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST(AliyunRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {502, "<html>bad gateway</html>", ErrorKind::kMaybeApplied},
      {400, "<html>", ErrorKind::kMaybeApplied},
      {302, "", ErrorKind::kMaybeApplied},
      {403, "", ErrorKind::kUnauthorized},
      {429, "", ErrorKind::kThrottled},
      {200, "", ErrorKind::kMaybeApplied},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(read(one.status, one.body).error().kind, one.kind) << one.status;
  }
}

TEST(AliyunRepliesTest, ReadsHowLongToWait) {
  HttpResponse response{.status = 400,
                        .headers = {{"x-acs-retry-after", "2500"}},
                        .body = failure("Throttling.User")};
  const auto wait = [&] {
    return read_aliyun_reply(response, action(Effect::kReads)).error().retry_after;
  };
  EXPECT_EQ(wait(), milliseconds(2500));
  response.headers = {{"x-acs-retry-after", "1"}};
  EXPECT_EQ(wait(), seconds(1));
  response.headers = {{"x-acs-retry-after", "soon"}, {"retry-after", "7"}};
  EXPECT_EQ(wait(), seconds(7));
}

}  // namespace
}  // namespace certferry
