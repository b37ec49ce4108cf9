// AWS Certificate Manager in the account's region.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/bundle.h"
#include "ports/provider.h"
#include "providers/aws/account.h"

namespace certferry {

/// What is known of a certificate by its ARN.
struct AwsCertificate {
  std::vector<std::string> names;  ///< canonical, all of them
  KeyType::Algorithm algorithm = KeyType::Algorithm::kOther;
  Time not_after{};
  std::string label;  ///< where it has one of ours
};

/// Lifetime: the account outlives it and its tasks.
class AwsAcm {
 public:
  explicit AwsAcm(AwsAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  Task<void> remove(std::string stored_id);
  /// By ARN, of those that are in ACM; what is in another store is none of them.
  Task<std::map<std::string, AwsCertificate>> certificates_of(std::set<std::string> arns,
                                                              std::string doing);

 private:
  Task<std::vector<nlohmann::json>> summaries(std::string doing);
  /// By ARN, of all that have one; of some that are gone as well.
  Task<std::map<std::string, std::string>> labels(std::string doing);

  AwsAccount& account_;
};

}  // namespace certferry
