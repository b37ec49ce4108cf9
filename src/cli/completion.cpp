#include "cli/completion.h"

namespace certferry::cli {

std::optional<Shell> shell_of(std::string_view name) {
  if (name == "bash") return Shell::kBash;
  if (name == "zsh") return Shell::kZsh;
  if (name == "fish") return Shell::kFish;
  return std::nullopt;
}

std::string completion_script(const CommandTree& tree, Shell shell) {
  switch (shell) {
    case Shell::kBash:
      return detail::bash_completion(tree);
    case Shell::kZsh:
      return detail::zsh_completion(tree);
    case Shell::kFish:
      return detail::fish_completion(tree);
  }
  return {};
}

std::string detail::shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char one : text) out += one == '\'' ? std::string(R"('\'')") : std::string(1, one);
  return out + "'";
}

}  // namespace certferry::cli
