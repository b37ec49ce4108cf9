#include "providers/dogecloud/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Call = DogeCloudCall;
using Kind = ErrorKind;

Result<nlohmann::json> read(int status, std::string body, Call call) {
  return read_dogecloud_reply({.status = status, .headers = {}, .body = std::move(body)}, call);
}

TEST(DogeCloudRepliesTest, TakesOnlyHttpSuccessWithCode200) {
  EXPECT_EQ(read(200, R"({"code":200,"data":{"id":7}})", Call::kUpload).value().at("id"), 7);
  EXPECT_EQ(read(201, R"({"code":"200","data":{"id":7}})", Call::kUpload).value().at("id"), 7);
  for (const char* bare : {R"({"code":200})", R"({"code":200,"data":null})"}) {
    EXPECT_TRUE(read(200, bare, Call::kBind).value().is_null());
  }
  for (const int status : {302, 400, 404, 500}) {
    EXPECT_FALSE(read(status, R"({"code":200,"data":{}})", Call::kBind).has_value()) << status;
  }
}

TEST(DogeCloudRepliesTest, ClassifiesByStatusCodeAndWords) {
  struct Case {
    int status;
    std::string body;
    Call call;
    Kind kind;
  };
  const Case cases[] = {
      // Throttled: nothing was applied, whatever the call.
      {429, "", Call::kUpload, Kind::kThrottled},
      {200, R"({"code":429,"msg":"x"})", Call::kBind, Kind::kThrottled},
      {200, R"({"code":400,"msg":"请求过于频繁"})", Call::kList, Kind::kThrottled},
      {403, R"({"code":403,"msg":"超出调用频率上限"})", Call::kUpload, Kind::kThrottled},
      // Keys.
      {401, "<html>", Call::kList, Kind::kUnauthorized},
      {403, "", Call::kBind, Kind::kUnauthorized},
      {200, R"({"code":401})", Call::kUpload, Kind::kUnauthorized},
      {200, R"({"code":"403"})", Call::kUpload, Kind::kUnauthorized},
      {200, R"({"code":400,"msg":"签名错误"})", Call::kList, Kind::kUnauthorized},
      {200, R"({"code":400,"msg":"未授权"})", Call::kDelete, Kind::kUnauthorized},
      {200, R"({"code":404,"msg":"accesskey 不存在"})", Call::kBind, Kind::kUnauthorized},
      {200, R"({"code":500,"msg":"无权限"})", Call::kBind, Kind::kUnauthorized},
      // Missing things.
      {404, "", Call::kList, Kind::kNotFound},
      {200, R"({"code":404,"msg":"域名不存在"})", Call::kBind, Kind::kNotFound},
      {200, R"({"code":400,"msg":"证书不存在"})", Call::kDelete, Kind::kNotFound},
      // In use, told by words or 409, and only when deleting.
      {200, R"({"code":400,"msg":"证书已绑定域名"})", Call::kDelete, Kind::kInUse},
      {403, R"({"code":403,"msg":"证书正在使用中"})", Call::kDelete, Kind::kInUse},
      {409, "", Call::kDelete, Kind::kInUse},
      {200, R"({"code":400,"msg":"证书已绑定域名"})", Call::kBind, Kind::kRejected},
      {409, "", Call::kBind, Kind::kConflict},
      // Quota, only when uploading.
      {200, R"({"code":400,"msg":"证书数量已达上限"})", Call::kUpload, Kind::kQuota},
      {200, R"({"code":400,"msg":"证书数量已达上限"})", Call::kBind, Kind::kRejected},
      // About the certificate, though the words could be about keys.
      {200, R"({"code":400,"msg":"不支持自签名证书"})", Call::kUpload, Kind::kRejected},
      {200, R"({"code":400,"msg":"证书签名算法不支持"})", Call::kUpload, Kind::kRejected},
      {200, R"({"code":400,"msg":"参数错误"})", Call::kUpload, Kind::kRejected},
      {400, R"({"code":400,"msg":"参数错误"})", Call::kList, Kind::kRejected},
      {200, R"({"code":201})", Call::kBind, Kind::kRejected},
      // The server failed: a read changed nothing, a change may have been made.
      {500, R"({"code":200})", Call::kUpload, Kind::kMaybeApplied},
      {502, "<html>", Call::kBind, Kind::kMaybeApplied},
      {503, "", Call::kDelete, Kind::kMaybeApplied},
      {502, "<html>", Call::kList, Kind::kUnavailable},
      {200, R"({"code":500,"msg":"系统错误"})", Call::kBind, Kind::kMaybeApplied},
      {200, R"({"code":502})", Call::kList, Kind::kUnavailable},
      {500, R"({"code":404,"msg":"域名不存在"})", Call::kBind, Kind::kNotFound},
      {500, R"({"code":401})", Call::kBind, Kind::kUnauthorized},
      {502, R"({"code":400})", Call::kBind, Kind::kMaybeApplied},
      {200, R"({"code":50001,"msg":"参数错误"})", Call::kBind, Kind::kRejected},
      // No usable answer.
      {200, "", Call::kUpload, Kind::kMaybeApplied},
      {200, "<html>login</html>", Call::kBind, Kind::kMaybeApplied},
      {200, R"({"code":200,"data":{"id":)", Call::kUpload, Kind::kMaybeApplied},
      {200, "<html>login</html>", Call::kList, Kind::kUnavailable},
      {302, "", Call::kUpload, Kind::kMaybeApplied},
      {302, "", Call::kList, Kind::kUnavailable},
      {400, "<html>", Call::kBind, Kind::kMaybeApplied},
      {400, R"({"code":200})", Call::kBind, Kind::kMaybeApplied},
      // No code, or one that cannot be told from success.
      {200, R"({})", Call::kBind, Kind::kMaybeApplied},
      {200, R"([])", Call::kBind, Kind::kMaybeApplied},
      {200, R"({"code":null,"msg":"ok"})", Call::kBind, Kind::kMaybeApplied},
      {200, R"({"code":0,"data":{"id":1}})", Call::kUpload, Kind::kMaybeApplied},
      {200, R"({"code":200.0})", Call::kDelete, Kind::kMaybeApplied},
      {200, R"({"code":true})", Call::kDelete, Kind::kMaybeApplied},
      {200, R"({"data":{"certs":[]}})", Call::kList, Kind::kUnavailable},
  };
  for (const Case& one : cases) {
    const auto data = read(one.status, one.body, one.call);
    ASSERT_FALSE(data.has_value()) << one.status << " " << one.body;
    EXPECT_EQ(to_string(data.error().kind), to_string(one.kind)) << one.status << " " << one.body;
  }
}

TEST(DogeCloudRepliesTest, PassesOnWhatTheVendorSaid) {
  const auto data =
      read(200, R"({"code":400,"err_code":"BAD\nPARAM","msg":"参数\u001b[31m错误"})", Call::kBind);
  ASSERT_FALSE(data.has_value());
  EXPECT_EQ(data.error().vendor_code, "400 BAD?PARAM");
  EXPECT_EQ(data.error().vendor_message, "参数?[31m错误");
  EXPECT_EQ(data.error().code, "vendor.rejected");
}

TEST(DogeCloudRepliesTest, SaysWhereKeysAreMadeWhenTheyAreRefused) {
  const auto data = read(401, R"({"code":401,"msg":"签名错误"})", Call::kList);
  ASSERT_FALSE(data.has_value());
  EXPECT_EQ(data.error().code, "vendor.unauthorized");
  EXPECT_THAT(data.error().hint, HasSubstr("https://console.dogecloud.com/user/keys"));
  EXPECT_THAT(data.error().hint, HasSubstr("disabled"));
}

TEST(DogeCloudRepliesTest, SaysWhatCameInsteadOfAnAnswer) {
  const HttpResponse page{.status = 502,
                          .headers = {{"content-type", "text/html"}},
                          .body = "<html>Bad Gateway</html>"};
  const auto data = read_dogecloud_reply(page, Call::kList);
  ASSERT_FALSE(data.has_value());
  EXPECT_THAT(data.error().text(), HasSubstr("HTTP 502 with 24 bytes of text/html"));
  EXPECT_THAT(data.error().text(), HasSubstr("<html>Bad Gateway</html>"));
}

TEST(DogeCloudRepliesTest, QuotesNoUnreadableAnswerToAnUpload) {
  for (const int status : {200, 502}) {
    const auto data = read(status, "key: short", Call::kUpload);
    ASSERT_FALSE(data.has_value());
    EXPECT_THAT(data.error().text(), Not(HasSubstr("short")));
    EXPECT_THAT(data.error().text(), HasSubstr("10 bytes"));
  }
}

TEST(DogeCloudRepliesTest, HandsOnHowLongToWait) {
  const HttpResponse response{
      .status = 429, .headers = {{"retry-after", "7"}}, .body = R"({"code":429})"};
  EXPECT_EQ(read_dogecloud_reply(response, Call::kBind).error().retry_after, seconds(7));
}

TEST(DogeCloudRepliesTest, TellsAMissingCallFromAMissingDomain) {
  EXPECT_TRUE(is_no_such_call(read(404, "404 page not found", Call::kBind).error()));
  EXPECT_TRUE(is_no_such_call(read(404, R"({"code":404})", Call::kBind).error()));
  EXPECT_TRUE(
      is_no_such_call(read(200, R"({"code":404,"msg":"接口不存在"})", Call::kBind).error()));
  EXPECT_FALSE(
      is_no_such_call(read(404, R"({"code":404,"msg":"域名不存在"})", Call::kBind).error()));
  EXPECT_FALSE(
      is_no_such_call(read(200, R"({"code":404,"msg":"证书不存在"})", Call::kBind).error()));
  EXPECT_FALSE(is_no_such_call(read(500, "", Call::kBind).error()));
}

}  // namespace
}  // namespace certferry
