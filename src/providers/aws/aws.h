// One AWS account: its certificates in ACM, and the products that serve them.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/aws/account.h"
#include "providers/aws/acm.h"
#include "providers/aws/cloudfront.h"
#include "providers/aws/elb.h"

namespace certferry {

/// Throws, beside what AwsAccount throws: unsupported for a product that it does not have, and for
/// CloudFront in an account of another region than its certificates are taken from.
/// Lifetime: client and clock outlive the account.
class Aws : public Provider {
 public:
  Aws(AwsConfig config, HttpClient& http, const Clock& clock)
      : account_(std::move(config), http, clock) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  void check_product(const std::string& product) const;

  AwsAccount account_;
  AwsAcm acm_{account_};
  AwsCloudFront cloudfront_{account_, acm_};
  AwsElb elb_{account_, acm_};
};

}  // namespace certferry
