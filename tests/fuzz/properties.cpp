#include "properties.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>

namespace certferry::fuzz {

namespace {

/// A second opinion on what UTF-8 is: the JSON library refuses to write anything else.
bool is_utf8(std::string_view text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

/// Marks with which text is shown in another order than it has, and Unicode's line ends.
bool turns_text(std::string_view text) {
  constexpr std::array<std::string_view, 14> kMarks = {"\u061c",
                                                       "\u200e",
                                                       "\u200f",
                                                       "\u2028",
                                                       "\u2029",
                                                       "\u202a",
                                                       "\u202b",
                                                       "\u202c",
                                                       "\u202d",
                                                       "\u202e",
                                                       "\u2066",
                                                       "\u2067",
                                                       "\u2068",
                                                       "\u2069"};
  return std::ranges::any_of(kMarks, [&](std::string_view mark) { return text.contains(mark); });
}

bool has_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f) return true;
    // U+0080 to U+009F, which terminals obey as well.
    const bool c1 =
        byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    if (c1) return true;
  }
  return false;
}

/// The hashes of all that stands in the text, so many bytes at a time.
///
/// Hashes are compared and no bytes: libFuzzer watches comparisons to learn what is looked for, and
/// would write the secret into its inputs itself.
std::unordered_set<std::size_t> windows_of(std::string_view text, std::size_t size) {
  std::unordered_set<std::size_t> out;
  for (std::size_t at = 0; at + size <= text.size(); ++at) {
    out.insert(std::hash<std::string_view>()(text.substr(at, size)));
  }
  return out;
}

std::string without_line_ends(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace

void require(bool holds, std::string_view what, std::string_view seen) {
  if (holds) return;
  std::fprintf(
      stderr, "fuzz: this does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  if (!seen.empty()) {
    std::fprintf(stderr, "fuzz: seen: %.*s\n", static_cast<int>(seen.size()), seen.data());
  }
  std::abort();
}

bool is_one_line(std::string_view text) {
  return !has_control(text) && !turns_text(text) && is_utf8(text);
}

void require_one_line(std::string_view text, std::string_view what) {
  if (!is_one_line(text)) require(false, std::string(what) + " is one printable line", text);
}

void require_sound(const Error& error, std::span<const std::string_view> documented_codes) {
  constexpr std::size_t kLongestWords = 4096;
  require(std::ranges::find(documented_codes, error.code) != documented_codes.end(),
          "the error's code is a documented one",
          error.code);
  require(!error.message.empty(), "the error says what went wrong", error.code);
  require_one_line(error.message, "an error's message");
  require_one_line(error.activity, "an error's activity");
  require_one_line(without_line_ends(error.hint), "an error's hint");
  require_one_line(without_line_ends(error.text()), "an error's text");
  require(error.text().size() <= kLongestWords, "an error is short", error.text());
  if (error.retry_after) {
    require(*error.retry_after >= std::chrono::seconds(1) &&
                *error.retry_after <= std::chrono::hours(6),
            "a wait is between a second and six hours",
            error.text());
  }
}

void require_hidden(std::string_view text, std::string_view secret, std::string_view what) {
  constexpr std::size_t kShown = 12;
  const std::unordered_set<std::size_t> shown = windows_of(text, kShown);
  for (const std::size_t part : windows_of(secret, kShown)) {
    if (shown.contains(part)) require(false, std::string(what) + " is never shown", text);
  }
}

std::string_view take_line(std::string_view& text) {
  return take_until(text, "\n");
}

std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
  return taken;
}

}  // namespace certferry::fuzz
