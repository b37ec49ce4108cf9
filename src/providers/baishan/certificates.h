// BaishanCloud's certificates: a store with ids and names.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/baishan/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class BaishanCertificates {
 public:
  explicit BaishanCertificates(BaishanAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);

 private:
  BaishanAccount& account_;
};

}  // namespace certferry
