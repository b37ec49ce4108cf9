// Huawei Cloud's certificate store, which its products share.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/huaweicloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class HuaweiCloudScm {
 public:
  explicit HuaweiCloudScm(HuaweiCloudAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Throws in_use when the store says that a product has it; the delete itself asks nobody.
  Task<void> remove(std::string stored_id);

 private:
  HuaweiCloudAccount& account_;
};

}  // namespace certferry
