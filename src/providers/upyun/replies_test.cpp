#include "providers/upyun/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kName = "POST /api/https/migrate/domain";

Result<nlohmann::json> read(int status,
                            std::string body,
                            Effect effect = Effect::kChanges,
                            std::string_view name = kName) {
  return read_upyun_reply({.status = status, .headers = {}, .body = std::move(body)},
                          {.name = name, .effect = effect});
}

std::string failure(const std::string& code, const std::string& message = "what they say") {
  return R"({"msg":{"errors":["x"]},"data":{"error_code":)" + code + R"(,"message":")" + message +
         "\"}}";
}

TEST(UpyunRepliesTest, ClassifiesByCodeTypeAndWords) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {200, failure("23601"), kConflict, "vendor.unchanged"},
      {400, failure("\"23601\""), kConflict, "vendor.unchanged"},
      {400, failure("21713"), kConflict, "vendor.changed"},
      {400, failure("1", "操作过于频繁"), kThrottled, "vendor.throttled"},
      {400, failure("1", "Too many requests"), kThrottled, "vendor.throttled"},
      {400, failure("1", "域名不存在"), kNotFound, "vendor.not_found"},
      {400, failure("1", "Certificate not found"), kNotFound, "vendor.not_found"},
      {400, failure("1"), kRejected, "vendor.rejected"},
      {200, R"({"data":{"status":false}})", kRejected, "vendor.rejected"},
      {200, R"({"data":{"result":false}})", kRejected, "vendor.rejected"},
      {200, R"({"data":{"status":7,"message":"no"}})", kRejected, "vendor.rejected"},
      {400, R"({"data":{"type":"ThereIsBindingDomains"}})", kInUse, "vendor.in_use"},
      {400, R"({"error_code":40100,"message":"of the other API"})", kRejected, "vendor.rejected"},
      {429, failure("1"), kThrottled, "vendor.throttled"},
      {403, failure("1"), kUnauthorized, "vendor.permission"},
      {404, failure("1"), kNotFound, "vendor.not_found"},
      {500, failure("1"), kMaybeApplied, "vendor.maybe_applied"},
      // Nothing was looked at.
      {302, "", kUnavailable, "vendor.session"},
      {401, "", kUnavailable, "vendor.session"},
      {401, failure("1"), kUnavailable, "vendor.session"},
  };
  for (const Case& one : cases) {
    const auto answer = read(one.status, one.body);
    ASSERT_FALSE(answer.has_value()) << one.body;
    EXPECT_EQ(answer.error().kind, one.kind) << one.body;
    EXPECT_EQ(answer.error().code, one.ours) << one.body;
  }
  const Error error = read(400, failure("7")).error();
  EXPECT_EQ(error.vendor_code, "7");
  EXPECT_EQ(error.vendor_message, "what they say");
}

TEST(UpyunRepliesTest, TakesWordsOfUseOnlyForADelete) {
  const std::string body = failure("1", "证书已绑定域名");
  EXPECT_EQ(read(400, body, Effect::kChanges, "DELETE /api/https/certificate/").error().kind,
            ErrorKind::kInUse);
  EXPECT_EQ(read(400, body).error().kind, ErrorKind::kRejected);
}

TEST(UpyunRepliesTest, TakesALimitForAFullStoreOnlyOfAnUpload) {
  const HttpResponse response{
      .status = 400, .headers = {}, .body = failure("21720", "证书数量已达上限")};
  const auto kind_of = [&](bool upload) {
    const UpyunAction action{
        .name = "POST /x", .effect = Effect::kChanges, .carried_secret = upload};
    return read_upyun_reply(response, action).error().kind;
  };
  EXPECT_EQ(kind_of(true), ErrorKind::kQuota);
  EXPECT_EQ(kind_of(false), ErrorKind::kRejected);
}

TEST(UpyunRepliesTest, NamesTheCallThatIsNotAllowed) {
  EXPECT_THAT(read(403, failure("1")).error().text(), HasSubstr(std::string(kName)));
}

TEST(UpyunRepliesTest, TakesAnAnswerToAChangeOnlyWithItsYes) {
  EXPECT_TRUE(read(200, R"({"data":{"status":true}})").has_value());
  EXPECT_TRUE(read(200, R"({"data":{"status":0,"result":{"certificate_id":"a"}}})").has_value());
  EXPECT_TRUE(read(200, R"({"data":{"result":true}})").has_value());
  EXPECT_TRUE(read(200, R"({"data":{"error_code":0,"result":true}})").has_value());
  for (const char* body :
       {"{}", R"({"data":{}})", R"({"data":[]})", "[]", "null", R"({"data":{"status":"ok"}})"}) {
    const Error error = read(200, body).error();
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
  EXPECT_TRUE(read(200, R"({"data":{"type":"ucdn"}})", Effect::kReads).has_value());
  EXPECT_EQ(read(200, "{}", Effect::kReads).error().code, "reply.shape");
}

TEST(UpyunRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  for (const int status : {200, 400, 502}) {
    EXPECT_EQ(read(status, "<html>bad gateway</html>").error().kind, ErrorKind::kMaybeApplied);
    EXPECT_EQ(read(status, "<html>", Effect::kReads).error().kind, ErrorKind::kUnavailable);
  }
}

TEST(UpyunRepliesTest, ReadsLogins) {
  const auto login = [](int status, std::string body) {
    return read_upyun_login({.status = status, .headers = {}, .body = std::move(body)});
  };
  EXPECT_TRUE(login(200, R"({"data":{"result":true}})").has_value());
  for (const int status : {200, 400, 401, 403}) {
    const Error error =
        login(status, R"({"data":{"result":false,"message":"用户名或密码错误"}})").error();
    EXPECT_EQ(error.kind, ErrorKind::kUnauthorized) << status;
    EXPECT_EQ(error.code, "vendor.unauthorized") << status;
    EXPECT_THAT(error.hint, HasSubstr("https://console.upyun.com/"));
  }
  EXPECT_EQ(login(401, "").error().kind, ErrorKind::kUnauthorized);
  EXPECT_EQ(login(429, "").error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(login(200, failure("1", "登录过于频繁")).error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(login(502, "<html>canary").error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(login(502, "<html>canary").error().text(), Not(HasSubstr("canary")));
  EXPECT_EQ(login(302, "").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(login(200, R"({"data":{}})").error().code, "reply.shape");
}

}  // namespace
}  // namespace certferry
