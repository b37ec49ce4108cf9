#include "cli/roff.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "base/time.h"
#include "base/version.h"

namespace certferry::cli::roff {

std::string escaped(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char one : text) {
    // A dot or an apostrophe that begins a line would be a request.
    if (line_begins && (one == '.' || one == '\'')) out += "\\&";
    line_begins = one == '\n';
    if (one == '\\')
      out += "\\e";
    else if (one == '-')
      out += "\\-";
    else
      out += one;
  }
  return out;
}

std::string bold(std::string_view text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + escaped(text) + "\\fR";
}

std::string title(std::string_view name, int section) {
  std::string upper(name);
  std::ranges::transform(
      upper, upper.begin(), [](unsigned char one) { return static_cast<char>(std::toupper(one)); });
  const std::string day = format_time(kReleased).substr(0, 10);
  return ".TH " + upper + " " + std::to_string(section) + " " + day + " \"certferry " +
         std::string(kVersion) + "\"\n";
}

std::string section(std::string_view name) {
  return ".SH " + std::string(name) + "\n";
}

std::string subsection(std::string_view name) {
  return ".SS " + escaped(name) + "\n";
}

std::string item(std::string_view term, std::string_view meaning) {
  return ".TP\n" + std::string(term) + "\n" + escaped(meaning) + "\n";
}

namespace {

enum class Mode { kNothing, kFilled, kAsItIs };

std::string change(Mode from, Mode to) {
  std::string end = from == Mode::kAsItIs ? ".EE\n.RE\n" : "";
  if (to == Mode::kAsItIs) return end + (from == Mode::kNothing ? "" : ".PP\n") + ".RS 4\n.EX\n";
  if (to == Mode::kFilled && from == Mode::kAsItIs) return end + ".PP\n";
  return end;
}

}  // namespace

std::string prose(std::string_view text) {
  std::string out;
  Mode mode = Mode::kNothing;
  bool gap = false;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) {
      gap = true;
      continue;
    }
    const bool as_it_is = line.starts_with("  ");
    const Mode next = as_it_is ? Mode::kAsItIs : Mode::kFilled;
    if (next != mode)
      out += change(mode, next);
    else if (gap && mode == Mode::kFilled)
      out += ".PP\n";
    out += escaped(as_it_is ? line.substr(2) : line) + "\n";
    mode = next;
    gap = false;
  }
  return out + change(mode, Mode::kNothing);
}

}  // namespace certferry::cli::roff
