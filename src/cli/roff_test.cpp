#include "cli/roff.h"

#include <gmock/gmock.h>

namespace certferry::cli {
namespace {

using testing::StartsWith;

TEST(RoffTest, NoTextIsTakenForARequestOrAnEscape) {
  EXPECT_EQ(roff::escaped(".TH\n'x"), "\\&.TH\n\\&'x");
  EXPECT_EQ(roff::escaped("a\\b"), "a\\eb");
  EXPECT_EQ(roff::bold("--due"), "\\fB\\-\\-due\\fR");
}

TEST(RoffTest, ProseFillsParagraphsAndKeepsIndentedLines) {
  EXPECT_EQ(roff::prose("one\ntwo\n\nthree:\n  a   b\n  c\nfour\n"),
            "one\ntwo\n.PP\nthree:\n.PP\n.RS 4\n.EX\na   b\nc\n.EE\n.RE\n.PP\nfour\n");
}

TEST(RoffTest, ProseThatEndsWithIndentedLinesClosesThem) {
  EXPECT_EQ(roff::prose("  a"), ".RS 4\n.EX\na\n.EE\n.RE\n");
}

TEST(RoffTest, TitleIsTheSameWheneverItIsBuilt) {
  EXPECT_THAT(roff::title("certferry.yaml", 5), StartsWith(".TH CERTFERRY.YAML 5 20"));
}

}  // namespace
}  // namespace certferry::cli
