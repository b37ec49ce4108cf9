// Bash has no descriptions: one function, with a table of what each option and argument takes.

#include "base/text.h"
#include "cli/completion.h"

namespace certferry::cli {

namespace {

// A call is read from its beginning: which command it is of, and whether another configuration was
// named, for that one knows the targets. Bash splits a word at "=", so `--config=F` comes in three.
constexpr const char* kBegin =
    R"script(# bash completion for certferry; written by 'certferry completion bash'

_certferry_targets() {
  command certferry "$@" status --output json 2> /dev/null |
    sed --quiet 's/^ *"target": "\([^"\\]*\)",\{0,1\}$/\1/p'
}

# Puts up what begins like the word at the cursor.
_certferry_offer() {
  local IFS=$'\n'
  COMPREPLY=($(compgen "$@" -- "$current"))
}

_certferry() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' word i configuration=()
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --*)
        [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))
        case $command:$word in
          )script";

constexpr const char* kReading = R"script()
            ((i++))
            [[ $word != --config ]] || ((i >= COMP_CWORD)) || configuration=(--config "${COMP_WORDS[i]}")
            ;;
        esac
        ;;
      -*) ;;
      *) command=${command:-$word} ;;
    esac
  done

  COMPREPLY=()
  case $command:$previous in
)script";

constexpr const char* kEnd = R"(  esac
}

complete -F _certferry certferry
)";

/// Puts up one kind of value; empty for one that nobody can guess.
std::string offer(const OptionInfo& of) {
  if (!of.choices.empty()) return "_certferry_offer -W $'" + join(of.choices, "\\n") + "'";
  if (of.value == "FILE") return "compopt -o filenames; _certferry_offer -f";
  if (of.value == "FOLDER") return "compopt -o filenames; _certferry_offer -d";
  if (of.value == "TARGET")
    return "_certferry_offer -W \"$(_certferry_targets \"${configuration[@]}\")\"";
  return {};
}

/// How a case names an option of a command; those of the program stand behind any.
std::string pattern(const std::string& command, const OptionInfo& option) {
  return (command.empty() ? "*" : command) + ":" + option.name;
}

std::string names(const std::vector<OptionInfo>& options, const std::vector<OptionInfo>& more) {
  std::vector<std::string> out;
  for (const OptionInfo& one : options) out.push_back(one.name);
  for (const OptionInfo& one : more) out.push_back(one.name);
  return "_certferry_offer -W $'" + join(out, "\\n") + "'";
}

std::string values_of(const std::string& command, const std::vector<OptionInfo>& options) {
  std::string out;
  for (const OptionInfo& option : options) {
    const std::string how = offer(option);
    if (!how.empty()) out += "    " + pattern(command, option) + ") " + how + " ;;\n";
  }
  return out;
}

std::vector<std::string> valued(const std::string& command,
                                const std::vector<OptionInfo>& options) {
  std::vector<std::string> out;
  for (const OptionInfo& one : options) {
    if (!one.value.empty()) out.push_back(pattern(command, one));
  }
  return out;
}

/// What stands where no option waits for its value: options behind a dash, else the argument.
std::string words_of(const CommandInfo& command, const CommandTree& tree) {
  const std::string options = names(command.options, tree.program.options);
  if (command.arguments.empty()) return "    " + command.name + ":*) " + options + " ;;\n";
  const std::string values = offer(command.arguments.front());
  std::string out = "    " + command.name + ":*)\n      if [[ $current == -* ]]; then\n";
  out += "        " + options + "\n";
  if (!values.empty()) out += "      else\n        " + values + "\n";
  return out + "      fi\n      ;;\n";
}

}  // namespace

std::string detail::bash_completion(const CommandTree& tree) {
  std::vector<std::string> all = valued("", tree.program.options);
  std::string choices = values_of("", tree.program.options);
  std::vector<OptionInfo> commands;
  for (const CommandInfo& command : tree.commands) {
    const auto more = valued(command.name, command.options);
    all.insert(all.end(), more.begin(), more.end());
    choices += values_of(command.name, command.options);
    commands.push_back({.name = command.name});
  }
  const std::string patterns = join(all, " | ");
  std::string out = std::string(kBegin) + patterns + kReading + choices;
  // A value that nobody can guess: nothing is put up, least of all a target.
  out += "    " + patterns + ") ;;\n";
  for (const CommandInfo& command : tree.commands) out += words_of(command, tree);
  out += "    :*) " + names(commands, tree.program.options) + " ;;\n";
  return out + kEnd;
}

}  // namespace certferry::cli
