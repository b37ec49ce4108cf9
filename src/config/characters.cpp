#include "config/characters.h"

#include <algorithm>

namespace certferry {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

/// So many bytes are counted at most to find a place.
constexpr std::size_t kCountedAtOnce = 256;

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

unsigned char byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// The character that starts at `at`, and its length; length 0 when it is not UTF-8 (RFC 3629).
struct Character {
  char32_t value = 0;
  std::size_t length = 0;
};

Character decode(std::string_view text, std::size_t at) {
  const unsigned char lead = byte_at(text, at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length == 0 || lead > 0xf4) return {};
  char32_t value = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned char next = byte_at(text, at + i);
    if ((next & 0xc0) != 0x80) return {};
    value = (value << 6) | (next & 0x3fU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool no_character = (value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff;
  return overlong || no_character ? Character{} : Character{value, length};
}

bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0xfffe || value == 0xffff;
}

std::optional<BadCharacter> judge(std::string_view text, std::size_t at, Character found) {
  if (found.length == 0) {
    return BadCharacter{at, "this byte is not UTF-8", "save the file as UTF-8"};
  }
  if (found.value == '\n' || (found.value == '\r' && byte_at(text, at + 1) == '\n')) return {};
  if (found.value == '\t') {
    return BadCharacter{at, "a tab is not allowed", "use spaces, two a level"};
  }
  if (found.value == 0) return BadCharacter{at, "a NUL byte is not allowed", "remove it"};
  if (found.value == '\r') {
    return BadCharacter{at, "a carriage return that ends no line", "use plain line ends"};
  }
  if (is_control(found.value)) {
    return BadCharacter{at, "a control character is not allowed", "remove it"};
  }
  return {};
}

}  // namespace

Lines::Lines(std::string_view text) : text_(without_mark(text)), starts_{0} {
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') starts_.push_back(at + 1);
  }
  std::size_t counted = 0;
  for (std::size_t at = 0; at <= text_.size(); at += kCountedAtOnce) {
    characters_.push_back(counted);
    counted += count_characters(text_.substr(at, kCountedAtOnce));
  }
}

std::size_t Lines::characters_before(std::size_t offset) const {
  const std::size_t known = offset / kCountedAtOnce;
  const std::size_t from = known * kCountedAtOnce;
  return characters_[known] + count_characters(text_.substr(from, offset - from));
}

Position Lines::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::ranges::upper_bound(starts_, offset);
  const auto line = next - starts_.begin();
  const std::size_t start = *(next - 1);
  const std::size_t characters = characters_before(offset) - characters_before(start);
  return {static_cast<int>(line), static_cast<int>(characters) + 1};
}

std::optional<BadCharacter> first_bad_character(std::string_view text) {
  text = without_mark(text);
  for (std::size_t at = 0; at < text.size();) {
    const Character found = decode(text, at);
    if (auto bad = judge(text, at, found)) return bad;
    at += found.length;
  }
  return std::nullopt;
}

}  // namespace certferry
