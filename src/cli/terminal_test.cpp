#include "cli/terminal.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace certferry::cli {
namespace {

const Style kPlain{false};
const Style kColoured{true};

TEST(StyleTest, PlainTextStaysAsItIs) {
  EXPECT_EQ(kPlain(Colour::kRed, "failed"), "failed");
  EXPECT_EQ(kColoured(Colour::kNone, "text"), "text");
  EXPECT_EQ(kColoured(Colour::kRed, ""), "");
}

TEST(StyleTest, ColourEndsWithItsText) {
  EXPECT_EQ(kColoured(Colour::kRed, "failed"), "\033[31mfailed\033[0m");
}

TEST(StyleTest, FileIsNoTerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(is_terminal(ends[1]));
  EXPECT_FALSE(Style(ends[1]).colours());
  EXPECT_EQ(terminal_size(ends[1]).columns, 100U);
  close(ends[0]);
  close(ends[1]);
}

TEST(TerminalTest, WidthCountsColumnsNotBytes) {
  struct Row {
    const char* text;
    std::size_t width;
  };
  for (const Row& row : {Row{"", 0},
                         Row{"cdn.example.com", 15},
                         Row{"…", 1},
                         Row{"é", 1},
                         Row{"多吉云", 6},
                         Row{"한글", 4},
                         Row{"ＡＢ", 4},
                         Row{"𠀀", 2},
                         // An accent of its own, and a mark that is not seen.
                         Row{"e\u0301", 1},
                         Row{"a\u200bb", 2},
                         Row{"\033[31mred\033[0m", 3},
                         Row{"\033[31m", 0},
                         // Cut in the middle of a character or of a sequence.
                         Row{"a\xe5\xa4", 2},
                         Row{"a\033[3", 1}}) {
    EXPECT_EQ(display_width(row.text), row.width) << row.text;
  }
}

TEST(TerminalTest, FitsTextIntoItsColumns) {
  struct Row {
    const char* text;
    std::size_t columns;
    const char* fitted;
  };
  for (const Row& row : {Row{"short", 5, "short"},
                         Row{"longer", 5, "long…"},
                         Row{"多吉云", 6, "多吉云"},
                         Row{"多吉云", 5, "多吉…"},
                         Row{"多吉云", 4, "多…"},
                         Row{"text", 1, "…"},
                         Row{"text", 0, ""}}) {
    EXPECT_EQ(fit(row.text, row.columns), row.fitted) << row.text << " in " << row.columns;
    EXPECT_LE(display_width(fit(row.text, row.columns)), row.columns);
  }
}

TEST(TerminalTest, LongNamesLoseTheirMiddle) {
  struct Row {
    const char* text;
    std::size_t columns;
    const char* fitted;
  };
  for (const Row& row : {Row{"short", 5, "short"},
                         Row{"doge/cdn/cdn.example.com", 24, "doge/cdn/cdn.example.com"},
                         Row{"doge/cdn/cdn.example.com", 16, "doge/…xample.com"},
                         Row{"多吉云/多吉云.例子", 10, "多…云.例子"},
                         Row{"doge/cdn", 3, "…dn"},
                         Row{"doge/cdn", 2, "d…"},
                         Row{"doge/cdn", 0, ""}}) {
    EXPECT_EQ(fit_middle(row.text, row.columns), row.fitted) << row.text << " in " << row.columns;
    EXPECT_LE(display_width(fit_middle(row.text, row.columns)), row.columns);
  }
}

TEST(TableTest, NotesStandBelowTheirRows) {
  Table table({"A", "B"});
  table.add({"1", "x"});
  table.add_note("why 1 is so, across all columns");
  table.add({"2", "y"});
  EXPECT_EQ(table.text(kPlain, 2),
            "  A  B\n"
            "  1  x\n"
            "  why 1 is so, across all columns\n"
            "  2  y\n");
}

TEST(TableTest, ColumnsLineUpInAnyScript) {
  Table table({"NAME", "STATUS"});
  EXPECT_TRUE(table.empty());
  table.add({"多吉云", "online"});
  table.add({"cdn.example.com", kPlain(Colour::kRed, "off")});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.text(kPlain, 2),
            "  NAME             STATUS\n"
            "  多吉云           online\n"
            "  cdn.example.com  off\n");
}

TEST(TableTest, ColoursTakeNoRoom) {
  Table table({"A", "B"});
  table.add({kColoured(Colour::kRed, "red"), "1"});
  table.add({"plain", "2"});
  EXPECT_EQ(table.text(kPlain),
            "A      B\n"
            "\033[31mred\033[0m    1\n"
            "plain  2\n");
}

TEST(TableTest, EmptyCellsLeaveNoBlanksBehind) {
  Table table({"A", "B", "C"});
  table.add({"1", "", ""});
  table.add({"", "2", ""});
  EXPECT_EQ(table.text(kPlain),
            "A  B  C\n"
            "1\n"
            "   2\n");
}

}  // namespace
}  // namespace certferry::cli
