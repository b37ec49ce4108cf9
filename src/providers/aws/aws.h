// One AWS account: its certificates in ACM or IAM, and the products that serve them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/aws/account.h"
#include "providers/aws/cloudfront.h"
#include "providers/aws/elb.h"
#include "providers/aws/store.h"

namespace certferry {

/// Throws, beside what AwsAccount throws: unsupported for a product that it does not have, and for
/// CloudFront in an account whose certificates it does not take; from the constructor invalid_input
/// `provider.field` for a store or a path that is none. Lifetime: client and clock outlive it.
class Aws : public Provider {
 public:
  Aws(AwsConfig config, HttpClient& http, const Clock& clock);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  void check_product(const std::string& product) const;
  void check_cloudfront() const;
  /// Throws in_use.
  Task<void> require_unused(std::string stored_id);
  bool is_new(const std::string& stored_id) const;

  AwsConfig config_;
  AwsAccount account_;
  std::unique_ptr<AwsStore> store_;
  AwsCloudFront cloudfront_;
  AwsElb elb_;
  std::map<std::string, Time> uploaded_;  ///< when, by id
};

}  // namespace certferry
