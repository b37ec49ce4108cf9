// Running a program for its output.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace certferry {

struct CommandLimits {
  milliseconds deadline{};
  std::size_t output_bytes = 0;
  /// Names of environment variables that the program does not inherit.
  std::vector<std::string> hidden_variables;
  /// An error says the last words of the program's error output: for programs that see no secret.
  bool quotes_errors = false;
  /// What it has started outlives it when it ends by itself: it may be a server.
  bool may_leave_programs = false;
};

/// Runs a program and returns its standard output, byte for byte.
///
/// No shell; a name without '/' is looked up in PATH; standard input is empty, and error output is
/// dropped unless it is to be quoted. Runs in a process group of its own, which is killed when the
/// program has ended, at the deadline, or when it prints more than it may. Errors: invalid_input
/// `config.missing` (no such program), `config.reference` (exit status, signal), `config.range`
/// (too much output); timed_out `config.reference`.
Result<Secret> run_command(const std::vector<std::string>& arguments, CommandLimits limits);

}  // namespace certferry
