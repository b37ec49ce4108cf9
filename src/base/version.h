#pragma once

#include <string_view>

namespace certferry {

/// The project's version, from CMakeLists.txt.
inline constexpr std::string_view kVersion = CERTFERRY_VERSION;

}  // namespace certferry
