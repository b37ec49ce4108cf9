#include "base/quotable.h"

#include <algorithm>

#include "base/text.h"

namespace certferry {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The characters of base64 in both alphabets, and so of hexadecimal too.
bool is_token_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' ||
         c == '=' || c == '_' || c == '-';
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

}  // namespace

std::string quotable(std::string_view text, std::size_t limit) {
  // A token that begins inside the part shown is judged by what follows it, too.
  const std::size_t at = find_token(text.substr(0, limit + 32));
  if (at >= limit) return printable(text, limit);
  return printable(text.substr(0, at), limit) + "[…]";
}

}  // namespace certferry
