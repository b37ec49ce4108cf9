#include "config/command.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

std::string error_of(const std::string& script, bool quotes_errors) {
  const auto done = run_command({"/bin/sh", "-c", script},
                                {.deadline = seconds(20),
                                 .output_bytes = 1024,
                                 .hidden_variables = {},
                                 .quotes_errors = quotes_errors});
  return done ? "" : done.error().text();
}

TEST(CommandTest, AnErrorQuotesWhatTheProgramSaidWhenItMay) {
  const std::string script = "echo to-stdout; printf 'line one\\nline \\033two\\n' >&2; exit 3";
  const std::string quoted = error_of(script, true);
  EXPECT_NE(quoted.find("exit status 3: line one line "), std::string::npos) << quoted;
  EXPECT_EQ(quoted.find('\033'), std::string::npos);
  EXPECT_EQ(quoted.find("to-stdout"), std::string::npos);
  EXPECT_EQ(error_of(script, false).find("line one"), std::string::npos);
  EXPECT_EQ(error_of("echo warning >&2", true), "");
}

// More than a pipe holds: somebody has to read it, and nobody to keep it.
TEST(CommandTest, ALongQuoteIsCutAndHoldsNobodyUp) {
  const std::string quoted = error_of("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1", true);
  EXPECT_NE(quoted.find("exit status 1: xxxx"), std::string::npos) << quoted;
  EXPECT_LT(quoted.size(), 500U);
}

}  // namespace
}  // namespace certferry
