// AWS Certificate Manager in the account's region.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "providers/aws/account.h"
#include "providers/aws/store.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class AwsAcm final : public AwsStore {
 public:
  explicit AwsAcm(AwsAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<void> remove(std::string stored_id) override;
  Task<std::map<std::string, AwsCertificate>> certificates_of(std::set<std::string> arns,
                                                              std::string doing) override;
  Task<std::map<std::string, std::string>> arns_of(std::set<std::string> ids,
                                                   std::string doing) override;
  Task<AwsViewerCertificate> viewer_certificate(std::string stored_id, std::string doing) override;

 private:
  Task<std::vector<nlohmann::json>> summaries(std::string doing);
  /// By ARN, of all that have one; of some that are gone as well.
  Task<std::map<std::string, std::string>> labels(std::string doing);

  AwsAccount& account_;
};

}  // namespace certferry
