// Domain names as content networks spell them.
#pragma once

#include <string>
#include <string_view>

namespace certferry {

/// The canonical form, where `.example.com` stands for `*.example.com`. A name that is none stays
/// under its own spelling in lower case, which no target ever matches.
std::string canonical_of_spelled(std::string_view spelled);

}  // namespace certferry
