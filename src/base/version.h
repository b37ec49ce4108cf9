#pragma once

#include <string_view>

#include "base/time.h"

namespace certferry {

/// The project's version, from CMakeLists.txt.
inline constexpr std::string_view kVersion = CERTFERRY_VERSION;

/// When this version was made, set by hand with it: a clock that shows less is wrong.
inline constexpr Time kReleased = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

}  // namespace certferry
