// A notice as text of a length that a vendor takes.
#pragma once

#include <string>
#include <string_view>

#include "model/notice.h"

namespace certferry::notify {

/// In what a vendor counts its limit.
enum class Unit {
  kBytes,
  kCharacters,  ///< Unicode code points
  kUtf16,       ///< 16-bit units, of which an emoji takes two
};

/// At most so many; what is longer is cut at a character's edge and ends in "…".
std::string cut(std::string_view text, std::size_t most, Unit unit);

/// The text, and below it a line for each field: "account: doge".
std::string body_of(const Notice& notice);
/// Subject, an empty line, and the body: for channels without a title.
std::string whole_of(const Notice& notice);

}  // namespace certferry::notify
