// Baidu AI Cloud's certificate management, which its products share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/baiducloud/account.h"

namespace certferry {

/// Which certificates resources have, by the resource's id in lower case; several with blanks
/// between.
using BaiduCloudUses = std::map<std::string, std::string>;

/// Lifetime: the account outlives it and its tasks.
class BaiduCloudCertificates {
 public:
  explicit BaiduCloudCertificates(BaiduCloudAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<BaiduCloudUses> list_uses();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Asks the service itself before who uses the certificate, load balancers included.
  Task<void> remove(std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> list_details(std::string doing);

  BaiduCloudAccount& account_;
};

}  // namespace certferry
