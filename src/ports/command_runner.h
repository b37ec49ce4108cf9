#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "ports/task.h"

namespace certferry {

struct CommandRequest {
  std::vector<std::string> arguments;  ///< the program first; a name without '/' is found by PATH
  milliseconds deadline = seconds(30);
  std::size_t output_bytes_max = 0;
};

/// Runs programs for their output, without a shell.
///
/// The program gets nothing to read, none of the environment's secrets, and its error output is
/// dropped. It is ended at the deadline, and when it prints more than it may.
/// Throws: invalid_input (no such program, exit status, signal, too much output), timed_out.
/// Lifetime: the runner outlives its tasks.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  /// Standard output, byte for byte.
  virtual Task<Secret> run(CommandRequest request) = 0;
};

}  // namespace certferry
