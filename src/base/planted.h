// Bugs that are put in on purpose, to see that the simulator finds them.
#pragma once

#include <string_view>

namespace certferry {

/// Whether the planted bug of this name is switched on.
///
/// Which of two bodies answers is decided when a program is linked: everywhere it is base's own,
/// which says never, so that the release's optimiser drops the bug; tests/sim/planted.cpp takes its
/// place in the program `certferry_planted` alone. The rest of both programs is the same objects.
bool planted(std::string_view name);

/// Whether this program can be given a bug.
bool plants_linked();

/// Switches one on, and all others off, for the whole process; empty: none.
void plant_bug(std::string_view name);

}  // namespace certferry
