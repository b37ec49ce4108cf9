// The few requests of man(7) that our pages are made of.
#pragma once

#include <string>
#include <string_view>

namespace certferry::cli::roff {

/// Text that no request and no escape is read from. `-` stays what a person copies, a minus.
std::string escaped(std::string_view text);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

/// The page's first line; its date is the release's, so that it is the same whenever it is built.
std::string title(std::string_view name, int section);
std::string section(std::string_view name);
std::string subsection(std::string_view name);

/// A term, already in roff, and what it means, in plain words.
std::string item(std::string_view term, std::string_view meaning);

/// Plain text: lines that begin with two spaces stay as they are, others are filled, and a blank
/// one ends a paragraph.
std::string prose(std::string_view text);

}  // namespace certferry::cli::roff
