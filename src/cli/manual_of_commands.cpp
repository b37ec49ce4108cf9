#include "base/text.h"
#include "cli/manual.h"
#include "cli/roff.h"

namespace certferry::cli {

namespace {

/// An argument as a call shows it: [name ...]
std::string call_part(const OptionInfo& argument) {
  const std::string shown = roff::italic(argument.name) + (argument.repeats ? " ..." : "");
  return argument.required ? shown : "[" + shown + "]";
}

std::string call_of(const CommandInfo& command) {
  std::string out = roff::bold("certferry " + command.name);
  for (const OptionInfo& option : command.options) {
    if (option.required) out += " " + roff::bold(option.name) + " " + roff::italic(option.value);
  }
  const bool more = command.options.size() > 0;
  if (more) out += " [" + roff::italic("options") + "]";
  for (const OptionInfo& argument : command.arguments) out += " " + call_part(argument);
  return out;
}

std::string meaning(const OptionInfo& option) {
  std::string out = option.help;
  if (!option.choices.empty() && !out.contains(option.choices.back()))
    out += "; one of " + join(option.choices, ", ");
  if (!option.default_value.empty()) out += " [" + option.default_value + "]";
  return out + (option.repeats && option.name.starts_with('-') ? "; may be repeated" : "");
}

std::string option_items(const std::vector<OptionInfo>& options) {
  std::string out;
  for (const OptionInfo& one : options) {
    const std::string value = one.value.empty() ? "" : " " + roff::italic(one.value);
    out += roff::item(roff::bold(one.name) + value, meaning(one));
  }
  return out;
}

/// The part of a command's footer that is its own: the options of every command stand above.
std::string own_footer(const std::string& footer) {
  const auto begin = footer.find("Examples:");
  return begin == std::string::npos ? footer : footer.substr(begin);
}

/// What it takes; a command that only has others stands there with each of these.
std::string command_section(CommandInfo command) {
  std::string parts;
  for (CommandInfo& inner : command.commands) {
    inner.name = command.name + " " + inner.name;
    parts += command_section(inner);
  }
  if (!parts.empty()) return parts;
  std::string out = roff::subsection(command.name) + call_of(command) + "\n.PP\n";
  out += roff::prose(command.help + ".");
  for (const OptionInfo& one : command.arguments)
    out += roff::item(roff::italic(one.name), meaning(one));
  return out + option_items(command.options) + ".PP\n" + roff::prose(own_footer(command.footer));
}

constexpr const char* kSecrets =
    "Variables that the configuration names by 'env:' are read. 'https_proxy' and 'no_proxy' are "
    "used for calls to vendors, unless an account has a 'proxy:'. 'CREDENTIALS_DIRECTORY', which "
    "systemd sets, is where 'credential:' looks. 'NO_COLOR' turns colours off.";

std::string files() {
  return roff::item(roff::italic("/etc/certferry/certferry.yaml"),
                    "The configuration; see certferry.yaml(5).") +
         roff::item(roff::italic("/var/lib/certferry/state.db"),
                    "What was uploaded where, and the journal; 'settings: state:' names another.") +
         roff::item(roff::italic("/usr/share/doc/certferry/examples"),
                    "A configuration to begin with.");
}

}  // namespace

std::string manual_of_commands(const CommandTree& tree) {
  std::string out = roff::title("certferry", 1) + roff::section("NAME");
  out += "certferry \\- brings renewed TLS certificates to where they are served\n";
  out += roff::section("SYNOPSIS") + roff::bold("certferry") + " [" + roff::italic("options") +
         "] " + roff::italic("command") + " ...\n";
  out += roff::section("DESCRIPTION") + roff::prose(tree.program.help);
  out += roff::section("OPTIONS OF EVERY COMMAND") + option_items(tree.program.options);
  out += roff::section("COMMANDS");
  for (const CommandInfo& command : tree.commands) out += command_section(command);
  out += roff::section("EXIT STATUS") + roff::prose(tree.program.footer);
  out += roff::section("ENVIRONMENT") + roff::prose(kSecrets);
  out += roff::section("FILES") + files();
  return out + roff::section("SEE ALSO") + ".BR certferry.yaml (5),\n.BR systemd.exec (5)\n";
}

}  // namespace certferry::cli
