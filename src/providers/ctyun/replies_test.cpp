#include "providers/ctyun/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_ctyun_reply({.status = status, .headers = {}, .body = std::move(body)},
                          {.path = "/v1/domain/update-domain", .effect = effect});
}

TEST(CtyunRepliesTest, ClassifiesByCodeAndByWords) {
  struct Case {
    std::string code;
    std::string message;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {"\"CTAPI_10002\"", "x", kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {"\"CTAPI_10009\"", "x", kUnauthorized, kUnauthorized, "vendor.signature"},
      {"\"CTAPI_1\"", "eop-date is expired", kUnauthorized, kUnauthorized, "vendor.signature"},
      {"100403", "无操作权限", kUnauthorized, kUnauthorized, "vendor.permission"},
      {"100429", "请求过于频繁", kThrottled, kThrottled, "vendor.throttled"},
      {"\"openapi.flowlimit\"", "x", kThrottled, kThrottled, "vendor.throttled"},
      {"100404", "域名不存在", kNotFound, kNotFound, "vendor.not_found"},
      {"100412", "证书正在使用中", kInUse, kInUse, "vendor.in_use"},
      {"100407", "请求已提交，请勿重复操作！", kMaybeApplied, kUnavailable, ""},
      {"100409", "已存在重名的证书", kMaybeApplied, kUnavailable, ""},
      {"100500", "系统内部错误", kMaybeApplied, kUnavailable, ""},
      {"100411", "证书数量已达上限", kRejected, kRejected, "vendor.rejected"},
      {"100406", "域名未启用", kRejected, kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    const std::string body = R"({"requestId":"R-1","statusCode":)" + one.code +
                             R"(,"error":"E","message":")" + one.message + "\"}";
    const Error changed = read(200, body).error();
    EXPECT_EQ(changed.kind, one.change) << body;
    EXPECT_EQ(read(200, body, Effect::kReads).error().kind, one.read) << body;
    if (!one.ours.empty()) EXPECT_EQ(changed.code, one.ours) << body;
    EXPECT_EQ(changed.request_id, "R-1");
    EXPECT_EQ(changed.vendor_message, one.message);
  }
}

TEST(CtyunRepliesTest, ASignatureThatAnUploadIsRefusedForIsTheCertificates) {
  const CtyunAction upload{
      .path = "/v1/cert/creat-cert", .effect = Effect::kChanges, .carried_key = true};
  const auto error = [&](int status, const std::string& code, const std::string& message) {
    const std::string body = R"({"statusCode":")" + code + R"(","message":")" + message + "\"}";
    return read_ctyun_reply({.status = status, .headers = {}, .body = body}, upload).error();
  };
  EXPECT_EQ(error(200, "100410", "证书签名算法不支持").kind, ErrorKind::kRejected);
  EXPECT_EQ(error(200, "100410", "unsupported signature algorithm").kind, ErrorKind::kRejected);
  EXPECT_EQ(error(200, "CTAPI_10009", "签名错误").code, "vendor.signature");
  EXPECT_EQ(error(401, "E", "签名错误").kind, ErrorKind::kUnauthorized);
}

TEST(CtyunRepliesTest, AFullStoreIsOneThatRefusesAnUpload) {
  const HttpResponse response{.status = 200,
                              .headers = {},
                              .body = R"({"statusCode":100411,"message":"证书数量已达上限"})"};
  const CtyunAction upload{
      .path = "/v1/cert/creat-cert", .effect = Effect::kChanges, .carried_key = true};
  EXPECT_EQ(read_ctyun_reply(response, upload).error().kind, ErrorKind::kQuota);
}

TEST(CtyunRepliesTest, TakesEverySpellingOfYes) {
  for (const char* code : {"100000", "\"100000\"", "\"CTAPI_10000\""}) {
    const auto object =
        read(200, R"({"statusCode":)" + std::string(code) + R"(,"returnObj":{"id":7}})");
    EXPECT_EQ(object.value().at("id"), 7) << code;
  }
  EXPECT_TRUE(read(200, R"({"statusCode":100000})").value().is_null());
  EXPECT_TRUE(read(200, R"({"statusCode":100000,"returnObj":{"code":100000}})").has_value());
}

TEST(CtyunRepliesTest, ASuccessMayHoldAFailure) {
  const Error error =
      read(200, R"({"statusCode":100000,"returnObj":{"code":100404,"message":"证书不存在"}})")
          .error();
  EXPECT_EQ(error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(error.vendor_code, "100404");
  EXPECT_EQ(error.vendor_message, "证书不存在");
  EXPECT_EQ(read(200, R"({"error":"E"})").error().kind, ErrorKind::kRejected);
}

TEST(CtyunRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {502, "<html>bad gateway</html>", ErrorKind::kMaybeApplied},
      {404, "<html>", ErrorKind::kMaybeApplied},
      {200, "", ErrorKind::kMaybeApplied},
      {200, "{}", ErrorKind::kMaybeApplied},
      {200, "[]", ErrorKind::kMaybeApplied},
      {302, "", ErrorKind::kMaybeApplied},
      {401, "", ErrorKind::kUnauthorized},
      {403, "", ErrorKind::kUnauthorized},
      {429, "", ErrorKind::kThrottled},
      // Some path is not there, which says nothing of what was asked for.
      {404, R"({"statusCode":"CTAPI_10404","message":"no route"})", ErrorKind::kRejected},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(read(one.status, one.body).error().kind, one.kind) << one.status << one.body;
  }
}

TEST(CtyunRepliesTest, QuotesNoAnswerToAnUpload) {
  const Error error =
      read_ctyun_reply(
          {.status = 502, .headers = {}, .body = "<html>canary</html>"},
          {.path = "/v1/cert/creat-cert", .effect = Effect::kChanges, .carried_key = true})
          .error();
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
