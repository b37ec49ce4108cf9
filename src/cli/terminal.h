// Text for people: colours where there is a terminal, columns that line up in any script.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace certferry::cli {

enum class Colour { kNone, kBold, kDim, kGreen, kYellow, kRed };

/// Colours only on a terminal, and not when NO_COLOR is set.
class Style {
 public:
  explicit Style(int descriptor);
  explicit Style(bool colours) : colours_(colours) {}

  std::string operator()(Colour colour, std::string_view text) const;
  bool colours() const { return colours_; }

 private:
  bool colours_;
};

bool is_terminal(int descriptor);
/// Columns and rows of the terminal; 100 and 24 when there is none.
struct TerminalSize {
  std::size_t columns = 100;
  std::size_t rows = 24;
};
TerminalSize terminal_size(int descriptor);

/// To standard output, as it is.
void print(std::string_view text);

/// Columns that a text takes: CJK characters take two, escape sequences none.
std::size_t display_width(std::string_view text);
/// Cut to so many columns, with "…" when something is missing.
std::string fit(std::string_view text, std::size_t columns);

/// Cut to so many columns, with "…" in place of its middle.
std::string fit_middle(std::string_view text, std::size_t columns);

/// Rows under a head, each column as wide as its widest cell.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// A line below the last row, across all columns.
  void add_note(std::string text) { notes_[rows_.size() - 1] = std::move(text); }
  bool empty() const { return rows_.empty(); }
  /// `indent` spaces in front of each line; the head dimmed.
  std::string text(const Style& style, std::size_t indent = 0) const;

 private:
  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
  std::map<std::size_t, std::string> notes_;  ///< by the row above
};

}  // namespace certferry::cli
