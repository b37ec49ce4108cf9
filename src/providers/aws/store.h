// Where an account's certificates are kept, and what its services know them by.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/target.h"
#include "ports/task.h"

namespace certferry {

/// What is known of a certificate by its ARN.
struct AwsCertificate {
  std::vector<std::string> names;  ///< canonical, all of them
  KeyType::Algorithm algorithm = KeyType::Algorithm::kOther;
  Time not_after{};
  std::string label;  ///< where it has one of ours
};

/// How a distribution's settings name a certificate.
struct AwsViewerCertificate {
  std::string element;  ///< "ACMCertificateArn"
  std::string value;

  bool operator==(const AwsViewerCertificate&) const = default;
};

inline constexpr const char* kAwsOfAcm = "ACMCertificateArn";
inline constexpr const char* kAwsOfIam = "IAMCertificateId";

/// What is stored goes by its ARN. An account has one store.
class AwsStore {
 public:
  virtual ~AwsStore() = default;

  virtual Task<std::vector<StoredCertificate>> list() = 0;
  virtual Task<std::string> upload(BundlePtr bundle, std::string label) = 0;
  virtual Task<void> remove(std::string stored_id) = 0;
  /// By ARN, of those that are in it; what is in another store is none of them.
  virtual Task<std::map<std::string, AwsCertificate>> certificates_of(std::set<std::string> arns,
                                                                      std::string doing) = 0;
  /// ARNs by the ids that distributions have in their place, of those that are in it.
  virtual Task<std::map<std::string, std::string>> arns_of(std::set<std::string> ids,
                                                           std::string doing) = 0;
  /// Throws also: not_found, it has no such certificate, or none that it could name.
  virtual Task<AwsViewerCertificate> viewer_certificate(std::string stored_id,
                                                        std::string doing) = 0;
};

}  // namespace certferry
