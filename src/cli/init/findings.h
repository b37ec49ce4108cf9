// What is on this machine: certificates that something renews.
#pragma once

#include <string>
#include <vector>

#include "cli/init/signals.h"
#include "cli/options.h"
#include "cli/runtime.h"
#include "cli/terminal.h"
#include "sources/search.h"

namespace certferry::cli {

/// A finding, read as its source reads it.
struct FoundCertificate {
  Finding finding;
  std::string where;  ///< "1Panel site example.com (/opt/1panel/www/sites/example.com/ssl)"
  BundlePtr bundle;   ///< none when it cannot be read
  std::optional<Error> error;
};

struct Found {
  std::vector<FoundCertificate> certificates;
  std::vector<std::string> closed;  ///< places that this user may not look at
};

/// Looks at the usual places, and at the folders that a person names, and reads what is there.
/// Throws: invalid_input `usage` when a folder that is named is no absolute path.
Found find_on_this_machine(const InitOptions& options, EdgeParts& edge, Signals& signals);

/// A table of all, those that can be used numbered, and what is wrong with the others below it.
std::string found_text(const Found& found, Time now, const Style& style);

/// Those that can be used, by their place in the list.
std::vector<std::size_t> usable(const Found& found);

/// The usable one that a person means: by a name it is for, by the name its tool has for it, or
/// with the kind in front ("certbot:example.com"). Error: invalid_input `usage`.
Result<std::size_t> the_certificate(const Found& found, const std::string& asked);

}  // namespace certferry::cli
