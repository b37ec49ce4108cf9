// One account at Baidu AI Cloud: certificate management, and CDN and load balancers, which serve
// from it.
#pragma once

#include <string>
#include <vector>

#include "providers/baiducloud/account.h"
#include "providers/baiducloud/blb.h"
#include "providers/baiducloud/cdn.h"
#include "providers/baiducloud/certificates.h"

namespace certferry {

/// Throws, beside what BaiduCloudAccount throws: unsupported for a product that it does not have.
/// Lifetime: client, clock and sleeper outlive the account.
class BaiduCloud : public Provider {
 public:
  BaiduCloud(BaiduCloudConfig config, HttpClient& http, const Clock& clock, Sleeper* sleeper)
      : account_(config, http, clock), blb_(account_, config.region, sleeper) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// CDN and BLB are asked before, and the store itself, which knows of other regions as well.
  Task<void> remove(std::string stored_id) override;

 private:
  BaiduCloudAccount account_;
  BaiduCloudCertificates certificates_{account_};
  BaiduCloudCdn cdn_{account_};
  BaiduCloudBlb blb_;
  bool cdn_listed_ = false;  ///< it is used, so that a refusal is none of a product that is not
};

}  // namespace certferry
