// Zsh's own _arguments reads the options; what it is told is one line an option.

#include "base/text.h"
#include "cli/completion.h"

namespace certferry::cli {

namespace {

constexpr const char* kBegin = R"script(#compdef certferry
# zsh completion for certferry; written by 'certferry completion zsh'

_certferry_targets() {
  local -a targets
  [[ -z ${opt_args[--config]} ]] || configuration=(--config ${(Q)opt_args[--config]})
  targets=(${(f)"$(command certferry $configuration status --output json 2> /dev/null |
    sed -n 's/^ *"target": "\([^"\\]*\)",\{0,1\}$/\1/p')"})
  compadd -a targets
}

_certferry() {
  local curcontext=$curcontext state
  local -a line commands every configuration
  local -A opt_args
)script";

/// Text inside brackets or before a colon, where these have a meaning.
std::string plain(std::string_view text) {
  std::string out;
  for (const char one : text) {
    if (std::string_view("[]:\\").contains(one)) out += '\\';
    out += one;
  }
  return out;
}

std::string action(const OptionInfo& of) {
  if (!of.choices.empty()) return "(" + join(of.choices, " ") + ")";
  if (of.value == "FILE") return "_files";
  if (of.value == "FOLDER") return "_files -/";
  if (of.value == "TARGET") return "_certferry_targets";
  return " ";  // a value that nobody can guess
}

std::string option_line(const OptionInfo& option) {
  std::string out = (option.repeats ? "*" : "") + option.name;
  if (!option.value.empty()) out += "=";
  out += "[" + plain(option.help) + "]";
  if (!option.value.empty()) out += ":" + plain(option.value) + ":" + action(option);
  return detail::shell_quoted(out);
}

std::string argument_line(const OptionInfo& argument) {
  const std::string place = argument.repeats ? "*" : argument.required ? "1" : "1:";
  return detail::shell_quoted(place + ":" + plain(argument.name) + ":" + action(argument));
}

std::string command_case(const CommandInfo& command) {
  std::string out = "        " + command.name + ") _arguments $every";
  for (const OptionInfo& one : command.options) out += " \\\n          " + option_line(one);
  for (const OptionInfo& one : command.arguments) out += " \\\n          " + argument_line(one);
  return out + " ;;\n";
}

}  // namespace

std::string detail::zsh_completion(const CommandTree& tree) {
  std::string out = std::string(kBegin) + "  every=(\n";
  for (const OptionInfo& one : tree.program.options) out += "    " + option_line(one) + "\n";
  out += "  )\n  commands=(\n";
  for (const CommandInfo& one : tree.commands) {
    out += "    " + shell_quoted(one.name + ":" + plain(one.help)) + "\n";
  }
  out += "  )\n  _arguments -C $every '1:command:->command' '*::argument:->argument' && return\n";
  // What stands before the command is forgotten once the command's own options are read.
  out += "  [[ -z ${opt_args[--config]} ]] || configuration=(--config ${(Q)opt_args[--config]})\n";
  out += "  case $state in\n    command) _describe -t commands command commands ;;\n";
  out += "    argument)\n      case $line[1] in\n";
  for (const CommandInfo& one : tree.commands) out += command_case(one);
  return out + "      esac\n      ;;\n  esac\n}\n\n_certferry \"$@\"\n";
}

}  // namespace certferry::cli
