#include "providers/ksyun/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr KsyunAction kRead{.name = "GetCertificates", .version = "1", .folder = "cert"};
constexpr KsyunAction kChange{.name = "SetCertificate",
                              .version = "1",
                              .folder = "cert",
                              .effect = Effect::kChanges,
                              .carries_key = true};

Error error_of(int status, const std::string& body, const KsyunAction& action) {
  const auto reply = read_ksyun_reply({.status = status, .headers = {}, .body = body}, action);
  return reply ? Error(ErrorKind::kInvalidInput, "a success") : reply.error();
}

std::string no(const std::string& code, const std::string& message = "No.") {
  return R"({"RequestId":"r-1","Error":{"Type":"Sender","Code":")" + code + R"(","Message":")" +
         message + "\"}}";
}

TEST(KsyunRepliesTest, TellsKindsOfErrorsApart) {
  struct Case {
    int status;
    std::string body;
    ErrorKind change;
    ErrorKind read;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {403, no("SignatureDoesNotMatch"), kUnauthorized, kUnauthorized},
      {400, no("InvalidClientTokenId"), kUnauthorized, kUnauthorized},
      {400, no("RequestExpired"), kUnauthorized, kUnauthorized},
      {403, no("AccessDenied"), kUnauthorized, kUnauthorized},
      {400, no("IllegalOperation"), kUnauthorized, kUnauthorized},
      {401, "", kUnauthorized, kUnauthorized},
      {403, "", kUnauthorized, kUnauthorized},
      {400, no("Throttling"), kThrottled, kThrottled},
      {200, no("Throttling.User"), kThrottled, kThrottled},
      {429, "", kThrottled, kThrottled},
      {400, no("QuotaOverfull"), kQuota, kQuota},
      {400, no("notRunningDomain"), kUnavailable, kUnavailable},
      {400, no("DomainNotFound"), kNotFound, kNotFound},
      {400, no("Certificate.FormatError"), kRejected, kRejected},
      {200, no("Certificate.FormatError"), kRejected, kRejected},
      {400, no("X", "The certificate name has already existed"), kRejected, kRejected},
      {400, no("X", "重复的证书文件"), kRejected, kRejected},
      {500, no("InternalFailure"), kMaybeApplied, kUnavailable},
      {400, no("X", "系统繁忙，请稍后重试"), kMaybeApplied, kUnavailable},
      {503, "<html>", kMaybeApplied, kUnavailable},
      {400, "<html>", kMaybeApplied, kUnavailable},
      {404, "", kMaybeApplied, kUnavailable},
      {302, "", kMaybeApplied, kUnavailable},
      {200, R"({"RequestId":"r","Error":"no"})", kMaybeApplied, kUnavailable},
      {200, "<html>", kMaybeApplied, kUnavailable},
      {200, "", kMaybeApplied, kUnavailable},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(error_of(one.status, one.body, kChange).kind, one.change) << one.status << one.body;
    EXPECT_EQ(error_of(one.status, one.body, kRead).kind, one.read) << one.status << one.body;
  }
  EXPECT_EQ(error_of(400, no("notRunningDomain"), kChange).code, "vendor.busy");
  EXPECT_EQ(error_of(400, no("RequestExpired"), kRead).code, "vendor.clock");
  EXPECT_THAT(error_of(400, no("IllegalOperation", "User does not open CDN service"), kRead).text(),
              HasSubstr("no CDN service"));
}

TEST(KsyunRepliesTest, NamesThePermissionAndTheRequest) {
  const Error error = error_of(403, no("AccessDenied"), kChange);
  EXPECT_EQ(error.code, "vendor.permission");
  EXPECT_THAT(error.text(), HasSubstr("cdn:SetCertificate"));
  EXPECT_EQ(error.vendor_code, "AccessDenied");
  EXPECT_EQ(error.vendor_message, "No.");
  EXPECT_EQ(error.request_id, "r-1");
}

TEST(KsyunRepliesTest, AChangeIsDoneWhenTheVendorSaysSo) {
  for (const char* body : {R"({"CertificateId":"7"})", R"({"RequestId":"r"})"}) {
    EXPECT_TRUE(read_ksyun_reply({.status = 200, .headers = {}, .body = body}, kChange)) << body;
  }
  EXPECT_TRUE(read_ksyun_reply({.status = 200, .headers = {}, .body = "{}"}, kRead).has_value());
  EXPECT_EQ(error_of(200, "[]", kRead).code, "reply.shape");
  for (const char* body : {"{}", "[]", R"({"RequestId":{}})"}) {
    const Error error = error_of(200, body, kChange);
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST(KsyunRepliesTest, QuotesNoAnswerToACallWithAKey) {
  EXPECT_THAT(error_of(502, "<html>canary</html>", kChange).text(), Not(HasSubstr("canary")));
  EXPECT_THAT(error_of(502, "<html>canary</html>", kRead).text(), HasSubstr("canary"));
}

}  // namespace
}  // namespace certferry
