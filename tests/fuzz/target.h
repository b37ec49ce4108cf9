// What a fuzz target is: one function that is fed bytes, thousands of times a second.
//
// libFuzzer's main() calls it while fuzzing (scripts/fuzz), replay_main.cpp for each file of the
// corpus in every ordinary test run. entry.cpp stands between.
#pragma once

#include <string_view>

namespace certferry::fuzz {

/// Gives the bytes to the code under test and requires what must hold of its answer.
///
/// Whatever does not hold ends the process. The same bytes do the same each time.
void try_input(std::string_view bytes);

}  // namespace certferry::fuzz
