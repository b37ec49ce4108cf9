#pragma once

namespace certferry::cli {

/// Reads the command line, runs the command and returns the exit status.
int run_program(int argc, char** argv);

}  // namespace certferry::cli
