// A configuration file's text as typed settings.
#pragma once

#include <string>
#include <vector>

#include "config/catalogue.h"
#include "config/settings.h"

namespace certferry {

struct ParsedSettings {
  Settings settings;            ///< to be used only when ok()
  std::vector<Error> problems;  ///< all of them, in the file's order

  bool ok() const { return problems.empty(); }
};

/// Reads and checks the whole file; nothing but the text is looked at.
///
/// `file_name` goes in front of every problem: "certferry.yaml:12:5: unknown key 'acess_key' in
/// account 'doge'; did you mean 'access_key'?". Secrets are references here; secrets.h fetches
/// them. Codes: `config.parse`, `.type`, `.missing`, `.unknown_key`, `.duplicate`, `.range`,
/// `.reference` (an account, provider, product or source that is not there) and `.insecure`.
ParsedSettings parse_settings(std::string text, std::string file_name, const Catalogue& catalogue);

}  // namespace certferry
