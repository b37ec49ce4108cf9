// Gcore's CDN resources and their names.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/gcore/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class GcoreCdn {
 public:
  explicit GcoreCdn(GcoreAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Throws in_use when a resource refers to the certificate, whether it serves HTTPS or not.
  Task<void> require_unused(std::string stored_id);
  Task<void> bind(Binding binding, std::string stored_id, BundlePtr bundle);

 private:
  Task<std::vector<nlohmann::json>> resources(std::string doing);
  Task<std::string> edge_name();

  GcoreAccount& account_;
  std::string edge_name_;  ///< one for the whole account; empty: not asked for yet
};

}  // namespace certferry
