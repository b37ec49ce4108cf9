#include "providers/common/reply.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

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

/// The characters of base64 in both alphabets, and so of hexadecimal too.
bool is_token_character(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
}

/// Where the first run begins that is too long for a word: 20 characters with a digit among them,
/// or 32 of any kind. A SHA-1 in base64 has 28, in hexadecimal 40, a line of PEM 64.
std::size_t find_token(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_token_character(text[end])) ++end;
    const std::string_view run = text.substr(at, end - at);
    if (run.size() >= 32 || (run.size() >= 20 && std::ranges::any_of(run, is_digit))) return at;
    at = std::max(end, at + 1);
  }
  return std::string_view::npos;
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

std::string quotable(std::string_view text, std::size_t limit) {
  // A token that begins inside the part shown is judged by what follows it, too.
  const std::size_t at = find_token(text.substr(0, limit + 32));
  if (at >= limit) return printable(text, limit);
  return printable(text.substr(0, at), limit) + "[…]";
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
