#include "cli/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace certferry::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Event about(Stage stage, Status status, milliseconds at = {}) {
  return {.at = Time{} + at,
          .stage = stage,
          .status = status,
          .account = "doge",
          .certificate = "example.com",
          .target = TargetId{"doge", "cdn", "cdn.example.com"},
          .text = "said"};
}

nlohmann::json json_of(const LogLine& line) {
  return nlohmann::json::parse(log_text(line, {.format = LogFormat::kJson}));
}

TEST(LogTest, EachLevelHasItsWordAndItsJournalNumber) {
  struct Row {
    LogLevel level;
    std::string text;
    std::string journal;
  };
  for (const Row& row : {Row{LogLevel::kDebug, "debug   ", "<7>"},
                         Row{LogLevel::kInfo, "info    ", "<6>"},
                         Row{LogLevel::kWarning, "warning ", "<4>"},
                         Row{LogLevel::kError, "error   ", "<3>"}}) {
    const LogLine line{.level = row.level, .subject = "bind x", .text = "said"};
    EXPECT_EQ(log_text(line, {}), "1970-01-01T00:00:00Z " + row.text + "bind x: said\n");
    EXPECT_EQ(log_text(line, {.journal = true}), row.journal + "bind x: said\n");
  }
}

TEST(LogTest, JsonKeepsItsTimeInTheJournal) {
  EXPECT_THAT(log_text({.event = "bind.done"}, {.format = LogFormat::kJson, .journal = true}),
              HasSubstr(R"(<6>{"time":"1970-01-01T00:00:00Z","level":"info")"));
}

TEST(LogTest, JsonTellsWhatProgramsGoBy) {
  Event event = about(Stage::kBind, Status::kFailed);
  event.fingerprint = "1f2e";
  event.error = Error(ErrorKind::kRejected, "no").with_code("doge.4711").with_vendor("4711", "no!");
  event.error->request_id = "r-1";
  EXPECT_EQ(json_of(LogLines().line_of(event)),
            (nlohmann::json{{"time", "1970-01-01T00:00:00Z"},
                            {"level", "error"},
                            {"event", "bind.failed"},
                            {"text", "said"},
                            {"account", "doge"},
                            {"certificate", "example.com"},
                            {"target", "doge/cdn/cdn.example.com"},
                            {"fingerprint", "1f2e"},
                            {"error",
                             {{"kind", "rejected"},
                              {"code", "doge.4711"},
                              {"vendor_code", "4711"},
                              {"request_id", "r-1"}}}}));
}

TEST(LogTest, EventsHaveStableNames) {
  LogLines lines;
  EXPECT_EQ(lines.line_of(about(Stage::kConfirm, Status::kProgress)).event, "confirm.progress");
  EXPECT_EQ(lines.line_of(about(Stage::kEnd, Status::kDone)).event, "target.confirmed");
  EXPECT_EQ(lines.line_of(about(Stage::kEnd, Status::kFailed)).event, "target.failed");
}

TEST(LogTest, WhatEndsTellsHowLongItTook) {
  LogLines lines;
  const auto took = [&](Stage stage, Status status, milliseconds at) {
    return lines.line_of(about(stage, status, at)).duration;
  };
  EXPECT_EQ(took(Stage::kBind, Status::kStarted, milliseconds(1000)), std::nullopt);
  EXPECT_EQ(took(Stage::kConfirm, Status::kProgress, milliseconds(1100)), std::nullopt);
  EXPECT_EQ(took(Stage::kBind, Status::kDone, milliseconds(1250)), milliseconds(250));
  EXPECT_EQ(took(Stage::kEnd, Status::kDone, milliseconds(3000)), milliseconds(2000));
  EXPECT_EQ(took(Stage::kEnd, Status::kDone, milliseconds(9000)), std::nullopt) << "it was over";
  // The clock was set back.
  took(Stage::kBind, Status::kStarted, milliseconds(9000));
  EXPECT_EQ(took(Stage::kBind, Status::kDone, milliseconds(1)), milliseconds(0));
}

TEST(LogTest, ForeignTextStaysOneLineAndMovesNoCursor) {
  Event event = about(Stage::kBind, Status::kFailed);
  event.text = "evil\n<3>forged\033[2J\xff";
  event.error = Error(ErrorKind::kRejected, "no").with_vendor("a\nb", "");
  for (const bool json : {false, true}) {
    const LogForm form{.format = json ? LogFormat::kJson : LogFormat::kText, .journal = true};
    const std::string text = log_text(LogLines().line_of(event), form);
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
    EXPECT_THAT(text, Not(HasSubstr("\033")));
    EXPECT_THAT(text, HasSubstr("evil?<3>forged?[2J?"));
  }
}

/// A pipe, and $JOURNAL_STREAM for as long as the test runs.
class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~JournalTest() override {
    unsetenv("JOURNAL_STREAM");
    close(ends_[0]);
    close(ends_[1]);
  }
  std::string name() const {
    struct stat found{};
    EXPECT_EQ(fstat(ends_[1], &found), 0);
    return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  }
  std::array<int, 2> ends_{};
};

TEST_F(JournalTest, IsTheVeryStreamThatIsNamed) {
  unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(is_journal(ends_[1]));
  setenv("JOURNAL_STREAM", name().c_str(), 1);
  EXPECT_TRUE(is_journal(ends_[1]));
  setenv("JOURNAL_STREAM", ("1" + name()).c_str(), 1);
  EXPECT_FALSE(is_journal(ends_[1]));
  EXPECT_FALSE(is_journal(-1));
}

class FindingTest : public ::testing::Test {
 protected:
  static std::string told(LogFormat format) {
    ::testing::internal::CaptureStderr();
    print_finding({.log_format = format},
                  LogLevel::kWarning,
                  "account doge",
                  Error(ErrorKind::kNotFound, "not there").with_hint("like:\n\n  a: b\n"));
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(FindingTest, IsForPeopleUnlessALogIsAskedFor) {
  EXPECT_EQ(told(LogFormat::kText), "warning: account doge: not there; like:\n\n  a: b\n\n");
  const nlohmann::json line = nlohmann::json::parse(told(LogFormat::kJson));
  EXPECT_EQ(line["event"], "command.warning");
  EXPECT_EQ(line["text"], "account doge: not there; like: a: b");
  EXPECT_EQ(line["error"]["kind"], "not_found");
}

}  // namespace
}  // namespace certferry::cli
