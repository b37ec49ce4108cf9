// AWS Certificate Manager in us-east-1, where CloudFront takes its certificates from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/aws/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class AwsAcm {
 public:
  explicit AwsAcm(AwsAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);

 private:
  /// By ARN, of all that have one; of some that are gone as well.
  Task<std::map<std::string, std::string>> labels(std::string doing);

  AwsAccount& account_;
};

}  // namespace certferry
