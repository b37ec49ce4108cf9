#pragma once

#include <exception>
#include <string>

namespace certferry::cli {

/// Reads the command line, runs the command and returns the exit status.
int run_program(int argc, char** argv);

/// What is said of an exception that no code expected: its type, and not its words, for those may
/// quote what was being read.
std::string bug_text(const std::exception& bug);

}  // namespace certferry::cli
