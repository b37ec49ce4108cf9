// The domains of CTYun's AccessOne, and which certificate each is set to.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "providers/ctyun/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class CtyunAccessOne {
 public:
  explicit CtyunAccessOne(CtyunAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Makes a copy of the bundle in AccessOne's own list before, unless that has one of the name;
  /// reads the domain's settings, and sends them back with another certificate. Throws also:
  /// not_found when there is neither a copy nor a bundle to make one of.
  Task<void> bind(BindRequest request);
  /// Names and codes of all its domains. Throws also: in_use when one of them names the
  /// certificate, whether HTTPS is on or not.
  Task<std::set<std::pair<std::string, std::string>>> require_unused(std::string stored_id);

 private:
  /// The list, of which each row has a name.
  Task<std::vector<nlohmann::json>> rows();
  /// What a domain is set to; null when there is no such domain.
  Task<nlohmann::json> config_of(std::string domain);
  Task<void> ensure_copy(std::string stored_id, BundlePtr bundle, std::string doing);

  CtyunAccount& account_;
};

}  // namespace certferry
