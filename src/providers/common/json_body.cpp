#include "providers/common/json_body.h"

#include <algorithm>
#include <array>
#include <utility>

namespace certferry {

namespace {

/// Whether the text is what a JSON number would be read back as: digits, no leading zero.
bool is_whole_number(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && std::ranges::all_of(text, digit) &&
         (text.size() == 1 || text.front() != '0');
}

/// What stands for a character inside a JSON string; empty when it stands for itself.
std::string escaped(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"') return "\\\"";
  if (c == '\\') return "\\\\";
  if (c == '\n') return "\\n";
  if (byte >= 0x20) return {};
  return std::string("\\u00") + kDigits[byte >> 4] + kDigits[byte & 15];
}

}  // namespace

JsonBody& JsonBody::text(std::string_view key, std::string_view value) {
  append_key(key);
  append_quoted(value);
  return *this;
}

JsonBody& JsonBody::id(std::string_view key, std::string_view value) {
  return is_whole_number(value) ? json(key, value) : text(key, value);
}

JsonBody& JsonBody::json(std::string_view key, std::string_view value) {
  append_key(key);
  append(value);
  return *this;
}

JsonBody& JsonBody::flag(std::string_view key, bool value) {
  return json(key, value ? "true" : "false");
}

Secret JsonBody::take() {
  append(bytes_.empty() ? "{}" : "}");
  return Secret(std::exchange(bytes_, {}));
}

void JsonBody::append_key(std::string_view key) {
  append(bytes_.empty() ? "{" : ",");
  append_quoted(key);
  append(":");
}

void JsonBody::append_quoted(std::string_view text) {
  append("\"");
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string escape = escaped(text[at]);
    if (escape.empty()) continue;
    append(text.substr(from, at - from));
    append(escape);
    from = at + 1;
  }
  append(text.substr(from));
  append("\"");
}

void JsonBody::append(std::string_view piece) {
  const std::size_t needed = bytes_.size() + piece.size();
  if (needed > bytes_.capacity()) {
    std::string larger;
    larger.reserve(std::max<std::size_t>(2 * needed, 256));
    larger += bytes_;
    wipe(bytes_);
    bytes_.swap(larger);
  }
  bytes_ += piece;
}

}  // namespace certferry
