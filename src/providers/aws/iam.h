// IAM's server certificates, the store of regions without ACM and of CloudFront in China.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/aws/account.h"
#include "providers/aws/store.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class AwsIam final : public AwsStore {
 public:
  AwsIam(AwsAccount& account, std::string path) : account_(account), path_(std::move(path)) {}

  Task<std::vector<StoredCertificate>> list() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<void> remove(std::string stored_id) override;
  Task<std::map<std::string, AwsCertificate>> certificates_of(std::set<std::string> arns,
                                                              std::string doing) override;
  Task<std::map<std::string, std::string>> arns_of(std::set<std::string> ids,
                                                   std::string doing) override;
  Task<AwsViewerCertificate> viewer_certificate(std::string stored_id, std::string doing) override;

  /// One as a list has it.
  struct Entry {
    std::string id;  ///< of this certificate and no other, ever: "ASCACKCEVSQ6C2EXAMPLE"
    std::string arn;
    std::string name;
    std::string path;
    Time not_after{};
  };

 private:
  Task<std::vector<Entry>> entries(std::string doing);
  /// What the certificate is; nothing where it is gone, another one by now, or none.
  Task<std::optional<Certificate>> leaf_of(Entry entry, std::string doing);
  Task<std::string> adopt(Certificate leaf, std::string name, Error refused, std::string doing);
  void remember(const Entry& entry);

  AwsAccount& account_;
  std::string path_;
  std::map<std::string, std::string> ids_;     ///< by ARN, of what was listed or uploaded
  std::map<std::string, Certificate> leaves_;  ///< by id: what has one never changes
};

}  // namespace certferry
