// Wangsu's certificate store, which says as well which domains use what is in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/wangsu/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class WangsuCertificates {
 public:
  explicit WangsuCertificates(WangsuAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  /// Which certificate each domain has, by the domain's canonical name.
  Task<std::map<std::string, std::string>> uses();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);

 private:
  /// Every entry, as the vendor writes it.
  Task<nlohmann::json> entries(std::string doing);

  WangsuAccount& account_;
};

}  // namespace certferry
