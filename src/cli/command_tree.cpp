#include "cli/command_tree.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace certferry::cli {

namespace {

/// CLI11 tells a value's kind and what checks it in one word: "TEXT:{text,json}".
void read_type(const std::string& type, OptionInfo& into) {
  const auto colon = type.find(':');
  into.value = type.substr(0, colon);
  const auto open = type.find('{');
  if (open == std::string::npos || !type.ends_with('}')) return;
  into.choices = split(type.substr(open + 1, type.size() - open - 2), ',');
}

OptionInfo read_option(const CLI::Option& option) {
  OptionInfo out{
      .help = option.get_description(),
      .default_value = option.get_default_str(),
      .required = option.get_required(),
      .repeats = option.get_items_expected_max() >= CLI::detail::expected_max_vector_size};
  out.name = option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
  if (option.get_items_expected_max() > 0) read_type(option.get_type_name(), out);
  return out;
}

CommandInfo read_command(const CLI::App& app) {
  CommandInfo out{
      .name = app.get_name(), .help = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    const bool said_once = app.get_parent() != nullptr && option == app.get_help_ptr();
    if (said_once || option == app.get_version_ptr()) continue;
    (option->get_positional() ? out.arguments : out.options).push_back(read_option(*option));
  }
  return out;
}

std::vector<CommandInfo> commands_of(const CLI::App& app);

/// A command, and those it has; their names stand where an argument would.
CommandInfo read_with_commands(const CLI::App& app) {
  CommandInfo out = read_command(app);
  out.commands = commands_of(app);
  if (out.commands.empty()) return out;
  OptionInfo which{.name = "command", .help = "", .value = "COMMAND", .required = true};
  for (const CommandInfo& one : out.commands) which.choices.push_back(one.name);
  out.arguments.insert(out.arguments.begin(), std::move(which));
  return out;
}

std::vector<CommandInfo> commands_of(const CLI::App& app) {
  std::vector<CommandInfo> out;
  const auto shown = [](const CLI::App* command) { return !command->get_group().empty(); };
  for (const CLI::App* command : app.get_subcommands(shown)) {
    out.push_back(read_with_commands(*command));
  }
  return out;
}

}  // namespace

CommandTree command_tree(const CLI::App& app) {
  return {.program = read_command(app), .commands = commands_of(app)};
}

}  // namespace certferry::cli
