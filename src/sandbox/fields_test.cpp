#include "sandbox/fields.h"

#include <gtest/gtest.h>

namespace certferry::sandbox {
namespace {

TEST(FieldsTest, ReadsFormsAsBrowsersSendThem) {
  const Result<Fields> fields = parse_form("note=a+b&cert=-----BEGIN%0AAA%3d%3D%0A&empty=");
  ASSERT_TRUE(fields);
  EXPECT_EQ(text_field(*fields, "note"), "a b");
  EXPECT_EQ(text_field(*fields, "cert"), "-----BEGIN\nAA==\n");
  EXPECT_EQ(text_field(*fields, "empty"), "");
}

TEST(FieldsTest, RefusesWhatIsNoForm) {
  for (const char* text : {"a=%", "a=%4", "a=%zz", "a", "a=1&"}) EXPECT_FALSE(parse_form(text));
}

TEST(FieldsTest, TakesIdsAsIntegerOrText) {
  const Result<Fields> fields = parse_json_fields(R"({"a":9007199254740993,"b":"12"})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(integer_field(*fields, "a"), 9007199254740993);
  EXPECT_EQ(integer_field(*fields, "b"), 12);
}

TEST(FieldsTest, TakesNoOtherSpellingForAnInteger) {
  for (const char* value : {"1.0",
                            "9.007199254740993e15",
                            "-1",
                            "\"1 \"",
                            "\"0x1\"",
                            "\"\"",
                            "null",
                            "true",
                            "18446744073709551615"}) {
    const Result<Fields> fields = parse_json_fields(std::string("{\"a\":") + value + "}");
    ASSERT_TRUE(fields) << value;
    EXPECT_FALSE(integer_field(*fields, "a")) << value;
  }
}

TEST(FieldsTest, RefusesABodyOfUnknownType) {
  EXPECT_TRUE(parse_body("text/plain", ""));
  EXPECT_FALSE(parse_body("text/plain", "{}"));
  EXPECT_FALSE(parse_body("", "a=1"));
  EXPECT_FALSE(parse_body("application/json", "[1]"));
  EXPECT_TRUE(parse_body("application/json; charset=utf-8", "{}"));
}

}  // namespace
}  // namespace certferry::sandbox
