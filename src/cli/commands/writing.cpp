// completion, manual: what a package is made with. Hidden, for nobody types them by hand.

#include <cstdio>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/manual.h"
#include "cli/runtime.h"
#include "config/schema.h"
#include "providers/registry.h"

namespace certferry::cli {

namespace {

int print_text(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kAllWell;
}

/// The command line knows only that a vendor is wanted; which there are stands in the registry.
CommandTree with_vendors(CommandTree tree) {
  for (CommandInfo& command : tree.commands) {
    for (auto* words : {&command.arguments, &command.options}) {
      for (OptionInfo& word : *words) {
        if (word.value != "VENDOR") continue;
        for (const ProviderMetadata& one : provider_metadata()) word.choices.emplace_back(one.id);
      }
    }
  }
  return tree;
}

}  // namespace

int run_completion(const std::string& shell, const CommandTree& tree) {
  const std::optional<Shell> known = shell_of(shell);
  ASSERT(known.has_value());  // the command line takes no other
  return print_text(completion_script(with_vendors(tree), *known));
}

int run_manual(const std::string& page, const CommandTree& tree) {
  return print_text(page == "certferry" ? manual_of_commands(tree)
                                        : manual_of_configuration(json_schema(catalogue())));
}

}  // namespace certferry::cli
