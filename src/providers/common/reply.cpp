#include "providers/common/reply.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "base/quotable.h"
#include "base/text.h"

namespace certferry {

namespace {

constexpr milliseconds kShortestWait = seconds(1);
constexpr milliseconds kLongestWait = hours(6);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms are not taken.
std::optional<Time> parse_http_date(const std::string& text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::array<char, 4> month{};
  int day = 0, year = 0, hour = 0, minute = 0, second = 0, used = 0;
  const int fields = std::sscanf(text.c_str(),
                                 "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
                                 &day,
                                 month.data(),
                                 &year,
                                 &hour,
                                 &minute,
                                 &second,
                                 &used);
  const std::size_t index = kMonths.find(month.data());
  if (fields != 6 || static_cast<std::size_t>(used) != text.size() || index % 3 != 0) return {};
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(index / 3 + 1)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return {};
  return Time(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

ErrorKind unusable(Effect effect) {
  return effect == Effect::kReads ? ErrorKind::kUnavailable : ErrorKind::kMaybeApplied;
}

bool is_success(int status) {
  return status >= 200 && status <= 299;
}

std::optional<ErrorKind> kind_of_status(std::int64_t status, Effect effect) {
  if (status >= 500 && status <= 599) return unusable(effect);
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::kUnauthorized;
    case 404:
      return ErrorKind::kNotFound;
    case 409:
      return ErrorKind::kConflict;
    case 429:
      return ErrorKind::kThrottled;
    default:
      return std::nullopt;
  }
}

std::optional<milliseconds> retry_after(const HttpResponse& response) {
  const std::string value(trim(response.header("retry-after")));
  if (value.empty()) return std::nullopt;
  std::int64_t count = 0;
  const char* end = value.data() + value.size();
  const auto [rest, status] = std::from_chars(value.data(), end, count);
  if (rest == end) {
    const std::int64_t longest = std::chrono::floor<seconds>(kLongestWait).count();
    if (status == std::errc::result_out_of_range) count = value.starts_with('-') ? 1 : longest;
    return seconds(std::clamp<std::int64_t>(count, 1, longest));
  }
  const auto until = parse_http_date(value);
  const auto now = parse_http_date(response.header("date"));
  if (!until || !now) return std::nullopt;
  return std::clamp(milliseconds(*until - *now), kShortestWait, kLongestWait);
}

std::string describe(const HttpResponse& response, Quoting quoting) {
  std::string out = "HTTP " + std::to_string(response.status);
  if (response.body.empty()) return out + " with an empty body";
  out += " with " + count_of(response.body.size(), "byte");
  if (quoting == Quoting::kNever) return out;
  const std::string type = response.header("content-type");
  if (!type.empty()) out += " of " + quotable(split(type, ';').front(), 40);
  return out + ", beginning with '" + quotable(trim(response.body), 80) + "'";
}

std::string url_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace certferry
