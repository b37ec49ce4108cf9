#include "cli/status_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace certferry::cli {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::Not;

const Style kPlain{false};
constexpr Time kNow = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

StatusRow row(std::string name, std::string outcome, milliseconds left) {
  StatusRow out{.record = {.id = {"doge", "cdn", std::move(name)},
                           .certificate = "example.com",
                           .bound_at = kNow - days(30),
                           .confirmed_fingerprint = std::string(64, 'a'),
                           .outcome = std::move(outcome),
                           .last_attempt = kNow - minutes(5)},
                .began = kNow + left - days(90),
                .ends = kNow + left};
  out.well = out.record.outcome == "confirmed" && left > milliseconds(0);
  return out;
}

/// One of each kind that there is.
StatusView each_kind() {
  StatusView view{.now = kNow};
  view.rows = {row("cdn.example.com", "confirmed", days(62)),
               row("soon.example.com", "confirmed", days(9)),
               row("failed.example.com", "failed", days(20)),
               row("expired.example.com", "confirmed", -days(2)),
               row("gone.example.com", "confirmed", days(40)),
               row("new.example.com", "held", days(1))};
  StatusRow& failed = view.rows[2];
  failed.record.message = "the vendor refused: 4711";
  failed.record.failures = 3;
  failed.record.next_attempt = kNow + minutes(12) + seconds(30);
  failed.old = true;
  view.rows[3].record.message = "served on 2 addresses";
  view.rows[4].managed = false;
  StatusRow& fresh = view.rows[5];
  fresh.record.message = "the certificate does not cover this name";
  fresh.record.confirmed_fingerprint = "";
  fresh.record.bound_at = {};
  fresh.began.reset();
  fresh.ends.reset();
  sort_rows(view.rows);
  return view;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  lines.pop_back();
  return lines;
}

std::string lines(std::string_view text) {
  return std::string(text.substr(1));
}

TEST(StatusViewTest, WithoutATerminalNothingIsLeftOut) {
  EXPECT_EQ(status_text(each_kind(), kPlain, {}), lines(R"(
TARGET                        CERTIFICATE  RESULT     SERVES        ENDS IN          CHANGED   NEXT       LOOKED AT
doge/cdn/expired.example.com  example.com  confirmed  aaaaaaaaaaaa  EXPIRED 2 d      30 d ago  -          5 min ago
  it has expired since: served on 2 addresses
doge/cdn/failed.example.com   example.com  failed     old           ███░░░░░░░ 20 d  30 d ago  in 12 min  5 min ago
  3 times: the vendor refused: 4711
doge/cdn/new.example.com      example.com  held       -             -                -         -          5 min ago
  the certificate does not cover this name
doge/cdn/soon.example.com     example.com  confirmed  aaaaaaaaaaaa  █░░░░░░░░░ 9 d   30 d ago  -          5 min ago
doge/cdn/cdn.example.com      example.com  confirmed  aaaaaaaaaaaa  ███████░░░ 62 d  30 d ago  -          5 min ago
doge/cdn/gone.example.com     example.com  unmanaged  aaaaaaaaaaaa  █████░░░░░ 40 d  30 d ago  -          5 min ago
)"));
}

TEST(StatusViewTest, At80ColumnsItIsStillReadable) {
  const std::string text = status_text(each_kind(), kPlain, {.columns = 80});
  EXPECT_EQ(text, lines(R"(
TARGET                     RESULT     SERVES        ENDS IN      CHANGED  NEXT
doge/cdn…ired.example.com  confirmed  aaaaaaaaaaaa  EXPIRED 2 d  30 d     -
  it has expired since: served on 2 addresses
doge/cdn…iled.example.com  failed     old           ██░░░░ 20 d  30 d     12 min
  3 times: the vendor refused: 4711
doge/cdn/new.example.com   held       -             -            -        -
  the certificate does not cover this name
doge/cdn/soon.example.com  confirmed  aaaaaaaaaaaa  █░░░░░ 9 d   30 d     -
doge/cdn/cdn.example.com   confirmed  aaaaaaaaaaaa  █████░ 62 d  30 d     -
doge/cdn/gone.example.com  unmanaged  aaaaaaaaaaaa  ███░░░ 40 d  30 d     -
)"));
  for (const std::string& line : lines_of(text)) EXPECT_LE(display_width(line), 80U) << line;
}

TEST(StatusViewTest, SummaryCountsByState) {
  EXPECT_EQ(
      summary_text(each_kind()),
      "6 targets: 2 confirmed, 1 expired, 1 failed, 1 held, 1 unmanaged; the next ends in 9 d");
  EXPECT_EQ(summary_text({.now = kNow}), "0 targets");
}

TEST(StatusViewTest, WideNamesLineUpAtEveryWidth) {
  StatusView view = each_kind();
  for (StatusRow& one : view.rows) one.record.certificate = "多吉云的证书";
  view.rows[0].record.id.account = "多吉云";
  view.rows[1].record.message = "证书已过期，请更新 " + std::string(300, 'x');
  for (std::size_t columns = 72; columns < 140; ++columns) {
    std::size_t at = 0;
    for (const std::string& line : lines_of(status_text(view, kPlain, {.columns = columns}))) {
      EXPECT_LE(display_width(line), columns) << line;
      if (line.starts_with("  ")) continue;  // a cause
      std::size_t result = line.find("RESULT");
      for (const char* word : {"confirmed", "failed ", "held ", "unmanaged"}) {
        result = std::min(result, line.find(word, 10));
      }
      ASSERT_NE(result, std::string::npos) << line;
      const std::size_t column = display_width(line.substr(0, result));
      if (at == 0) at = column;
      EXPECT_EQ(column, at) << columns << ": " << line;
    }
  }
}

TEST(StatusViewTest, ColoursTellTheSameStory) {
  const std::string text = status_text(each_kind(), Style(true), {.columns = 120});
  EXPECT_THAT(text, HasSubstr("\033[32mconfirmed\033[0m"));
  EXPECT_THAT(text, HasSubstr("\033[31mfailed\033[0m"));
  EXPECT_THAT(text, HasSubstr("\033[33mold\033[0m"));
  EXPECT_THAT(text, HasSubstr("\033[31m█\033[0m"));
  EXPECT_THAT(status_text(each_kind(), kPlain, {.columns = 120}), Not(HasSubstr("\033")));
}

TEST(StatusViewTest, ScreenShowsTroubleAndWhatEndsNext) {
  StatusView view{.now = kNow};
  for (int i = 0; i < 10'000; ++i) {
    const bool bad = i == 5000;
    view.rows.push_back(row("n" + std::to_string(i) + ".example.com",
                            bad ? "failed" : "confirmed",
                            days(10) + minutes(10'000 - i)));
  }
  sort_rows(view.rows);
  view.open.resize(30);
  const std::vector<std::string> shown =
      lines_of(status_text(view, kPlain, {.columns = 100, .lines = 23}));
  ASSERT_EQ(shown.size(), 23U);
  EXPECT_THAT(shown[1], HasSubstr("n5000.example.com"));
  EXPECT_THAT(shown[3], HasSubstr("n9999.example.com"));
  EXPECT_EQ(shown[14], "… and 9988 more targets");
  EXPECT_EQ(shown[22], "… and 24 more to look at");
}

TEST(StatusViewTest, TinyScreenIsNeverOverrun) {
  for (std::size_t rows = 1; rows < 12; ++rows) {
    const std::string text = status_text(each_kind(), kPlain, {.columns = 80, .lines = rows});
    EXPECT_LE(lines_of(text).size(), std::max<std::size_t>(rows, 2)) << rows;
  }
}

TEST(StatusViewTest, ForeignTextIsMadeSafe) {
  StatusView view = each_kind();
  view.rows[0].record.message = "evil\033[2J\nline";
  EXPECT_THAT(status_text(view, kPlain, {}), HasSubstr("evil?[2J?line"));
}

}  // namespace
}  // namespace certferry::cli
