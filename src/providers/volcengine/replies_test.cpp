#include "providers/volcengine/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr VolcengineSite kSite{
    .id = "volcengine", .name = "Volcengine", .keys_url = "https://keys.example"};
constexpr VolcengineService kService{
    .site = &kSite, .id = "cdn", .host = "cdn", .region = "cn-north-1", .version = "2021-03-01"};

VolcengineAction action(Effect effect) {
  return {.service = &kService, .name = "BatchDeployCert", .effect = effect};
}

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_volcengine_reply({.status = status, .headers = {}, .body = std::move(body)},
                               action(effect));
}

std::string failure(const std::string& code) {
  return R"({"ResponseMetadata":{"RequestId":"R-1","Action":"BatchDeployCert","Error":)"
         R"({"CodeN":100010,"Code":")" +
         code + R"(","Message":"what the vendor says"}}})";
}

TEST(VolcengineRepliesTest, ClassifiesByTheVendorsCode) {
  struct Case {
    std::string code;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {"FlowLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {"Throttling", kThrottled, kThrottled, "vendor.throttled"},
      {"RequestThrottled", kThrottled, kThrottled, "vendor.throttled"},
      {"RequestLimitExceeded", kThrottled, kThrottled, "vendor.throttled"},
      {"TooManyRequests", kThrottled, kThrottled, "vendor.throttled"},
      {"InvalidAccessKey", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"SignatureDoesNotMatch", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"MissingSignature", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"MissingAuthenticationToken", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidSecretToken", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidAuthorization", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidCredential", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"InvalidTimestamp", kUnauthorized, kUnauthorized, "vendor.clock"},
      {"RequestTimeTooSkewed", kUnauthorized, kUnauthorized, "vendor.clock"},
      {"AccessDenied", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"LackPolicy", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"LackProjectPolicy", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"ServiceNotFound", kRejected, kRejected, "vendor.rejected"},
      {"InvalidActionOrVersion", kRejected, kRejected, "vendor.rejected"},
      {"ResourceNotFound", kNotFound, kNotFound, "vendor.not_found"},
      {"NoSuchBucket", kNotFound, kNotFound, "vendor.not_found"},
      {"NotFound.CertificateInstance", kNotFound, kNotFound, "vendor.not_found"},
      {"QuotaExceeded.Certificate", kQuota, kQuota, "vendor.quota"},
      {"LimitExceeded.Certificate", kQuota, kQuota, "vendor.quota"},
      {"Delete.Certificate", kInUse, kInUse, "vendor.in_use"},
      {"InvalidCertificate.InUse", kInUse, kInUse, "vendor.in_use"},
      {"OperationDenied.DomainConfiguring", kUnavailable, kUnavailable, "vendor.unavailable"},
      {"InternalError", kMaybeApplied, kUnavailable, ""},
      {"InternalServiceError", kMaybeApplied, kUnavailable, ""},
      {"InternalServiceTimeout", kMaybeApplied, kUnavailable, ""},
      {"ServiceUnavailableTemp", kMaybeApplied, kUnavailable, ""},
      {"CommonErr", kMaybeApplied, kUnavailable, ""},
      {"2000", kMaybeApplied, kUnavailable, ""},
      {"12000", kRejected, kRejected, "vendor.rejected"},
      {"InvalidParameter.Certificate", kRejected, kRejected, "vendor.rejected"},
      {"MissingParameter", kRejected, kRejected, "vendor.rejected"},
      // Live says so of what the account does not have, too.
      {"RequestForbidden", kRejected, kRejected, "vendor.rejected"},
      {"RequestForbidden.AccountIDNotAllow", kRejected, kRejected, "vendor.rejected"},
      {"InvalidParam.BindError", kRejected, kRejected, "vendor.rejected"},
      {"OperationDenied.ServiceNotOpen", kRejected, kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    // A failure counts whatever the status: the vendor's documents say so.
    for (const int status : {200, 400}) {
      const auto changed = read(status, failure(one.code));
      ASSERT_FALSE(changed.has_value()) << one.code;
      EXPECT_EQ(changed.error().kind, one.change) << one.code;
      if (!one.ours.empty()) EXPECT_EQ(changed.error().code, one.ours);
      EXPECT_EQ(changed.error().vendor_code, one.code);
      EXPECT_EQ(changed.error().vendor_message, "what the vendor says");
      EXPECT_EQ(changed.error().request_id, "R-1");
      EXPECT_EQ(read(status, failure(one.code), Effect::kReads).error().kind, one.read) << one.code;
    }
  }
}

TEST(VolcengineRepliesTest, NamesThePermissionThatIsMissing) {
  const Error error = read(403, failure("LackPolicy")).error();
  EXPECT_THAT(error.text(), HasSubstr("cdn:BatchDeployCert"));
  EXPECT_THAT(error.hint, HasSubstr("allow cdn:BatchDeployCert to the IAM user"));
  EXPECT_THAT(error.hint, HasSubstr("certferry providers volcengine"));
  const Error keys = read(401, failure("InvalidAccessKey")).error();
  EXPECT_THAT(keys.text(), Not(HasSubstr("cdn:Batch")));
  EXPECT_THAT(keys.hint, HasSubstr("https://keys.example"));
}

TEST(VolcengineRepliesTest, GivesTheResultOfASuccess) {
  EXPECT_EQ(read(200, R"({"ResponseMetadata":{"RequestId":"R-1"},"Result":{"CertId":"c"}})")
                .value()
                .at("CertId"),
            "c");
  EXPECT_TRUE(read(200, R"({"ResponseMetadata":{"RequestId":"R-1"}})").value().is_null());
  // As Live spells it, and with an Error that is none.
  EXPECT_TRUE(
      read(200, R"({"ResponseMetadata":{"RequestID":"R-1","Error":null},"Result":7})").has_value());
}

TEST(VolcengineRepliesTest, TakesAnAnswerOnlyWithItsRequestId) {
  for (const char* body : {"{}",
                           R"({"Result":{"CertId":"c"}})",
                           R"({"ResponseMetadata":{}})",
                           R"({"ResponseMetadata":7,"Result":{}})",
                           "[]",
                           "null",
                           "7"}) {
    const Error error = read(200, body).error();
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST(VolcengineRepliesTest, ReadsWhatTheGatewaySaysWithoutMetadata) {
  const Error error = read(401, R"({"ErrorCode":"InvalidAccessKey","Message":"no"})").error();
  EXPECT_EQ(error.kind, ErrorKind::kUnauthorized);
  EXPECT_EQ(error.vendor_message, "no");
  EXPECT_EQ(read(200, R"({"Code":"FlowLimitExceeded"})").error().kind, ErrorKind::kThrottled);
}

TEST(VolcengineRepliesTest, TakesAnErrorWithoutACodeForOneThatDecidesNothing) {
  const std::string body = R"({"ResponseMetadata":{"RequestId":"R-1","Error":{}}})";
  EXPECT_EQ(read(200, body).error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(200, body, Effect::kReads).error().kind, ErrorKind::kUnavailable);
}

TEST(VolcengineRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
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

TEST(VolcengineRepliesTest, QuotesNothingOfAnAnswerToAKey) {
  VolcengineAction upload = action(Effect::kChanges);
  for (const bool carried : {false, true}) {
    upload.carried_key = carried;
    const Error error =
        read_volcengine_reply({.status = 502, .headers = {}, .body = "<html>echo</html>"}, upload)
            .error();
    EXPECT_EQ(error.text().contains("echo"), !carried);
  }
}

TEST(VolcengineRepliesTest, WaitsAsLongAsItIsAsked) {
  const HttpResponse response{
      .status = 429, .headers = {{"retry-after", "7"}}, .body = failure("FlowLimitExceeded")};
  EXPECT_EQ(read_volcengine_reply(response, action(Effect::kReads)).error().retry_after,
            seconds(7));
}

TEST(VolcengineRepliesTest, TakesHttp429ForTooManyCallsWhateverTheCode) {
  EXPECT_EQ(read(429, failure("AccountLimitExceeded")).error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(read(400, failure("AccountLimitExceeded")).error().kind, ErrorKind::kQuota);
}

TEST(VolcengineRepliesTest, TellsWhyADomainDidNotGetItsCertificate) {
  struct Case {
    std::string words;
    ErrorKind kind;
  };
  const Case cases[] = {
      {"domain is Configuring", ErrorKind::kUnavailable},
      {"域名配置中", ErrorKind::kUnavailable},
      {"domain not found", ErrorKind::kNotFound},
      {"域名不存在", ErrorKind::kNotFound},
      {"the domain is not in the SAN", ErrorKind::kRejected},
      {"System BUSY, try again later", ErrorKind::kMaybeApplied},
      {"internal error", ErrorKind::kMaybeApplied},
      {"request timeout", ErrorKind::kMaybeApplied},
      {"系统异常", ErrorKind::kMaybeApplied},
      {"服务繁忙", ErrorKind::kMaybeApplied},
      {"", ErrorKind::kMaybeApplied},
  };
  for (const Case& one : cases) {
    const Error error = volcengine_bind_error(one.words, action(Effect::kChanges));
    EXPECT_EQ(error.kind, one.kind) << one.words;
    EXPECT_EQ(error.vendor_message, one.words);
  }
}

}  // namespace
}  // namespace certferry
