// What must hold of every answer to foreign bytes, whatever they are.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace certferry::fuzz {

/// Ends the process, and with it the fuzzer's run, unless it holds. `seen` is shown beside it.
void require(bool holds, std::string_view what, std::string_view seen = {});

/// UTF-8 without control characters and marks of direction: it stays on one line and moves no
/// cursor.
///
/// Judged apart from `printable`, which is to bring this about and is itself under test.
bool is_one_line(std::string_view text);
void require_one_line(std::string_view text, std::string_view what);

/// What every Error promises: one of the documented codes, a sentence, and words that fit a line.
/// A hint may show a small file, so it alone may have line ends.
void require_sound(const Error& error, std::span<const std::string_view> documented_codes);

/// No part of the secret that somebody could use stands in the text: no 12 bytes in a row.
void require_hidden(std::string_view text, std::string_view secret, std::string_view what);

/// The first line, without its end, which is taken off the text.
std::string_view take_line(std::string_view& text);
/// Up to the separator, which goes too; all of it when there is none.
std::string_view take_until(std::string_view& text, std::string_view separator);

}  // namespace certferry::fuzz
