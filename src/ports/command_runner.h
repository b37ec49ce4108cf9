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
  /// An error says the last words that the program printed as its own: for programs that see no
  /// secret. Otherwise error output is dropped.
  bool quotes_errors = false;
  /// What it has started outlives it when it ends by itself: it may be a server. Otherwise that is
  /// ended with it.
  bool may_leave_programs = false;
};

/// Runs programs for their output, without a shell.
///
/// The program gets nothing to read and none of the environment's secrets. It is ended at the
/// deadline, and when it prints more than it may. Throws: invalid_input (no such program, exit
/// status, signal, too much output), timed_out. Lifetime: the runner outlives its tasks.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  /// Standard output, byte for byte.
  virtual Task<Secret> run(CommandRequest request) = 0;
};

}  // namespace certferry
