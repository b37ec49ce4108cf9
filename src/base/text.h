// Small things done to text, in one place.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certferry {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
/// ASCII only; other bytes stay as they are.
std::string to_lower(std::string_view text);
std::string to_hex(std::span<const unsigned char> bytes);

/// The candidate a person most likely meant; empty when none is near: at most a third may be wrong,
/// though one slip is always forgiven.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// Vendor or file text made safe for one line of output: control characters and those that turn
/// the direction of text become '?', invalid UTF-8 too, and what is longer than `limit` bytes is
/// cut on a character's edge with "…".
std::string printable(std::string_view text, std::size_t limit = 300);

/// Whether `printable` leaves it as it is: one line, which moves no cursor.
bool is_printable(std::string_view text);

/// "1 target", "3 targets".
std::string count_of(std::size_t count, std::string_view singular);

}  // namespace certferry
