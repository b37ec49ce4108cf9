#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ctime>

namespace certferry {
namespace {

using namespace std::string_literals;

TEST(TextTest, TrimsBlanksAtBothEndsOnly) {
  struct Row {
    std::string text, trimmed;
  };
  const Row rows[] = {{"", ""},
                      {" \t\r\n", ""},
                      {"a", "a"},
                      {"\r\n a b\t", "a b"},
                      {"\0 a"s, "\0 a"s},
                      {"\xc2\xa0"
                       "a",
                       "\xc2\xa0"
                       "a"}};
  for (const Row& row : rows) EXPECT_EQ(trim(row.text), row.trimmed);
}

TEST(TextTest, SplitsIntoOneMorePartThanSeparators) {
  struct Row {
    std::string text;
    std::vector<std::string> parts;
  };
  const Row rows[] = {{"", {""}},
                      {".", {"", ""}},
                      {"a", {"a"}},
                      {"a.b", {"a", "b"}},
                      {".a..b.", {"", "a", "", "b", ""}}};
  for (const Row& row : rows) {
    EXPECT_EQ(split(row.text, '.'), row.parts) << row.text;
    EXPECT_EQ(join(row.parts, "."), row.text);
  }
  EXPECT_EQ(join({}, ", "), "");
}

TEST(TextTest, LowersAsciiAndLeavesOtherBytes) {
  EXPECT_EQ(to_lower("AZaz@[`{09"), "azaz@[`{09");
  EXPECT_EQ(to_lower("Ä\xff\xc1"), "Ä\xff\xc1");
}

TEST(TextTest, SpellsBytesInLowerCaseHex) {
  const unsigned char bytes[] = {0x00, 0x0f, 0xa0, 0xff};
  EXPECT_EQ(to_hex(bytes), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

TEST(TextTest, FindsWhatWasMeant) {
  const std::vector<std::string> keys = {"accounts", "certificates", "settings", "cdn"};
  struct Row {
    std::string word, meant;
  };
  const Row rows[] = {
      {"accounts", "accounts"},
      {"acounts", "accounts"},
      {"certificate", "certificates"},
      {"certifcat", "certificates"},  // 3 of 9 wrong: just a third
      {"certifca", ""},               // 4 of 8
      {"cdm", "cdn"},
      {"cd", "cdn"},  // one slip is forgiven in the shortest word
      {"settinsg", "settings"},
      {"xyz", ""},
      {"", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(nearest(row.word, keys), row.meant) << row.word;
  EXPECT_EQ(nearest("anything", {}), "");
}

TEST(TextTest, TakesTheFirstOfTwoThatAreEquallyNear) {
  const std::vector<std::string> keys = {"cat", "car"};
  EXPECT_EQ(nearest("cas", keys), "cat");
}

TEST(TextTest, LooksAtNoWordThatIsFarTooLong) {
  // A panel's list may have a name of megabytes. Processor time, which a busy machine does not
  // stretch; letter by letter it takes many seconds.
  const std::vector<std::string> keys(5, std::string(4'000'000, 'w'));
  const std::clock_t start = std::clock();
  EXPECT_EQ(nearest("www.example.com", keys), "");
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST(TextTest, MakesForeignTextSafeForOneLine) {
  struct Row {
    std::string text, safe;
  };
  const Row rows[] = {
      {"", ""},
      {"plain ~", "plain ~"},
      {"多吉云 é 🦆", "多吉云 é 🦆"},
      {"a\r\nb\tc", "a??b?c"},
      {"\0"s, "?"},
      {"\x1b[31mred\x7f", "?[31mred?"},
      {"\xc2\x80\xc2\x9f\xc2\xa0", "??\xc2\xa0"},  // C1 controls; a no-break space is text
      {"\x80", "?"},                               // a continuation with no lead
      {"\xc3", "?"},                               // cut in the middle
      {"\xe5\xa4", "??"},
      {"\xf0\x9f\xa6", "???"},
      {"\xc3(", "?("},                         // the byte after a broken lead is kept
      {"\xc0\xaf\xc1\xbf", "????"},            // overlong in two bytes,
      {"\xe0\x80\xaf\xe0\x9f\xbf", "??????"},  // in three,
      {"\xf0\x80\x80\xaf", "????"},            // in four
      {"\xed\xa0\x80\xed\xbf\xbf", "??????"},  // surrogates
      {"\xf4\x90\x80\x80", "????"},            // past U+10FFFF
      {"\xf5\x80\x80\x80\xff", "?????"},
      {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
  };
  for (const Row& row : rows) EXPECT_EQ(printable(row.text), row.safe);
}

TEST(TextTest, CutsLongTextOnTheEdgeOfACharacter) {
  struct Row {
    std::string text;
    std::size_t limit;
    std::string safe;
  };
  const Row rows[] = {
      {"abcde", 5, "abcde"},
      {"abcdef", 5, "abcde…"},
      {"a多吉", 7, "a多吉"},
      {"a多吉", 6, "a多…"},
      {"a多吉", 4, "a多…"},
      {"a多吉", 3, "a…"},
      {"🦆", 3, "…"},
      {"a", 0, "…"},
      {"", 0, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(printable(row.text, row.limit), row.safe) << row.limit;
  EXPECT_EQ(printable(std::string(300, 'x')).size(), 300u);
  EXPECT_EQ(printable(std::string(301, 'x')), std::string(300, 'x') + "…");
}

RC_GTEST_PROP(TextProperties, PrintableIsBoundedAndFreeOfControls, (const std::string& text)) {
  const std::size_t limit = *rc::gen::inRange<std::size_t>(0, 40);
  const std::string safe = printable(text, limit);
  RC_ASSERT(safe.size() <= limit + std::string_view("…").size());
  for (const char c : safe) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  RC_ASSERT(printable(safe, limit) == safe);
}

RC_GTEST_PROP(TextProperties, JoinUndoesSplit, (const std::string& text)) {
  RC_ASSERT(join(split(text, 'a'), "a") == text);
}

TEST(TextTest, TellsWhatIsPrintable) {
  for (const std::string_view text : {"", "a b", "多吉云", "caf\xc3\xa9"}) {
    EXPECT_TRUE(is_printable(text)) << text;
  }
  for (const std::string_view text : {"a\n", "\x1b[2J", "\xc2\x9b", "\xe9", "\x7f"}) {
    EXPECT_FALSE(is_printable(text)) << text;
  }
}

// A hostile certificate's name would be read as another one.
TEST(TextTest, TurnsNoDirectionOfText) {
  for (const std::string_view mark : {"\xd8\x9c",
                                      "\xe2\x80\x8e",
                                      "\xe2\x80\x8f",
                                      "\xe2\x80\xa8",
                                      "\xe2\x80\xae",
                                      "\xe2\x81\xa6",
                                      "\xe2\x81\xa9"}) {
    EXPECT_EQ(printable("a" + std::string(mark) + "b"), "a?b");
  }
  for (const std::string_view text : {"\xe2\x80\x8d", "\xe2\x80\xa6", "\xe2\x81\xa5", "مثال"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(TextTest, CountsInWords) {
  EXPECT_EQ(count_of(0, "target"), "0 targets");
  EXPECT_EQ(count_of(1, "target"), "1 target");
  EXPECT_EQ(count_of(3, "target"), "3 targets");
}

}  // namespace
}  // namespace certferry
