#include "providers/ucloud/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_ucloud_reply({.status = status, .headers = {}, .body = std::move(body)},
                           {.name = "UpdateUcdnDomainHttpsConfigV2", .effect = effect});
}

TEST(UcloudRepliesTest, ClassifiesByCodeAndByWords) {
  struct Case {
    int code;
    std::string message;
    ErrorKind change;
    ErrorKind read;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {153, "x", kThrottled, kThrottled},
      {171, "x", kUnauthorized, kUnauthorized},
      {172, "x", kUnauthorized, kUnauthorized},
      {170, "x", kUnauthorized, kUnauthorized},
      {174, "x", kUnauthorized, kUnauthorized},
      {294, "x", kUnauthorized, kUnauthorized},
      {295, "x", kUnauthorized, kUnauthorized},
      {299, "x", kUnauthorized, kUnauthorized},
      {300, "Permission denied", kUnauthorized, kUnauthorized},
      {4078, "x", kMaybeApplied, kUnavailable},
      {4108, "x", kInUse, kInUse},
      {4111, "x", kRejected, kRejected},
      {80035, "x", kMaybeApplied, kUnavailable},
      {110, "x", kMaybeApplied, kUnavailable},
      {130, "x", kMaybeApplied, kUnavailable},
      {150, "x", kMaybeApplied, kUnavailable},
      {8, "Service error", kMaybeApplied, kUnavailable},
      {80010, "certificate does not exist", kNotFound, kNotFound},
      {80020, "certificate is in use", kInUse, kInUse},
      {80036, "quota exceeded", kRejected, kRejected},
      {230, "Params [X] not available", kRejected, kRejected},
  };
  for (const Case& one : cases) {
    const std::string body =
        R"({"RetCode":)" + std::to_string(one.code) + R"(,"Message":")" + one.message + "\"}";
    const Error changed = read(200, body).error();
    EXPECT_EQ(changed.kind, one.change) << body;
    EXPECT_EQ(read(200, body, Effect::kReads).error().kind, one.read) << body;
    EXPECT_EQ(changed.vendor_code, std::to_string(one.code));
    EXPECT_EQ(changed.vendor_message, one.message);
  }
}

TEST(UcloudRepliesTest, NamesTheActionThatIsNotAllowed) {
  for (const char* code : {"294", "295", "299"}) {
    const Error error =
        read(200, R"({"RetCode":)" + std::string(code) + R"(,"Message":"x"})").error();
    EXPECT_EQ(error.code, "vendor.permission") << code;
    EXPECT_THAT(error.text(), HasSubstr("UpdateUcdnDomainHttpsConfigV2"));
  }
  // These are about the keys, or about where they are to work.
  EXPECT_EQ(read(200, R"({"RetCode":174,"Message":"x"})").error().code, "vendor.unauthorized");
  const Error project = read(200, R"({"RetCode":292,"Message":"x"})").error();
  EXPECT_EQ(project.kind, ErrorKind::kUnauthorized);
  EXPECT_THAT(project.hint, HasSubstr("project_id"));
}

TEST(UcloudRepliesTest, AFullStoreIsOneThatRefusesAnUpload) {
  const HttpResponse response{
      .status = 200, .headers = {}, .body = R"({"RetCode":1,"Message":"Quota exceeded"})"};
  const UcloudAction upload{
      .name = "UploadNormalCertificate", .effect = Effect::kChanges, .carried_key = true};
  EXPECT_EQ(read_ucloud_reply(response, upload).error().kind, ErrorKind::kQuota);
}

TEST(UcloudRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  EXPECT_EQ(read(200, R"({"RetCode":0,"CertificateID":7})").value().at("CertificateID"), 7);
  for (const char* body : {"{}", "[]", R"({"Action":"X"})"}) {
    const Error error = read(200, body).error();
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {502, "<html>bad gateway</html>", ErrorKind::kMaybeApplied},
      {404, "<html>", ErrorKind::kMaybeApplied},
      {400, R"({"RetCode":0})", ErrorKind::kMaybeApplied},
      {302, "", ErrorKind::kMaybeApplied},
      {200, "", ErrorKind::kMaybeApplied},
      {403, "", ErrorKind::kUnauthorized},
      {429, "", ErrorKind::kThrottled},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(read(one.status, one.body).error().kind, one.kind) << one.status;
  }
}

TEST(UcloudRepliesTest, QuotesNoAnswerToAnUpload) {
  const Error error =
      read_ucloud_reply(
          {.status = 502, .headers = {}, .body = "<html>canary</html>"},
          {.name = "UploadNormalCertificate", .effect = Effect::kChanges, .carried_key = true})
          .error();
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
