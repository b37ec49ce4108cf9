// Volcengine's certificate centre, which its products share.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class VolcengineCenter {
 public:
  /// `project`: the resource project that uploads go to; empty: the account's default.
  VolcengineCenter(VolcengineAccount& account, std::string project)
      : account_(account), project_(std::move(project)) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);

 private:
  VolcengineAccount& account_;
  std::string project_;
};

}  // namespace certferry
