// Qiniu's certificate store, which its products share.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/qiniu/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class QiniuCertificates {
 public:
  explicit QiniuCertificates(QiniuAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);

 private:
  QiniuAccount& account_;
};

}  // namespace certferry
