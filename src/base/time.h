// Points in time, durations and deadlines, and their one spelling in text.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace certferry {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Wall-clock time, UTC. Certificates' dates are whole seconds and convert without loss.
using Time = std::chrono::sys_time<milliseconds>;
/// Steady time, for deadlines and for measuring.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, milliseconds>;

/// RFC 3339 to the second: 2026-01-15T08:30:00Z.
std::string format_time(Time time);
/// The date alone: 2026-01-15.
std::string format_date(Time time);
/// The inverse of format_time. Error: invalid_input `time.parse`.
Result<Time> parse_time(std::string_view text);

/// The date of HTTP: "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110 section 5.6.7; the two
/// obsolete forms are refused). Error: invalid_input `time.parse`.
Result<Time> parse_http_date(std::string_view text);
std::string format_http_date(Time time);

/// Reads a duration with its unit: 250ms, 30s, 2m, 24h, 14d. Error: invalid_input `time.parse`.
Result<milliseconds> parse_duration(std::string_view text);
/// For people: "250 ms", "30 s", "2 min", "24 h", "14 d", at most two units.
std::string format_duration(milliseconds duration);

}  // namespace certferry
