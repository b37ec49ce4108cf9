// BaishanCloud's CDN: domains, and which certificate each has.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/baishan/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class BaishanCdn {
 public:
  explicit BaishanCdn(BaishanAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// What the vendor says of the domains: a list, in which those that it does not know are not.
  Task<nlohmann::json> configs_of(std::vector<std::string> domains, std::string doing);

  BaishanAccount& account_;
};

}  // namespace certferry
