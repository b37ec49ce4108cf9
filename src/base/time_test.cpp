#include "base/time.h"

#include <gtest/gtest.h>

#include <string>

namespace certferry {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Time at(year_month_day date, milliseconds clock = 0ms) {
  return Time(sys_days(date)) + clock;
}

TEST(TimeTest, SpellsTimesAndReadsThemBack) {
  struct Row {
    Time time;
    std::string text;
  };
  const Row rows[] = {
      {at(1970y / 1 / 1), "1970-01-01T00:00:00Z"},
      {at(1969y / 12 / 31, 23h + 59min + 59s), "1969-12-31T23:59:59Z"},
      {at(2026y / 1 / 15, 8h + 30min), "2026-01-15T08:30:00Z"},
      {at(2024y / 2 / 29), "2024-02-29T00:00:00Z"},  // every fourth year leaps,
      {at(2000y / 2 / 29), "2000-02-29T00:00:00Z"},  // every 400th too
      {at(1950y / 1 / 1), "1950-01-01T00:00:00Z"},   // X.509's two-digit years begin here
      {at(2049y / 12 / 31, 23h + 59min + 59s), "2049-12-31T23:59:59Z"},  // and end here
      {at(9999y / 12 / 31, 23h + 59min + 59s), "9999-12-31T23:59:59Z"},  // RFC 5280: no end
      {at(std::chrono::year(0) / 1 / 1), "0000-01-01T00:00:00Z"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(format_time(row.time), row.text);
    EXPECT_EQ(format_date(row.time), row.text.substr(0, 10));
    EXPECT_EQ(parse_time(row.text).value(), row.time) << row.text;
  }
}

TEST(TimeTest, DropsMillisecondsTowardsThePastOnBothSidesOf1970) {
  EXPECT_EQ(format_time(at(2026y / 1 / 15, 999ms)), "2026-01-15T00:00:00Z");
  EXPECT_EQ(format_time(at(1970y / 1 / 1, -1ms)), "1969-12-31T23:59:59Z");
}

TEST(TimeTest, RefusesWhatIsNoTime) {
  const std::string rows[] = {
      "",
      "2026-01-15",
      "2026-01-15T08:30:00",
      "2026-01-15t08:30:00z",
      "2026-01-15 08:30:00Z",
      "2026-01-15T08:30:00.5Z",
      "2026-01-15T08:30:00+00:00",
      " 2026-01-15T08:30:00Z",
      "2026-01-15T08:30:00Z ",
      "2026-00-15T08:30:00Z",
      "2026-13-15T08:30:00Z",
      "2026-01-00T08:30:00Z",
      "2026-04-31T08:30:00Z",
      "2025-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z",  // no leap year: divides by 100 and not by 400
      "2026-01-15T24:00:00Z",
      "2026-01-15T08:60:00Z",
      "2016-12-31T23:59:60Z",  // a leap second, which system clocks do not have
      "2026-01-15T-8:30:00Z",
      "2026-01-15T+8:30:00Z",
      "-026-01-15T08:30:00Z",
      "2026-1 -15T08:30:00Z",
      std::string("2026-01-15T08:30:0\0Z", 20),
  };
  for (const std::string& row : rows) {
    const Result<Time> time = parse_time(row);
    ASSERT_FALSE(time.has_value()) << row;
    EXPECT_EQ(time.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(time.error().code, "time.parse");
  }
}

TEST(TimeTest, ReadsDurationsInEveryUnit) {
  struct Row {
    std::string text;
    milliseconds duration;
  };
  const Row rows[] = {
      {"250ms", 250ms},
      {"30s", 30s},
      {"2m", 2min},
      {"24h", 24h},
      {"14d", days(14)},
      {"0s", 0ms},
      {"007s", 7s},
      {"36525d", days(36525)},  // a hundred years is the longest that is taken
      {"3155760000000ms", days(36525)},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_duration(row.text).value(), row.duration) << row.text;
}

TEST(TimeTest, RefusesWhatIsNoDuration) {
  const std::string rows[] = {
      "",
      "s",
      "30",
      "30 s",
      " 30s",
      "30s ",
      "30S",
      "1.5h",
      "1h30m",
      "-1s",
      "+1s",
      "0x10s",
      "1e3s",
      "3 0s",
      "30w",
      "30min",
      "30sec",
      "36526d",
      "3155760000001ms",        // just past a hundred years
      "9223372036854775807d",   // would overflow in milliseconds
      "9223372036854775808ms",  // does not fit at all
      "99999999999999999999999999s",
  };
  for (const std::string& row : rows) {
    const Result<milliseconds> duration = parse_duration(row);
    ASSERT_FALSE(duration.has_value()) << row;
    EXPECT_EQ(duration.error().code, "time.parse") << row;
  }
}

TEST(TimeTest, ShowsTheRefusedTextOnOneSafeLine) {
  const std::string hostile = "\x1b[2J\n" + std::string(5000, 'x');
  for (const std::string& message :
       {parse_time(hostile).error().message, parse_duration(hostile).error().message}) {
    EXPECT_LT(message.size(), 200u);
    EXPECT_TRUE(message.starts_with("'?[2J?xxx")) << message;
  }
}

TEST(TimeTest, SpellsDurationsForPeopleInAtMostTwoUnits) {
  struct Row {
    milliseconds duration;
    std::string text;
  };
  const Row rows[] = {
      {0ms, "0 ms"},
      {999ms, "999 ms"},
      {1s, "1 s"},
      {1099ms, "1 s"},
      {1100ms, "1.1 s"},
      {9999ms, "9.9 s"},
      {10500ms, "10 s"},
      {59'999ms, "59 s"},
      {1min, "1 min"},
      {90s, "1 min 30 s"},
      {59min + 59s, "59 min 59 s"},
      {1h, "1 h"},
      {1h + 59s, "1 h"},
      {24h, "24 h"},
      {47h + 59min + 59s, "47 h 59 min"},
      {48h, "2 d"},
      {days(14), "14 d"},
      {days(14) + 5h + 59min, "14 d 5 h"},
      {-90s, "-1 min 30 s"},
      {-1ms, "-1 ms"},
  };
  for (const Row& row : rows) EXPECT_EQ(format_duration(row.duration), row.text);
}

TEST(HttpDateTest, ReadsTheFormThatIsSentAndNoOther) {
  const Result<Time> time = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(time);
  EXPECT_EQ(format_time(*time), "1994-11-06T08:49:37Z");
  EXPECT_EQ(format_http_date(*time), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* text : {"",
                           "Mon, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           "Sun, 31 Feb 2026 08:49:37 GMT",
                           "Sun, 06 Foo 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    const Result<Time> bad = parse_http_date(text);
    ASSERT_FALSE(bad) << text;
    EXPECT_EQ(bad.error().code, "time.parse");
  }
}

}  // namespace
}  // namespace certferry
