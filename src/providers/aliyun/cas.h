// Alibaba Cloud's certificate store, which its products share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/aliyun/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class AliyunCas {
 public:
  explicit AliyunCas(AliyunAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Does not ask whether anything uses it, and neither does the vendor.
  Task<void> remove(std::string stored_id);
  /// What the store calls it; asks only for one that neither a list nor an upload has named.
  /// Throws also: not_found `vendor.not_found`.
  Task<std::string> name_of(std::string stored_id);
  /// The ids by name as the store has them now; names are unique.
  Task<std::map<std::string, std::string>> ids_by_name();

 private:
  AliyunAccount& account_;
  std::map<std::string, std::string> names_;  ///< by id
};

}  // namespace certferry
