// One Huawei Cloud account: its certificate store, and the products that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/huaweicloud/account.h"
#include "providers/huaweicloud/cdn.h"
#include "providers/huaweicloud/elb.h"
#include "providers/huaweicloud/obs.h"
#include "providers/huaweicloud/scm.h"
#include "providers/huaweicloud/waf.h"

namespace certferry {

/// Throws, beside what HuaweiCloudAccount throws: unsupported for a product that it does not have,
/// and from the constructor invalid_input `provider.field` for a region without a certificate
/// store. Lifetime: client, clock and sleeper outlive the account.
class HuaweiCloud : public Provider {
 public:
  HuaweiCloud(HuaweiCloudConfig config,
              HttpClient& http,
              const Clock& clock,
              Sleeper* sleeper = nullptr);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// The vendor deletes what is in use as well, so CDN and OBS are asked before, and WAF and ELB
  /// where the account deploys to them, whose copies go first; and then the store.
  Task<void> remove(std::string stored_id) override;

 private:
  HuaweiCloudAccount account_;
  HuaweiCloudScm scm_{account_};
  HuaweiCloudCdn cdn_{account_};
  HuaweiCloudObs obs_;
  HuaweiCloudWaf waf_;
  HuaweiCloudElb elb_;
};

}  // namespace certferry
