// JD Cloud's SSL certificate service, which its products share.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/jdcloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class JdcloudCertificates {
 public:
  explicit JdcloudCertificates(JdcloudAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Asks the service itself before who uses the certificate, load balancers included.
  Task<void> remove(std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> list_rows(std::string doing);
  /// Throws in_use; `reply.shape` when the service says nothing of who uses it.
  Task<void> refuse_used(std::string stored_id);

  JdcloudAccount& account_;
};

}  // namespace certferry
