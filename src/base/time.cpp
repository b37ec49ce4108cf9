#include "base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "base/text.h"

namespace certferry {

namespace {

Error time_error(std::string_view text, std::string_view wanted) {
  return Error(ErrorKind::kInvalidInput,
               "'" + printable(text, 60) + "' is not " + std::string(wanted))
      .with_code("time.parse");
}

std::string format(Time time, bool with_clock) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
  std::array<char, 48> out{};
  const int year = static_cast<int>(date.year());
  const unsigned month = static_cast<unsigned>(date.month());
  const unsigned mday = static_cast<unsigned>(date.day());
  if (with_clock) {
    std::snprintf(out.data(),
                  out.size(),
                  "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  year,
                  month,
                  mday,
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
  } else {
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", year, month, mday);
  }
  return out.data();
}

/// Digits at a fixed place; -1 when one is not a digit.
int digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Unit {
  std::string_view name;
  milliseconds length;
};
constexpr std::array<Unit, 5> kUnits = {Unit{"ms", milliseconds(1)},
                                        Unit{"s", seconds(1)},
                                        Unit{"m", minutes(1)},
                                        Unit{"h", hours(1)},
                                        Unit{"d", hours(24)}};

}  // namespace

std::string format_time(Time time) {
  return format(time, true);
}

std::string format_date(Time time) {
  return format(time, false);
}

Result<Time> parse_time(std::string_view text) {
  const auto bad = [&] {
    return std::unexpected(time_error(text, "a time like 2026-01-15T08:30:00Z"));
  };
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return bad();
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '0' && text[i] != kShape[i]) return bad();
  }
  const std::array<int, 6> part = {digits(text, 0, 4),
                                   digits(text, 5, 2),
                                   digits(text, 8, 2),
                                   digits(text, 11, 2),
                                   digits(text, 14, 2),
                                   digits(text, 17, 2)};
  const std::chrono::year_month_day date{std::chrono::year(part[0]),
                                         std::chrono::month(static_cast<unsigned>(part[1])),
                                         std::chrono::day(static_cast<unsigned>(part[2]))};
  const bool clock_ok =
      part[3] >= 0 && part[3] < 24 && part[4] >= 0 && part[4] < 60 && part[5] >= 0 && part[5] < 60;
  if (part[0] < 0 || part[1] < 0 || part[2] < 0 || !date.ok() || !clock_ok) return bad();
  return Time(std::chrono::sys_days(date)) + hours(part[3]) + minutes(part[4]) + seconds(part[5]);
}

namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string format_http_date(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::string iso = format_time(time);
  return std::string(kWeekdays[std::chrono::weekday(day).c_encoding()]) + ", " + iso.substr(8, 2) +
         " " + std::string(kMonths[static_cast<unsigned>(date.month()) - 1]) + " " +
         iso.substr(0, 4) + " " + iso.substr(11, 8) + " GMT";
}

Result<Time> parse_http_date(std::string_view text) {
  const auto bad = [&] {
    return std::unexpected(time_error(text, "a date like Sun, 06 Nov 1994 08:49:37 GMT"));
  };
  constexpr std::string_view kShape = "Www, 00 Mmm 0000 00:00:00 GMT";
  if (text.size() != kShape.size() || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) {
    return bad();
  }
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return bad();
  const auto number = static_cast<int>(month - kMonths.begin()) + 1;
  std::string iso(text.substr(12, 4));
  iso += number < 10 ? "-0" : "-";
  iso += std::to_string(number) + "-" + std::string(text.substr(5, 2)) + "T" +
         std::string(text.substr(17, 8)) + "Z";
  Result<Time> time = parse_time(iso);
  // Only what is written as we would write it: the weekday has to fit too.
  if (!time || format_http_date(*time) != text) return bad();
  return time;
}

Result<milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, count);
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  // A hundred years in milliseconds is far from overflow; anything longer is a mistake.
  constexpr milliseconds kLongest = hours(24) * 36525;
  for (const Unit& unit : kUnits) {
    if (status != std::errc() || unit.name != name) continue;
    if (count < 0 || count > kLongest / unit.length) break;
    return count * unit.length;
  }
  return std::unexpected(time_error(text, "a duration like 250ms, 30s, 2m, 24h or 14d"));
}

std::string format_duration(milliseconds duration) {
  if (duration < milliseconds(0)) return "-" + format_duration(-duration);
  if (duration < seconds(1)) return std::to_string(duration.count()) + " ms";
  const auto parts =
      [](std::int64_t big, const char* big_name, std::int64_t small, const char* small_name) {
        std::string out = std::to_string(big) + big_name;
        if (small != 0) out += " " + std::to_string(small) + small_name;
        return out;
      };
  const auto total = std::chrono::floor<seconds>(duration).count();
  if (total < 10 && duration.count() % 1000 >= 100) {
    return std::to_string(total) + "." + std::to_string(duration.count() % 1000 / 100) + " s";
  }
  if (total < 60) return std::to_string(total) + " s";
  if (total < 3600) return parts(total / 60, " min", total % 60, " s");
  if (total < 48 * 3600) return parts(total / 3600, " h", total % 3600 / 60, " min");
  return parts(total / 86400, " d", total % 86400 / 3600, " h");
}

}  // namespace certferry
