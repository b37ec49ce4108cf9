#include "providers/huaweicloud/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HuaweiCloudAction action(Effect effect) {
  return {.permission = "cdn:configuration:modifyHttpsConf", .effect = effect};
}

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_huaweicloud_reply({.status = status, .headers = {}, .body = std::move(body)},
                                action(effect));
}

std::string failure(const std::string& code, const std::string& message = "what it says") {
  return R"({"error_code":")" + code + R"(","error_msg":")" + message + R"(","request_id":"R-1"})";
}

TEST(HuaweiCloudRepliesTest, ClassifiesByTheVendorsCodeWhereverItStands) {
  struct Case {
    std::string code;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {"APIGW.0308", kThrottled, kThrottled, "vendor.throttled"},
      {"APIGW.0201", kMaybeApplied, kUnavailable, ""},
      {"APIGW.0101", kRejected, kRejected, "vendor.rejected"},
      {"APIGW.0301", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"APIGW.0303", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"APIGW.0307", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"APIGW.0302", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"APIGW.0305", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"APIGW.0306", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"CDN.0004", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"CDN.0020", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"CDN.0021", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"SCM.0003", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"CDN.0003", kNotFound, kNotFound, "vendor.not_found"},
      {"CDN.0105", kNotFound, kNotFound, "vendor.not_found"},
      {"CDN.0108", kNotFound, kNotFound, "vendor.not_found"},
      {"SCM.0008", kNotFound, kNotFound, "vendor.not_found"},
      {"SCM.0020", kNotFound, kNotFound, "vendor.not_found"},
      {"CDN.0005", kQuota, kQuota, "vendor.quota"},
      {"CDN.0104", kQuota, kQuota, "vendor.quota"},
      {"SCM.0011", kQuota, kQuota, "vendor.quota"},
      {"SCM.0010", kInUse, kInUse, "vendor.in_use"},
      {"CDN.0106", kUnavailable, kUnavailable, "vendor.busy"},
      {"CDN.0115", kRejected, kRejected, "vendor.rejected"},
      {"CDN.0116", kRejected, kRejected, "vendor.rejected"},
      {"SCM.0006", kRejected, kRejected, "vendor.rejected"},
      {"SCM.0014", kRejected, kRejected, "vendor.rejected"},
      {"SCM.0079", kRejected, kRejected, "vendor.rejected"},
      {"WAF.00012001", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"WAF.00012002", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"WAF.00012003", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"WAF.00011016", kRejected, kRejected, "vendor.rejected"},
      {"ELB.1003", kNotFound, kNotFound, "vendor.not_found"},
      {"ELB.1011", kRejected, kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    const std::string inner =
        R"({"error":{"code":")" + one.code + R"(","message":"what it says"},"request_id":"R-1"})";
    const std::string same = R"({"error":)" + failure(one.code) + R"(,"request_id":"R-1"})";
    for (const std::string& body : {failure(one.code), inner, same}) {
      // CDN says no with HTTP 200 as well.
      for (const int status : {200, 400}) {
        const auto changed = read(status, body);
        ASSERT_FALSE(changed.has_value()) << body;
        EXPECT_EQ(changed.error().kind, one.change) << body;
        if (!one.ours.empty()) EXPECT_EQ(changed.error().code, one.ours) << body;
        EXPECT_EQ(changed.error().vendor_code, one.code);
        EXPECT_EQ(changed.error().vendor_message, "what it says");
        EXPECT_EQ(changed.error().request_id, "R-1");
        EXPECT_EQ(read(status, body, Effect::kReads).error().kind, one.read) << body;
      }
    }
  }
}

TEST(HuaweiCloudRepliesTest, TakesWordsAndStatusWhereNoCodeIsDocumented) {
  EXPECT_EQ(read(400, failure("SCM.9999", "The certificate quota is used up")).error().kind,
            ErrorKind::kQuota);
  EXPECT_EQ(read(400, failure("SCM.9999", "证书数量已达上限")).error().kind, ErrorKind::kQuota);
  EXPECT_EQ(read(403, failure("PAP5.0010")).error().code, "vendor.permission");
  EXPECT_EQ(read(429, failure("X.1")).error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(read(500, failure("SCM.9999")).error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(read(404, failure("SCM.9999")).error().kind, ErrorKind::kNotFound);
}

TEST(HuaweiCloudRepliesTest, TakesAConflictForWhatTheCallCanRunInto) {
  const auto conflict = [](const HuaweiCloudAction& call, const std::string& code) {
    return read_huaweicloud_reply({.status = 409, .headers = {}, .body = failure(code)}, call)
        .error();
  };
  const HuaweiCloudAction remove{.permission = "elb:certificates:delete",
                                 .effect = Effect::kChanges};
  const HuaweiCloudAction copy{
      .permission = "elb:certificates:create", .effect = Effect::kChanges, .carried_key = true};
  EXPECT_EQ(conflict(remove, "ELB.9999").kind, ErrorKind::kInUse);
  EXPECT_EQ(conflict(copy, "ELB.9999").kind, ErrorKind::kQuota);
  // A name that is taken is told by its code.
  EXPECT_EQ(conflict(copy, "WAF.00011016").kind, ErrorKind::kRejected);
  EXPECT_EQ(conflict(action(Effect::kChanges), "ELB.9999").kind, ErrorKind::kRejected);
  EXPECT_EQ(conflict(action(Effect::kReads), "ELB.9999").kind, ErrorKind::kRejected);
}

TEST(HuaweiCloudRepliesTest, PointsToRegionsWhereACallIsNotKnown) {
  const Error error = read(404, failure("APIGW.0101")).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.hint, HasSubstr("regions and projects"));
}

TEST(HuaweiCloudRepliesTest, TellsAWrongClockFromAWrongKey) {
  const std::string clock = "Incorrect IAM authentication information: x-sdk-date expired";
  EXPECT_EQ(read(401, failure("APIGW.0301", clock)).error().code, "vendor.clock");
  const std::string key = "Incorrect IAM authentication information: verify aksk signature fail";
  const Error error = read(401, failure("APIGW.0301", key)).error();
  EXPECT_EQ(error.code, "vendor.unauthorized");
  EXPECT_THAT(error.hint, HasSubstr("https://console.huaweicloud.com/iam/"));
}

TEST(HuaweiCloudRepliesTest, NamesThePermissionThatIsMissing) {
  const Error error = read(403, failure("CDN.0021")).error();
  EXPECT_THAT(error.text(), HasSubstr("cdn:configuration:modifyHttpsConf"));
  EXPECT_THAT(error.hint, HasSubstr("allow cdn:configuration:modifyHttpsConf to the IAM user"));
  EXPECT_THAT(read(401, failure("APIGW.0301")).error().text(), Not(HasSubstr("modifyHttps")));
  const Error denied = read(403, R"({"encoded_authorization_message":"x"})").error();
  EXPECT_EQ(denied.code, "vendor.permission");
}

TEST(HuaweiCloudRepliesTest, TakesNothingForASuccessOnlyWithItsStatus) {
  EXPECT_TRUE(read(204, "").has_value());
  EXPECT_EQ(read(200, R"({"certificate_id":"scs1"})").value().at("certificate_id"), "scs1");
  EXPECT_TRUE(read(200, "{}").has_value());
  for (const char* body : {"", "[]", "null", "7", "<html>"}) {
    EXPECT_EQ(read(200, body).error().kind, ErrorKind::kMaybeApplied) << body;
    EXPECT_EQ(read(200, body, Effect::kReads).error().kind, ErrorKind::kUnavailable) << body;
  }
  EXPECT_EQ(read(200, R"({"error":{}})").error().kind, ErrorKind::kMaybeApplied);
}

TEST(HuaweiCloudRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
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
  };
  for (const Case& one : cases) {
    EXPECT_EQ(read(one.status, one.body).error().kind, one.kind) << one.status;
  }
}

TEST(HuaweiCloudRepliesTest, QuotesNoAnswerToAPrivateKey) {
  const HuaweiCloudAction upload{
      .permission = "scm:cert:import", .effect = Effect::kChanges, .carried_key = true};
  const auto reply =
      read_huaweicloud_reply({.status = 502, .headers = {}, .body = "<p>canary"}, upload);
  EXPECT_THAT(reply.error().text(), Not(HasSubstr("canary")));
}

TEST(HuaweiCloudRepliesTest, ReadsRequestIdAndWaitFromHeaders) {
  const HttpResponse response{.status = 429,
                              .headers = {{"x-request-id", "R-2"}, {"retry-after", "7"}},
                              .body = R"({"error_code":"APIGW.0308","error_msg":"too many"})"};
  const Error error = read_huaweicloud_reply(response, action(Effect::kReads)).error();
  EXPECT_EQ(error.request_id, "R-2");
  EXPECT_EQ(error.retry_after, seconds(7));
}

}  // namespace
}  // namespace certferry
