// Bugs that are put in on purpose, to see that the simulator finds them.
#pragma once

#include <string>
#include <string_view>

namespace certferry {

#ifdef CERTFERRY_PLANTED

/// The one that is switched on, for the whole process; empty: none.
inline std::string planted_bug;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

inline bool planted(std::string_view name) {
  return planted_bug == name;
}

#else

/// In every ordinary build: never, so that the compiler drops the bug.
constexpr bool planted(std::string_view /*name*/) {
  return false;
}

#endif

}  // namespace certferry
