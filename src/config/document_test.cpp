#include "config/document.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "config/characters.h"

namespace certferry {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(DocumentTest, RemembersWhereKeysAndValuesStand) {
  const auto document = parse_document("a:\n  - no\n  - 'x: y'\n多吉: { k: 1e3 }\n", "f");
  ASSERT_TRUE(document) << document.error().text();
  const YamlNode& root = document->root;
  ASSERT_EQ(root.entries.size(), 2U);
  const YamlNode& list = root.entries[0].value;
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].text, "no");
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_EQ(list.items[0].at.line, 2);
  EXPECT_EQ(list.items[0].at.column, 5);
  EXPECT_EQ(list.items[1].text, "x: y");
  EXPECT_TRUE(list.items[1].quoted);

  const Entry& second = root.entries[1];
  EXPECT_EQ(second.key, "多吉");
  EXPECT_EQ(second.key_at.line, 4);
  const YamlNode* value = second.value.find("k");
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->text, "1e3");
  // Two characters of three bytes each: the column counts characters.
  EXPECT_EQ(value->at.column, 10);
}

TEST(DocumentTest, TakesByteOrderMarkAndCrLf) {
  const auto document = parse_document(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n",
      "f");
  ASSERT_TRUE(document) << document.error().text();
  ASSERT_NE(document->root.find("b"), nullptr);
  EXPECT_EQ(document->root.find("b")->text, "2");
  EXPECT_EQ(document->root.find("b")->at.line, 2);
  EXPECT_EQ(document->root.find("a")->at.column, 4);
}

TEST(DocumentTest, AnEmptyFileIsNull) {
  for (const std::string text : {"", "\n\n", "# nothing\n", "---\n", "~"}) {
    const auto document = parse_document(text, "f");
    ASSERT_TRUE(document) << document.error().text();
    EXPECT_EQ(document->root.kind, YamlNode::Kind::kNull) << text;
  }
}

TEST(DocumentTest, KeepsTheFirstOfTwoEqualKeysAndReportsEveryOther) {
  const auto document = parse_document("a: 1\nb: { c: 1, c: 2 }\na: 3\na: 4\n", "f.yaml");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root.find("a")->text, "1");
  ASSERT_EQ(document->duplicates.size(), 3U);
  EXPECT_EQ(document->duplicates[0].error.activity, "f.yaml:2:12");
  EXPECT_EQ(document->duplicates[1].error.activity, "f.yaml:3:1");
  EXPECT_EQ(document->duplicates[1].error.code, "config.duplicate");
  EXPECT_NE(document->duplicates[1].error.text().find("line 1"), std::string::npos);
}

struct BadDocument {
  const char* what;
  std::string text;
  const char* place;
  const char* fragment;
};

TEST(DocumentTest, RefusesWhatNoConfigurationNeedsAndSaysWhere) {
  const std::vector<BadDocument> rows = {
      {"anchor", "a: &x 1\n", "1:4", "anchor"},
      {"anchored map", "a:\n  &x { b: 1 }\n", "2:3", "anchor"},
      {"alias", "a: &x 1\nb: *x\n", "1:4", "anchor"},
      {"alias of nothing", "b: *x\n", "1:4", "not YAML"},
      {"tag", "a: !!str no\n", "1:4", "tag"},
      {"tag of a list", "a: !!seq [b]\n", "1:4", "tag"},
      {"tag of ours", "a: !secret x\n", "1:4", "tag"},
      {"plain tag", "a: ! x\n", "1:4", "tag"},
      {"tab as indentation", "a:\n\tb: 1\n", "2:1", "tab"},
      {"tab before a comment", "a: 1\t# x\n", "1:5", "tab"},
      {"NUL", std::string("a: b\0c\n", 7), "1:5", "NUL"},
      {"end of transmission", "a: b\x04\nc: d\n", "1:5", "control"},
      {"C1 control", "a: \xc2\x9b\n", "1:4", "control"},
      {"lone carriage return", "a: 1\rb: 2\n", "1:5", "carriage return"},
      {"Latin-1", "a: 1\nb: caf\xe9\n", "2:7", "UTF-8"},
      {"overlong UTF-8", "a: \xc0\xaf\n", "1:4", "UTF-8"},
      {"surrogate", "a: \xed\xa0\x80\n", "1:4", "UTF-8"},
      {"cut UTF-8", "a: \xe5\xa4", "1:4", "UTF-8"},
      {"beyond Unicode", "a: \xf4\x90\x80\x80\n", "1:4", "UTF-8"},
      {"second document", "a: 1\n---\nb: 2\n", "2:1", "second document"},
      {"list as a key", "? [a, b]\n: 1\n", "1:3", "key must be plain text"},
      {"no key", "~: 1\n", "1:1", "key must be plain text"},
      {"open bracket", "a: [1, 2\n", "1:9", "not YAML"},
      {"open quote", "a: \"1\n", "1:6", "not YAML"},
      {"open quote that swallows lines", "a: '1\nb: 2\n \n", "2:5", "not YAML"},
      {"bad escape", "a: \"\\q\"\n", "1:7", "not YAML"},
      {"bad indentation", "a: 1\n  b: 2\n", "2:4", "not YAML"},
      {"deep flow", repeated("[", 100) + repeated("]", 100), "1:65", "deeper than 64"},
      {"deep maps", repeated("{a: ", 100) + repeated("}", 100), "1:257", "deeper than 64"},
      {"deep lists", repeated("- ", 100) + "a", "1:129", "deeper than 64"},
      {"too large", repeated("a", (1U << 20) + 1), "1:1", "1 MiB"},
  };
  for (const BadDocument& row : rows) {
    const auto document = parse_document(row.text, "f.yaml");
    ASSERT_FALSE(document) << row.what;
    const Error& error = document.error();
    EXPECT_EQ(error.code, "config.parse") << row.what;
    EXPECT_EQ(error.activity, std::string("f.yaml:") + row.place) << row.what << error.text();
    EXPECT_NE(error.message.find(row.fragment), std::string::npos) << row.what << error.text();
  }
}

TEST(DocumentTest, QuotesNoHalfCharacterOfABadEscape) {
  // yaml-cpp names the byte after the backslash, which is a third of this character.
  const auto document = parse_document("a: \"\\多\"\n", "f.yaml");
  ASSERT_FALSE(document);
  EXPECT_TRUE(is_printable(document.error().text())) << document.error().text();
}

TEST(LinesTest, CountCharactersAcrossManyBytes) {
  std::string text = "a\n";
  for (int i = 0; i < 500; ++i) text += i % 3 == 0 ? "x" : "多";
  const Lines lines(text);
  int column = 1;
  for (std::size_t at = 2; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (!begins) continue;
    EXPECT_EQ(lines.place(at).line, 2);
    EXPECT_EQ(lines.place(at).column, column++);
  }
  EXPECT_EQ(lines.place(text.size() + 7).column, column);
}

// A list of half a million values on one line took minutes: each counted from the line's start.
TEST(LinesTest, FindPlacesOfALongLineInBoundedTime) {
  const std::string text(1U << 20, 'x');
  const Lines lines(text);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100'000; ++i) EXPECT_EQ(lines.place(text.size()).line, 1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
}

TEST(DocumentTest, SurvivesAMegabyteOfAnything) {
  for (const std::string unit :
       {"- ", "a: ", "a\n", "- a\n", "'", "? ", "{", ",", "#", "|\n", "[a,", "[", "{a: "}) {
    const auto text = repeated(unit, (1U << 20) / unit.size());
    const auto document = parse_document(text, "f");
    if (!document) EXPECT_EQ(document.error().code, "config.parse");
  }
}

}  // namespace
}  // namespace certferry
