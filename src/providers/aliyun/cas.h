// Alibaba Cloud's certificate store, which its products share.
#pragma once

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

 private:
  AliyunAccount& account_;
};

}  // namespace certferry
