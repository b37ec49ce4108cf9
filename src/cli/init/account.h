// The account: which vendor, which keys, do they work, and what is there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/init/draft.h"
#include "cli/init/questions.h"
#include "cli/init/signals.h"
#include "cli/options.h"
#include "cli/runtime.h"
#include "model/target.h"
#include "ports/provider.h"

namespace certferry::cli {

/// A product that cannot be listed with these keys or settings, and why.
struct LeftOut {
  std::string product;
  Error why;
};

/// What an account has, by its own two lists.
struct AccountListing {
  std::map<std::string, std::vector<Binding>> domains;  ///< by product, in the vendor's order
  std::vector<LeftOut> left_out;                        ///< the other products
  std::set<std::string> paid;  ///< of those that are listed, where each bind costs money
  std::size_t stored = 0;
};

/// An account with its secrets, and what it has.
struct NewAccount {
  DraftAccount draft;
  std::map<std::string, Secret> secrets;  ///< by the field's key
  AccountListing listing;
};

/// Lists each product by itself: one that is refused (not opened, not allowed, not there with these
/// settings) is left out. Then what of the account is left is listed by a provider of `fresh`, as
/// the configuration will have it listed: some remember which products they were asked for.
/// Throws: what says that the keys are wrong or that nothing answers; the first refusal when no
/// product is left; what the list of certificates throws.
Task<AccountListing> list_account(std::unique_ptr<Provider> provider,
                                  std::function<std::unique_ptr<Provider>()> fresh);

/// Takes what flags, files and the environment give, asks for the rest where there is somebody to
/// ask (`questions` is null where there is not), and tries it with the vendor's lists, which change
/// nothing. Keys that are wrong are asked for again.
/// Throws: invalid_input `usage`, which names the flag that is missing; `config.*`; and what the
/// vendor's lists throw.
NewAccount set_up_account(const InitOptions& options,
                          EdgeParts& edge,
                          Signals& signals,
                          Questions* questions);

/// Where a certificate goes: what it covers now, or the names that are asked for. A product that is
/// paid for takes only names that are asked for and that no other product has. Error: not_found
/// `select.nothing`, invalid_input `usage`.
Result<std::vector<DraftTarget>> targets_for(const Certificate& leaf,
                                             const AccountListing& listing,
                                             const std::vector<std::string>& asked);

/// A line for each product that is not proposed, and why; empty when there is none.
std::string left_out_text(const AccountListing& listing);

/// A table of every domain: is it served, and which of the certificates covers it?
std::string domains_text(const AccountListing& listing,
                         const std::vector<DraftCertificate>& certificates,
                         const Style& style);

}  // namespace certferry::cli
