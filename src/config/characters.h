// The characters of a configuration file: which are refused, and in which line and column they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace certferry {

/// Finds line and column of a byte. Lines end with LF; columns count characters, as editors do.
///
/// A byte order mark at the start is no character of the first line, and no part of `text()`.
/// Finding takes the same time wherever the byte is: a file may be one line with half a million
/// values. Lifetime: the text outlives this.
class Lines {
 public:
  explicit Lines(std::string_view text);

  std::string_view text() const { return text_; }
  /// Offsets are into `text()`; past its end is the place just after its last character.
  Position place(std::size_t offset) const;
  char byte(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

 private:
  std::string_view text_;
  std::size_t characters_before(std::size_t offset) const;

  std::vector<std::size_t> starts_;      ///< of each line
  std::vector<std::size_t> characters_;  ///< how many stand before each 256th byte
};

struct BadCharacter {
  std::size_t offset = 0;  ///< into Lines::text()
  std::string what;
  std::string hint;
};

/// The first character that no configuration file of ours needs: tabs, other control characters,
/// a carriage return that ends no line, bytes that are not UTF-8.
///
/// YAML allows some of them, at some places; and yaml-cpp takes 0x04 for the end of the file.
std::optional<BadCharacter> first_bad_character(std::string_view text);

}  // namespace certferry
