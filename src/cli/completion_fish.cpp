// Fish takes one line for each thing that may be completed, and asks a function for targets.

#include "base/text.h"
#include "cli/completion.h"

namespace certferry::cli {

namespace {

constexpr const char* kBegin =
    R"script(# fish completion for certferry; written by 'certferry completion fish'

function __certferry_targets
    set --local configuration
    set --local words (commandline --tokenize --current-process --cut-at-cursor)
    for i in (seq (count $words))
        switch $words[$i]
            case --config
                set configuration --config $words[(math $i + 1)]
            case '--config=*'
                set configuration $words[$i]
        end
    end
    command certferry $configuration status --output json 2> /dev/null |
        string replace --filter --regex '^ *"target": "([^"\\\\]*)",?$' '$1'
end

complete --command certferry --no-files
)script";

/// In single quotes, where fish gives a meaning to quotes and backslashes.
std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char one : text) {
    if (one == '\'' || one == '\\') out += '\\';
    out += one;
  }
  return out + "'";
}

std::string values(const OptionInfo& of) {
  if (!of.choices.empty()) return " --arguments " + fish_quoted(join(of.choices, " "));
  if (of.value == "FILE") return " --force-files";
  if (of.value == "FOLDER") return " --arguments '(__fish_complete_directories)'";
  if (of.value == "TARGET") return " --arguments '(__certferry_targets)'";
  return {};
}

std::string line(const std::string& when, const std::string& what) {
  return "complete --command certferry" +
         (when.empty() ? "" : " --condition " + fish_quoted(when)) + what + "\n";
}

std::string option_line(const std::string& when, const OptionInfo& option) {
  std::string what = " --long-option " + option.name.substr(2);
  if (!option.value.empty()) {
    what += (option.value == "FILE" ? " --require-parameter" : " --exclusive") + values(option);
  }
  return line(when, what + " --description " + fish_quoted(option.help));
}

}  // namespace

std::string detail::fish_completion(const CommandTree& tree) {
  std::string out = kBegin;
  for (const OptionInfo& one : tree.program.options) out += option_line("", one);
  for (const CommandInfo& one : tree.commands) {
    out += line("__fish_use_subcommand",
                " --arguments " + one.name + " --description " + fish_quoted(one.help));
  }
  for (const CommandInfo& command : tree.commands) {
    const std::string when = "__fish_seen_subcommand_from " + command.name;
    for (const OptionInfo& one : command.options) out += option_line(when, one);
    for (const OptionInfo& one : command.arguments) {
      const std::string offered = values(one);
      if (!offered.empty()) out += line(when, offered);
    }
  }
  return out;
}

}  // namespace certferry::cli
