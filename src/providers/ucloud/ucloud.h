// One UCloud account: its certificate store, and the domains that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/ucloud/account.h"
#include "providers/ucloud/ucdn.h"
#include "providers/ucloud/ulb.h"
#include "providers/ucloud/us3.h"
#include "providers/ucloud/ussl.h"

namespace certferry {

/// Throws, beside what UcloudAccount throws: unsupported for a product that it does not have.
/// Lifetime: client and sleeper outlive the account; without a sleeper a bind at a load balancer
/// that finds another one at work is told so.
class Ucloud : public Provider {
 public:
  Ucloud(UcloudConfig config, HttpClient& http, Sleeper* sleeper = nullptr)
      : account_(std::move(config), http), ulb_(account_, ussl_, sleeper) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// Whether the vendor deletes what is in use is not known, so every product is asked before;
  /// those of a region where the account has one. ULB's copies of it go first.
  Task<void> remove(std::string stored_id) override;

 private:
  UcloudAccount account_;
  UcloudUssl ussl_{account_};
  UcloudUcdn ucdn_{account_, ussl_};
  UcloudUs3 us3_{account_, ussl_};
  UcloudUlb ulb_;
};

}  // namespace certferry
