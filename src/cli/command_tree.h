// What the command line takes, as values: what completions and manual pages are written from.
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace certferry::cli {

/// An option, or an argument that stands by its place.
struct OptionInfo {
  std::string name;  ///< "--config", or an argument's bare name
  std::string help;
  std::string value;  ///< the kind of its value, such as FILE or TARGET; empty: it takes none
  std::vector<std::string> choices;  ///< the only values there are; empty: any
  std::string default_value;
  bool required = false;
  bool repeats = false;
};

struct CommandInfo {
  std::string name;
  std::string help;
  std::string footer;  ///< what stands below its options: examples, how it may end
  std::vector<OptionInfo> options;
  std::vector<OptionInfo> arguments;
  /// Commands of its own; their names are then the choices of its first argument.
  std::vector<CommandInfo> commands;
};

struct CommandTree {
  CommandInfo program;  ///< its options are those of every command
  std::vector<CommandInfo> commands;
};

/// Reads what `program.cpp` has defined. Left out are hidden commands, `--version`, which is no
/// option of any command, and each command's `--help`, which is one of all.
CommandTree command_tree(const CLI::App& app);

}  // namespace certferry::cli
