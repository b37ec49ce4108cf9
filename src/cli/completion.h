// Completion scripts for shells, written from the command line's definition.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/command_tree.h"

namespace certferry::cli {

enum class Shell { kBash, kZsh, kFish };

std::optional<Shell> shell_of(std::string_view name);

/// A script that completes commands, options, the values an option has, files, folders, and
/// targets.
///
/// Targets are asked of `certferry status` when they are wanted; when it cannot tell, as without
/// the right to read the state, none are offered and nothing is said.
std::string completion_script(const CommandTree& tree, Shell shell);

namespace detail {

std::string bash_completion(const CommandTree& tree);
std::string zsh_completion(const CommandTree& tree);
std::string fish_completion(const CommandTree& tree);

/// A word or sentence in single quotes, as bash and zsh read it.
std::string shell_quoted(std::string_view text);

}  // namespace detail

}  // namespace certferry::cli
