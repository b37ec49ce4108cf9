// Fetching what the configuration only refers to.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "config/settings.h"

namespace certferry {

struct SecretLimits {
  milliseconds command_deadline = seconds(10);
  /// Environment variables that a command does not get to see.
  std::vector<std::string> hidden_variables;
};

/// The environment variables that hold secrets: a command that gives one needs no other.
std::vector<std::string> secret_variables(const Settings& settings);

/// Fetches one secret: at most 64 KiB, one line, without its line end.
///
/// A file must belong to us or root and be closed to everybody else; that is checked on what was
/// opened, so it cannot be exchanged in between, and a link at its end is not followed. A command
/// runs without a shell, with nothing to read, and is killed with its children at the deadline;
/// its error output is dropped, since it may repeat the secret. Blocks for at most the deadline.
/// Errors never hold the value: `config.missing` (variable, file, credential or program is not
/// there, or empty), `config.insecure` (others may read the file), `config.range` (more than one
/// line, NUL, too long), `config.reference` (it could not be read, or the command failed).
Result<Secret> resolve_secret(const SecretReference& reference, SecretLimits limits = {});

}  // namespace certferry
