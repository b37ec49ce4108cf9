#include "providers/qiniu/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kName = "PUT /domain/NAME/httpsconf";

Result<nlohmann::json> read(int status, std::string body, Effect effect = Effect::kChanges) {
  return read_qiniu_reply(
      {.status = status, .headers = {{"x-reqid", "R-1"}}, .body = std::move(body)},
      {.name = kName, .effect = effect});
}

std::string failure(int code) {
  return R"({"code":)" + std::to_string(code) + R"(,"error":"what the vendor says"})";
}

TEST(QiniuRepliesTest, ClassifiesByTheVendorsCode) {
  struct Case {
    int status;
    int code;
    ErrorKind change;
    ErrorKind read;
    std::string ours;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {401, 401, kUnauthorized, kUnauthorized, "vendor.unauthorized"},
      {403, 403, kUnauthorized, kUnauthorized, "vendor.permission"},
      {429, 429, kThrottled, kThrottled, "vendor.throttled"},
      {573, 573, kThrottled, kThrottled, "vendor.throttled"},
      {400, 400039, kThrottled, kThrottled, "vendor.throttled"},
      {612, 612, kNotFound, kNotFound, "vendor.not_found"},
      {404, 404001, kNotFound, kNotFound, "vendor.not_found"},
      {400, 400401, kNotFound, kNotFound, "vendor.not_found"},
      {400, 400064, kNotFound, kNotFound, "vendor.not_found"},
      {404, 404908, kNotFound, kNotFound, "vendor.not_found"},
      {403, 403023, kNotFound, kNotFound, "vendor.not_found"},
      {400, 400611, kInUse, kInUse, "vendor.in_use"},
      {400, 400030, kUnavailable, kUnavailable, "vendor.busy"},
      {400, 400013, kUnavailable, kUnavailable, "vendor.busy"},
      {400, 400084, kUnavailable, kUnavailable, "vendor.busy"},
      {400, 400400, kMaybeApplied, kUnavailable, ""},
      {400, 400910, kConflict, kConflict, "vendor.unchanged"},
      {400, 400319, kRejected, kRejected, "vendor.rejected"},
      {400, 400514, kRejected, kRejected, "vendor.rejected"},
      {400, 400322, kRejected, kRejected, "vendor.rejected"},
      {500, 500233, kRejected, kRejected, "vendor.rejected"},
      {400, 400326, kRejected, kRejected, "vendor.rejected"},
      // Filed under HTTP statuses that say something else.
      {404, 404907, kRejected, kRejected, "vendor.rejected"},
      {403, 403009, kRejected, kRejected, "vendor.rejected"},
      {500, 500923, kRejected, kRejected, "vendor.rejected"},
      {500, 500219, kMaybeApplied, kUnavailable, ""},
      {579, 579, kMaybeApplied, kUnavailable, ""},
      {599, 599, kMaybeApplied, kUnavailable, ""},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.code);
    // A failure counts wherever it stands: some calls say it with HTTP 200.
    for (const int status : {200, one.status}) {
      const auto changed = read(status, failure(one.code));
      ASSERT_FALSE(changed.has_value());
      EXPECT_EQ(changed.error().kind, one.change);
      if (!one.ours.empty()) EXPECT_EQ(changed.error().code, one.ours);
      EXPECT_EQ(changed.error().vendor_code, std::to_string(one.code));
      EXPECT_EQ(changed.error().vendor_message, "what the vendor says");
      EXPECT_EQ(changed.error().request_id, "R-1");
      EXPECT_EQ(read(status, failure(one.code), Effect::kReads).error().kind, one.read);
    }
  }
}

TEST(QiniuRepliesTest, NamesTheCallThatIsNotAllowed) {
  EXPECT_THAT(read(403, R"({"error":"no"})").error().text(), HasSubstr(std::string(kName)));
  EXPECT_THAT(read(401, R"({"error":"bad token"})").error().text(),
              Not(HasSubstr(std::string(kName))));
}

TEST(QiniuRepliesTest, SaysWhatToDoAboutAKeyThatIsNotTaken) {
  EXPECT_THAT(read(400, failure(400514)).error().hint, HasSubstr("RSA"));
  EXPECT_THAT(read(400, failure(400322)).error().hint, HasSubstr("30 days"));
}

TEST(QiniuRepliesTest, TakesALimitForAFullStoreOnlyOfAnUpload) {
  const HttpResponse response{
      .status = 400, .headers = {}, .body = R"({"code":400000,"error":"证书数量已达上限"})"};
  const auto kind_of = [&](bool upload) {
    return read_qiniu_reply(
               response,
               {.name = "POST /sslcert", .effect = Effect::kChanges, .carried_key = upload})
        .error()
        .kind;
  };
  EXPECT_EQ(kind_of(true), ErrorKind::kQuota);
  EXPECT_EQ(kind_of(false), ErrorKind::kRejected);
}

TEST(QiniuRepliesTest, TakesAnAnswerToAChangeForWhatItIs) {
  EXPECT_EQ(read(200, R"({"code":200,"error":"","certID":"65a1"})").value().at("certID"), "65a1");
  EXPECT_TRUE(read(200, R"({"code":0})").has_value());
  // Not every success repeats its code.
  EXPECT_EQ(read(200, R"({"certID":"65a1"})").value().at("certID"), "65a1");
  EXPECT_TRUE(read(200, "{}").has_value());
  for (const char* body : {"null", "7"}) {
    const Error error = read(200, body).error();
    EXPECT_EQ(error.code, "reply.shape") << body;
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << body;
  }
  EXPECT_TRUE(read(200, R"({"domains":[]})", Effect::kReads).has_value());
  EXPECT_TRUE(read(200, "[]", Effect::kReads).has_value());
  EXPECT_EQ(read(200, "null", Effect::kReads).error().code, "reply.shape");
}

TEST(QiniuRepliesTest, TakesAWordOfErrorForAFailureWithoutACode) {
  const Error error = read(200, R"({"error":"something is wrong"})").error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.vendor_message, "something is wrong");
}

TEST(QiniuRepliesTest, DecidesNothingWithoutAWordOfTheVendors) {
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {502, "<html>bad gateway</html>", ErrorKind::kMaybeApplied},
      {400, "<html>", ErrorKind::kMaybeApplied},
      {302, "", ErrorKind::kMaybeApplied},
      {401, "", ErrorKind::kUnauthorized},
      {429, "", ErrorKind::kThrottled},
      {612, "", ErrorKind::kNotFound},
      {404, "<html>no such page</html>", ErrorKind::kMaybeApplied},
      {200, "", ErrorKind::kMaybeApplied},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(read(one.status, one.body).error().kind, one.kind) << one.status;
  }
}

TEST(QiniuRepliesTest, QuotesNoAnswerToAnUpload) {
  const Error error =
      read_qiniu_reply({.status = 502, .headers = {}, .body = "<html>canary</html>"},
                       {.name = "POST /sslcert", .effect = Effect::kChanges, .carried_key = true})
          .error();
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
