// Manual pages, written from what the program knows, so that they say what it does.
#pragma once

#include <string>
#include <string_view>

#include "cli/command_tree.h"

namespace certferry::cli {

/// certferry(1), from the definition of the command line.
std::string manual_of_commands(const CommandTree& tree);

/// certferry.yaml(5), from the JSON Schema of the configuration (config/schema.h).
std::string manual_of_configuration(std::string_view schema);

}  // namespace certferry::cli
