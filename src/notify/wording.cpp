#include "notify/wording.h"

namespace certferry::notify {

namespace {

constexpr std::string_view kCutMark = "…";

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// What the byte adds, when it is the first of its character.
std::size_t weight(char byte, Unit unit) {
  if (unit == Unit::kBytes) return 1;
  if (continues(byte)) return 0;
  const bool needs_a_pair = static_cast<unsigned char>(byte) >= 0xF0;
  return unit == Unit::kUtf16 && needs_a_pair ? 2 : 1;
}

std::size_t size_in(std::string_view text, Unit unit) {
  std::size_t size = 0;
  for (const char byte : text) size += weight(byte, unit);
  return size;
}

}  // namespace

std::string cut(std::string_view text, std::size_t most, Unit unit) {
  if (size_in(text, unit) <= most) return std::string(text);
  const std::size_t mark = size_in(kCutMark, unit);
  if (most < mark) return {};
  std::size_t size = 0;
  std::size_t end = 0;  // of the last whole character that leaves room for the mark
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i])) end = i;
    size += weight(text[i], unit);
    if (size > most - mark) break;
  }
  return std::string(text.substr(0, end)).append(kCutMark);
}

std::string body_of(const Notice& notice) {
  std::string out = notice.text;
  if (!notice.fields.empty() && !out.empty()) out += "\n";
  for (const NoticeField& one : notice.fields) out += "\n" + one.name + ": " + one.value;
  return out;
}

std::string whole_of(const Notice& notice) {
  return notice.subject + "\n\n" + body_of(notice);
}

}  // namespace certferry::notify
