// Gcore's SSL certificates: a store with ids and names.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/gcore/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class GcoreCertificates {
 public:
  explicit GcoreCertificates(GcoreAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);

 private:
  GcoreAccount& account_;
};

}  // namespace certferry
