// CTYun's certificate store, which CDN and ICDN share.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ctyun/account.h"

namespace certferry {

/// How a certificate is known here: by its name, with what would move a cursor taken out of it.
std::string ctyun_stored_id(const std::string& name);

/// Lifetime: the account outlives it and its tasks.
class CtyunCertificates {
 public:
  explicit CtyunCertificates(CtyunAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Does not ask whether anything uses it.
  Task<void> remove(std::string stored_id);

 private:
  CtyunAccount& account_;
};

}  // namespace certferry
