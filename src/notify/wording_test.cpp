#include "notify/wording.h"

#include <gtest/gtest.h>

namespace certferry::notify {
namespace {

struct Case {
  const char* text;
  std::size_t most;
  Unit unit;
  const char* expected;
};

TEST(WordingTest, TextIsCutAtACharactersEdge) {
  const Case cases[] = {
      {"abc", 3, Unit::kBytes, "abc"},
      {"abcdef", 5, Unit::kBytes, "ab…"},
      {"abcdef", 3, Unit::kBytes, "…"},
      {"abcdef", 2, Unit::kBytes, ""},
      {"证书证书", 12, Unit::kBytes, "证书证书"},
      {"证书证书", 11, Unit::kBytes, "证书…"},
      {"证书证书", 8, Unit::kBytes, "证…"},
      {"证书证书", 4, Unit::kCharacters, "证书证书"},
      {"证书证书", 3, Unit::kCharacters, "证书…"},
      {"证书证书", 0, Unit::kCharacters, ""},
      {"a😀b😀", 6, Unit::kUtf16, "a😀b😀"},
      {"a😀b😀", 5, Unit::kUtf16, "a😀b…"},
      {"a😀b😀", 3, Unit::kUtf16, "a…"},
      {"a😀b😀", 4, Unit::kCharacters, "a😀b😀"},
      {"", 0, Unit::kBytes, ""},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(cut(one.text, one.most, one.unit), one.expected) << one.text << " " << one.most;
  }
}

TEST(WordingTest, FieldsStandBelowTheText) {
  const Notice notice{.subject = "s", .text = "t", .fields = {{"account", "doge"}, {"cause", "c"}}};
  EXPECT_EQ(whole_of(notice), "s\n\nt\n\naccount: doge\ncause: c");
  EXPECT_EQ(whole_of({.subject = "s", .text = "t"}), "s\n\nt");
}

}  // namespace
}  // namespace certferry::notify
