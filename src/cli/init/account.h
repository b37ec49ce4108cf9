// The account: which vendor, which keys, do they work, and what is there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/init/draft.h"
#include "cli/init/questions.h"
#include "cli/init/signals.h"
#include "cli/options.h"
#include "cli/runtime.h"
#include "model/target.h"

namespace certferry::cli {

/// What an account has, by its own two lists.
struct AccountListing {
  std::map<std::string, std::vector<Binding>> domains;  ///< by product, in the vendor's order
  std::size_t stored = 0;
};

/// An account with its secrets, and what it has.
struct NewAccount {
  DraftAccount draft;
  std::map<std::string, Secret> secrets;  ///< by the field's key
  AccountListing listing;
};

/// Takes what flags, files and the environment give, asks for the rest where there is somebody to
/// ask (`questions` is null where there is not), and tries it with the vendor's lists, which change
/// nothing. A refused key is asked for again.
/// Throws: invalid_input `usage`, which names the flag that is missing; `config.*`; and what the
/// vendor's lists throw.
NewAccount set_up_account(const InitOptions& options,
                          EdgeParts& edge,
                          Signals& signals,
                          Questions* questions);

/// Where a certificate goes: what it covers now, or the names that are asked for. Error: not_found
/// `select.nothing`, invalid_input `usage`.
Result<std::vector<DraftTarget>> targets_for(const Certificate& leaf,
                                             const AccountListing& listing,
                                             const std::vector<std::string>& asked);

/// A table of every domain: is it served, and which of the certificates covers it?
std::string domains_text(const AccountListing& listing,
                         const std::vector<DraftCertificate>& certificates,
                         const Style& style);

}  // namespace certferry::cli
