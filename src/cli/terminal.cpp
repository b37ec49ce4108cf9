#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cwchar>

namespace certferry::cli {

namespace {

const char* code(Colour colour) {
  switch (colour) {
    case Colour::kBold:
      return "\033[1m";
    case Colour::kDim:
      return "\033[2m";
    case Colour::kGreen:
      return "\033[32m";
    case Colour::kYellow:
      return "\033[33m";
    case Colour::kRed:
      return "\033[31m";
    case Colour::kNone:
      break;
  }
  return "";
}

struct Character {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

/// By the C library's tables, in whatever locale we are run: text is UTF-8 here.
std::size_t columns_of(unsigned point) {
  static const locale_t kUtf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (kUtf8 == nullptr) return 1;  // a system without it: columns may not line up
  const locale_t before = uselocale(kUtf8);
  const int columns = wcwidth(static_cast<wchar_t>(point));
  uselocale(before);
  return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

/// The character at the front: an escape sequence counts as one of no width.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead == 0x1b) {
    const auto end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, 0};
  }
  if (lead < 0x80) return {1, 1};
  const std::size_t bytes = std::min<std::size_t>(lead < 0xe0   ? 2
                                                  : lead < 0xf0 ? 3
                                                                : 4,
                                                  text.size());
  unsigned point = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  return {bytes, columns_of(point)};
}

}  // namespace

Style::Style(int descriptor)
    : colours_(is_terminal(descriptor) && std::getenv("NO_COLOR") == nullptr) {}

std::string Style::operator()(Colour colour, std::string_view text) const {
  if (!colours_ || colour == Colour::kNone || text.empty()) return std::string(text);
  return code(colour) + std::string(text) + "\033[0m";
}

bool is_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");
  return isatty(descriptor) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

TerminalSize terminal_size(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += character.columns;
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string out;
  std::size_t width = 1;  // of the ellipsis
  while (!text.empty()) {
    const Character character = first_character(text);
    if (width + character.columns > columns) break;
    out += text.substr(0, character.bytes);
    width += character.columns;
    text.remove_prefix(character.bytes);
  }
  return out + "…";
}

std::string fit_middle(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns || columns < 3) return fit(text, columns);
  // The end tells one name from another: "doge/cdn/www.…" says less than its last letters.
  const std::size_t front = (columns - 1) / 3;
  std::string out = fit(text, front + 1);
  const std::size_t room = columns - display_width(out);
  while (display_width(text) > room) text.remove_prefix(first_character(text).bytes);
  return out + std::string(text);
}

std::string Table::text(const Style& style, std::size_t indent) const {
  std::vector<std::size_t> widths;
  const auto measure = [&widths](const std::vector<std::string>& row) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  };
  measure(head_);
  std::ranges::for_each(rows_, measure);

  const auto line = [&](const std::vector<std::string>& row, Colour colour) {
    std::string out(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += style(colour, row[i]);
      if (i + 1 < row.size()) out += std::string(widths[i] - display_width(row[i]) + 2, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    return out + "\n";
  };
  std::string out = line(head_, Colour::kDim);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    out += line(rows_[i], Colour::kNone);
    const auto note = notes_.find(i);
    if (note != notes_.end()) out += std::string(indent, ' ') + note->second + "\n";
  }
  return out;
}

}  // namespace certferry::cli
