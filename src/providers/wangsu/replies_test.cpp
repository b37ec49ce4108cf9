#include "providers/wangsu/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_wangsu_reply({.status = status, .headers = {}, .body = std::move(body)},
                           {.name = "PUT /api/config/certificate/batch", .effect = effect});
}

TEST(WangsuRepliesTest, ClassifiesByStatusAndByWords) {
  struct Case {
    int status;
    std::string code;
    std::string message;
    ErrorKind change;
    ErrorKind read;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {401, "X", "x", kUnauthorized, kUnauthorized},
      {400, "InvalidSignature", "x", kUnauthorized, kUnauthorized},
      {403, "X", "x", kUnauthorized, kUnauthorized},
      {404, "X", "x", kNotFound, kNotFound},
      {400, "X", "证书不存在", kNotFound, kNotFound},
      {429, "X", "x", kThrottled, kThrottled},
      {200, "TooManyRequests", "x", kThrottled, kThrottled},
      {400, "X", "The certificate is in use", kInUse, kInUse},
      {400, "X", "域名部署中", kMaybeApplied, kUnavailable},
      {500, "X", "x", kMaybeApplied, kUnavailable},
      {200, "InternalError", "x", kMaybeApplied, kUnavailable},
      {400, "X", "已存在", kRejected, kRejected},
      {200, "1", "x", kRejected, kRejected},
  };
  for (const Case& one : cases) {
    const std::string body = R"({"code":")" + one.code + R"(","message":")" + one.message + "\"}";
    const Error changed = read(one.status, body).error();
    EXPECT_EQ(changed.kind, one.change) << one.status << body;
    EXPECT_EQ(read(one.status, body, Effect::kReads).error().kind, one.read) << one.status << body;
    EXPECT_EQ(changed.vendor_code, one.code);
    EXPECT_EQ(changed.vendor_message, one.message);
  }
}

TEST(WangsuRepliesTest, NamesTheCallThatIsNotAllowed) {
  const Error error = read(403, R"({"code":"X","message":"no permission"})").error();
  EXPECT_EQ(error.code, "vendor.permission");
  EXPECT_THAT(error.text(), HasSubstr("PUT /api/config/certificate/batch"));
}

TEST(WangsuRepliesTest, WordsOfAnUploadAreOfTheStore) {
  const auto kind = [](const std::string& message) {
    return read_wangsu_reply({.status = 400,
                              .headers = {},
                              .body = R"({"code":"X","message":")" + message + "\"}"},
                             {.name = "POST /api/terraform/certificate",
                              .effect = Effect::kChanges,
                              .carried_key = true})
        .error()
        .kind;
  };
  EXPECT_EQ(kind("证书名称已存在"), ErrorKind::kMaybeApplied);
  EXPECT_EQ(kind("the name already exists"), ErrorKind::kMaybeApplied);
  EXPECT_EQ(kind("证书数量已达上限"), ErrorKind::kQuota);
  EXPECT_EQ(kind("证书签名算法不支持"), ErrorKind::kRejected);
  EXPECT_EQ(kind("signature algorithm of the certificate"), ErrorKind::kRejected);
}

TEST(WangsuRepliesTest, TakesEverySpellingOfYesAndNoChangeWithoutOne) {
  for (const char* body : {R"({"code":"0"})", R"({"code":0})", R"({"code":"success"})"}) {
    EXPECT_TRUE(read(200, body).has_value()) << body;
  }
  EXPECT_TRUE(read(202, R"({"code":202})").has_value());
  EXPECT_TRUE(read(200, R"({"code":202})").has_value());
  for (const char* code : {"302", "2", "2000", "20x"}) {
    EXPECT_EQ(read(200, R"({"code":")" + std::string(code) + "\"}").error().kind,
              ErrorKind::kRejected)
        << code;
  }
  EXPECT_TRUE(read(200, R"({"data":[]})", Effect::kReads).has_value());
  for (const char* body : {"{}", "[]", "7"}) {
    const Error error = read(200, body).error();
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST(WangsuRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {502, "<html>bad gateway</html>", ErrorKind::kMaybeApplied},
      {404, "<html>", ErrorKind::kMaybeApplied},
      {400, "", ErrorKind::kMaybeApplied},
      {302, "", ErrorKind::kMaybeApplied},
      {200, "", ErrorKind::kMaybeApplied},
      {401, "", ErrorKind::kUnauthorized},
      {429, "", ErrorKind::kThrottled},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(read(one.status, one.body).error().kind, one.kind) << one.status;
  }
}

TEST(WangsuRepliesTest, QuotesNoAnswerToAnUpload) {
  const Error error =
      read_wangsu_reply({.status = 502, .headers = {}, .body = "<html>canary</html>"},
                        {.name = "POST /api/terraform/certificate",
                         .effect = Effect::kChanges,
                         .carried_key = true})
          .error();
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
