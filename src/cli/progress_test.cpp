#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>

#include "base/text.h"

namespace certferry::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Event about(std::string name, Stage stage, Status status, std::string text) {
  return {.stage = stage,
          .status = status,
          .account = "doge",
          .certificate = "example.com",
          .target = TargetId{"doge", "cdn", std::move(name)},
          .text = std::move(text)};
}

TEST(ProgressTest, PlaceIsTheNarrowestThatIsKnown) {
  Event event = about("cdn.example.com", Stage::kBind, Status::kDone, "");
  EXPECT_EQ(place_of(event), "doge/cdn/cdn.example.com");
  event.target.reset();
  EXPECT_EQ(place_of(event), "doge: example.com");
  event.certificate = "";
  EXPECT_EQ(place_of(event), "account doge");
  event.account = "";
  EXPECT_EQ(place_of(event), "all");
  event.certificate = "example.com";
  EXPECT_EQ(place_of(event), "certificate example.com");
}

/// What a terminal would show of what is written to a pipe: lines, and going up to erase.
class Screen {
 public:
  Screen() { EXPECT_EQ(pipe(ends_.data()), 0); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  int descriptor() const { return ends_[1]; }

  /// Everything written so far, as it stands on the screen.
  std::vector<std::string> lines() {
    close(std::exchange(ends_[1], -1));
    std::string text;
    std::array<char, 4096> block{};
    for (ssize_t size = 0; (size = read(ends_[0], block.data(), block.size())) > 0;) {
      text.append(block.data(), static_cast<std::size_t>(size));
    }
    return shown(text);
  }

 private:
  static std::vector<std::string> shown(const std::string& text) {
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') {
        lines.emplace_back();
      } else if (text[at] == '\033') {
        const std::size_t end = text.find('A', at);
        const std::size_t up = std::stoul(text.substr(at + 2, end - at - 2));
        EXPECT_EQ(text.substr(end + 1, 3), "\033[J");
        EXPECT_TRUE(lines.back().empty()) << "erased from the middle of a line";
        EXPECT_LT(up, lines.size()) << "erased more than was written";
        lines.resize(lines.size() - up);
        lines.back().clear();
        at = end + 3;
      } else {
        lines.back() += text[at];
      }
    }
    lines.pop_back();
    return lines;
  }

  std::array<int, 2> ends_{};
};

TEST(LiveProgressTest, WhatIsUnderWayChangesInPlaceBelowWhatIsDone) {
  Screen screen;
  LiveProgress progress(screen.descriptor());
  progress.on_event({.stage = Stage::kObserve,
                     .status = Status::kDone,
                     .account = "doge",
                     .text = "3 domains, 1 stored certificate"});
  progress.on_event(about("a.example.com", Stage::kBind, Status::kStarted, "binding"));
  progress.on_event(about("b.example.com", Stage::kBind, Status::kStarted, "binding"));
  progress.on_event(about("a.example.com", Stage::kConfirm, Status::kProgress, "waiting"));
  progress.on_event(about("b.example.com", Stage::kEnd, Status::kFailed, "refused"));
  EXPECT_THAT(screen.lines(),
              ElementsAre("✓ account doge  3 domains, 1 stored certificate",
                          "✗ doge/cdn/b.example.com  refused",
                          "  … doge/cdn/a.example.com  confirm: waiting"));
}

TEST(LiveProgressTest, NothingOfTheMovingPartIsLeftBehind) {
  Screen screen;
  {
    LiveProgress progress(screen.descriptor());
    progress.on_event(about("a.example.com", Stage::kBind, Status::kStarted, "binding"));
    progress.on_event(about("b.example.com", Stage::kBind, Status::kStarted, "binding"));
    progress.on_event(about("a.example.com", Stage::kEnd, Status::kDone, "served"));
  }
  EXPECT_THAT(screen.lines(), ElementsAre("✓ doge/cdn/a.example.com  served"));
}

TEST(LiveProgressTest, ManyTargetsTakeHalfTheScreen) {
  Screen screen;
  LiveProgress progress(screen.descriptor());
  for (int i = 0; i < 100; ++i) {
    Event event = about(std::to_string(i), Stage::kBind, Status::kStarted, "binding");
    event.at += seconds(i);
    progress.on_event(event);
  }
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 13U);  // of 24, and one for the others
  EXPECT_EQ(lines.back(), "  … and 88 more");
}

TEST(LiveProgressTest, CrowdIsNotDrawnEventByEvent) {
  Screen screen;
  LiveProgress progress(screen.descriptor());
  for (int i = 0; i < 100; ++i) {
    progress.on_event(about(std::to_string(i), Stage::kBind, Status::kStarted, "binding"));
  }
  EXPECT_EQ(screen.lines().back(), "  … and 8 more");  // the first twenty were drawn one by one
}

TEST(LiveProgressTest, LongLinesAreCutAndForeignBytesMadeSafe) {
  Screen screen;
  LiveProgress progress(screen.descriptor());
  progress.on_event(about(
      "a.example.com", Stage::kBind, Status::kStarted, "evil\033[2J\n" + std::string(500, 'x')));
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("bind: evil?[2J?xxx"));
  EXPECT_EQ(display_width(lines[0]), 99U);
}

class PlainProgressTest : public ::testing::Test {
 protected:
  ~PlainProgressTest() override { spdlog::drop_all(); }

  static std::string logged(const std::string& level, const Event& event, LogForm form = {}) {
    ::testing::internal::CaptureStderr();
    PlainProgress progress(level, form);
    progress.on_event(event);
    spdlog::default_logger()->flush();
    spdlog::drop_all();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(PlainProgressTest, OneLineAnEvent) {
  const std::string line =
      logged("info", about("a.example.com", Stage::kBind, Status::kDone, "bound\nto 1"));
  EXPECT_THAT(line,
              ::testing::MatchesRegex("[0-9-]+T[0-9:]+Z info    bind doge/cdn/a.example.com: "
                                      "bound.to 1\n"));
}

TEST_F(PlainProgressTest, EndIsNamedByWhatItWas) {
  EXPECT_THAT(logged("info", about("a", Stage::kEnd, Status::kDone, "served")),
              HasSubstr("info    confirmed doge/cdn/a: served"));
  EXPECT_THAT(logged("info", about("a", Stage::kEnd, Status::kFailed, "old")),
              AllOf(HasSubstr("error"), HasSubstr("failed doge/cdn/a: old")));
}

TEST_F(PlainProgressTest, EachLineIsWholeInEachForm) {
  const Event event = about("a.example.com", Stage::kBind, Status::kDone, "bound");
  EXPECT_EQ(logged("info", event, {.journal = true}), "<6>bind doge/cdn/a.example.com: bound\n");
  EXPECT_EQ(logged("info", event, {.format = LogFormat::kJson}),
            R"({"time":"1970-01-01T00:00:00Z","level":"info","event":"bind.done","text":"bound",)"
            R"("account":"doge","certificate":"example.com","target":"doge/cdn/a.example.com"})"
            "\n");
}

TEST_F(PlainProgressTest, WhatIsTriedAgainIsAWarning) {
  Event event = about("a", Stage::kBind, Status::kProgress, "again in 2 s");
  event.error = Error(ErrorKind::kThrottled, "too many calls");
  EXPECT_THAT(logged("warning", event), HasSubstr("warning bind doge/cdn/a: again in 2 s"));
}

TEST_F(PlainProgressTest, LevelDecidesWhatIsSaid) {
  struct Row {
    const char* level;
    Status status;
    bool said;
  };
  for (const Row& row : {Row{"debug", Status::kStarted, true},
                         Row{"info", Status::kStarted, false},
                         Row{"info", Status::kProgress, true},
                         Row{"warning", Status::kDone, false},
                         Row{"warning", Status::kFailed, true},
                         Row{"error", Status::kFailed, true},
                         Row{"critical", Status::kFailed, false}}) {
    const std::string line = logged(row.level, about("a", Stage::kBind, row.status, "text"));
    EXPECT_EQ(!line.empty(), row.said) << row.level;
  }
}

}  // namespace
}  // namespace certferry::cli
