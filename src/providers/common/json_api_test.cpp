#include "providers/common/json_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<nlohmann::json> read(std::string body, Effect effect = Effect::kReads) {
  return read_json(
      {.status = 200, .headers = {}, .body = std::move(body)}, effect, Quoting::kAllowed);
}

TEST(JsonApiTest, RefusesWhatIsNotJson) {
  const std::string bodies[] = {"",
                                "<html><body>maintenance</body></html>",
                                R"({"code":200,"data":{"certs":[{"id":1)",
                                R"({"code":200}x)",
                                "{'code':200}",
                                "{\"a\":\"\xff\xfe\"}",
                                R"({"a":"\ud800"})",
                                R"({"a":1e999})",
                                R"({"a":NaN})",
                                std::string("{}\0", 3)};
  for (const std::string& body : bodies) {
    const auto value = read(body);
    ASSERT_FALSE(value.has_value()) << body;
    const bool begins = body.starts_with('{');
    EXPECT_EQ(value.error().code, begins ? "reply.malformed" : "reply.not_json") << body;
    EXPECT_EQ(value.error().kind, ErrorKind::kUnavailable) << body;
  }
}

TEST(JsonApiTest, CallsAnUnreadableAnswerToAChangeMaybeApplied) {
  const auto value = read("<html>", Effect::kChanges);
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(value.error().text(), HasSubstr("'<html>'"));
  EXPECT_THAT(value.error().text(), HasSubstr("unknown"));
}

TEST(JsonApiTest, QuotesNothingWhereQuotingIsForbidden) {
  const HttpResponse response{.status = 200, .headers = {}, .body = "canary"};
  const auto value = read_json(response, Effect::kChanges, Quoting::kNever);
  ASSERT_FALSE(value.has_value());
  EXPECT_THAT(value.error().text(), Not(HasSubstr("canary")));
}

TEST(JsonApiTest, BoundsDepthAndSize) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(read(nested(64)).has_value());
  EXPECT_TRUE(read("\"" + std::string(100, '[') + "\\\"[\"").has_value());
  ASSERT_FALSE(read(nested(65)).has_value());
  EXPECT_EQ(read(nested(65)).error().code, "reply.shape");
  EXPECT_EQ(read(std::string(4 * 1024 * 1024, '[')).error().code, "reply.shape");
  EXPECT_EQ(read(std::string(4 * 1024 * 1024 + 1, ' ')).error().code, "reply.too_large");
}

TEST(JsonApiTest, TakesTheLastOfDuplicateKeys) {
  EXPECT_EQ(integer_of(read(R"({"code":500,"code":200})").value(), "code"), 200);
}

TEST(JsonApiTest, ReadsIdsWithoutLoss) {
  struct Case {
    std::string json;
    std::string id;
  };
  const Case cases[] = {
      {R"({"id":12345})", "12345"},
      {R"({"id":"12345"})", "12345"},
      {R"({"id":9007199254740993})", "9007199254740993"},
      {R"({"id":"9007199254740993"})", "9007199254740993"},
      {R"({"id":18446744073709551615})", "18446744073709551615"},
      {R"({"id":"184467440737095516150"})", "184467440737095516150"},
      {R"({"id":"cert-9f"})", "cert-9f"},
  };
  for (const Case& one : cases) {
    const auto id = id_of(read(one.json).value(), "id", Effect::kReads);
    ASSERT_TRUE(id.has_value()) << one.json;
    EXPECT_EQ(*id, one.id);
  }
}

TEST(JsonApiTest, RefusesWhatIsNoId) {
  const std::string bodies[] = {R"({})",
                                R"([])",
                                R"({"id":null})",
                                R"({"id":""})",
                                R"({"id":"  "})",
                                R"({"id":"1\n2"})",
                                R"({"id":"1\u009b2J"})",  // an escape sequence to a terminal
                                R"({"id":0})",
                                R"({"id":" 0\n"})",
                                R"({"id":-1})",
                                R"({"id":true})",
                                R"({"id":1.0})",
                                R"({"id":1e3})",
                                R"({"id":18446744073709551616})",
                                R"({"id":[1]})",
                                R"({"id":{"id":1}})",
                                R"({"id":")" + std::string(129, '1') + R"("})"};
  for (const std::string& body : bodies) {
    const auto id = id_of(read(body).value(), "id", Effect::kChanges);
    ASSERT_FALSE(id.has_value()) << body;
    EXPECT_EQ(id.error().code, "reply.no_id") << body;
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied) << body;
  }
}

TEST(JsonApiTest, TakesNothingElseForNoReference) {
  for (const char* none :
       {"{}", R"({"id":null})", R"({"id":""})", R"({"id":0})", R"({"id":"0"})"}) {
    const auto id = reference_of(read(none).value(), "id");
    ASSERT_TRUE(id.has_value()) << none;
    EXPECT_EQ(*id, std::nullopt) << none;
  }
  EXPECT_EQ(reference_of(read(R"({"id":"a-1"})").value(), "id").value(), "a-1");
  EXPECT_EQ(reference_of(read(R"({"id":9007199254740993})").value(), "id").value(),
            "9007199254740993");
  for (const char* odd :
       {R"({"id":[]})", R"({"id":{"id":1}})", R"({"id":"a\u200f"})", R"({"id":-1})"}) {
    const auto id = reference_of(read(odd).value(), "id");
    ASSERT_FALSE(id.has_value()) << odd;
    EXPECT_EQ(id.error().code, "reply.no_id") << odd;
  }
}

TEST(JsonApiTest, ShowsAPersonOneShortLine) {
  const nlohmann::json value =
      read(R"({"s":"onl\u200f","n":7,"l":")" + std::string(90, 'x') + R"(","e":[]})").value();
  EXPECT_EQ(words_of(value, "s"), "onl?");
  EXPECT_EQ(words_of(value, "n"), "7");
  EXPECT_EQ(words_of(value, "e"), "");
  EXPECT_EQ(words_of(value, "l"), std::string(60, 'x') + "…");
}

TEST(JsonApiTest, TakesNumbersAsTextAndTextAsNumbers) {
  const nlohmann::json value = read(R"({"n":7,"t":"7","f":7.5,"x":"7x","e":"","z":null})").value();
  EXPECT_EQ(text_of(value, "n"), "7");
  EXPECT_EQ(text_of(value, "t"), "7");
  EXPECT_EQ(text_of(value, "f"), "");
  EXPECT_EQ(integer_of(value, "n"), 7);
  EXPECT_EQ(integer_of(value, "t"), 7);
  for (const char* key : {"f", "x", "e", "z", "missing"}) {
    EXPECT_EQ(integer_of(value, key), std::nullopt) << key;
  }
  EXPECT_EQ(member(value, "z"), nullptr);
}

TEST(JsonApiTest, WritesWhatItReadThoughItIsNoText) {
  EXPECT_EQ(json_text({{"a", {1, "b"}}}), R"({"a":[1,"b"]})");
  EXPECT_EQ(json_text("\xff"), "\"\ufffd\"");
}

}  // namespace
}  // namespace certferry
