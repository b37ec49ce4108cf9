// What somebody else says, in our errors.
#pragma once

#include <string>
#include <string_view>

namespace certferry {

/// A peer's words made fit for an error: printable, at most `limit` bytes, and cut at the first
/// thing that looks like a key, a signature or a token, whatever its encoding.
std::string quotable(std::string_view text, std::size_t limit = 200);

}  // namespace certferry
