#include "config/command.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

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

// More than a pipe holds: somebody has to read it, and nobody to keep it. Why a program ends it
// says at the end.
TEST(CommandTest, ALongQuoteIsCutAndHoldsNobodyUp) {
  const std::string quoted =
      error_of("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo at last >&2; exit 1", true);
  EXPECT_NE(quoted.find("exit status 1: ...xxxx"), std::string::npos) << quoted;
  EXPECT_NE(quoted.find("xxat last"), std::string::npos) << quoted;
  EXPECT_LT(quoted.size(), 600U);
}

/// Whoever nobody has waited for yet has ended all the same.
bool lives(pid_t id) {
  std::ifstream stat("/proc/" + std::to_string(id) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  return stat >> number >> name >> state && state != "Z" && state != "X";
}

TEST(CommandTest, WhatItHasStartedOutlivesItOnlyWhenItMay) {
  for (const bool may : {true, false}) {
    const auto output = run_command({"/bin/sh", "-c", "sleep 20 > /dev/null 2>&1 & echo $!"},
                                    {.deadline = seconds(20),
                                     .output_bytes = 1024,
                                     .hidden_variables = {},
                                     .may_leave_programs = may});
    ASSERT_TRUE(output);
    const pid_t started = std::stoi(std::string(output->reveal()));
    // It may take a moment to die.
    for (int i = 0; !may && lives(started) && i < 100; ++i) ::usleep(20'000);
    EXPECT_EQ(lives(started), may);
    if (may) ::kill(started, SIGKILL);
  }
}

}  // namespace
}  // namespace certferry
