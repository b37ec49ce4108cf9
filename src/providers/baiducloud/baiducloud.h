// One account at Baidu AI Cloud: certificate management, and CDN, which serves from it.
#pragma once

#include <string>
#include <vector>

#include "providers/baiducloud/account.h"
#include "providers/baiducloud/cdn.h"
#include "providers/baiducloud/certificates.h"

namespace certferry {

/// Throws, beside what BaiduCloudAccount throws: unsupported for a product that it does not have.
/// Lifetime: client and clock outlive the account.
class BaiduCloud : public Provider {
 public:
  BaiduCloud(BaiduCloudConfig config, HttpClient& http, const Clock& clock)
      : account_(std::move(config), http, clock) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// CDN is asked before, and the store itself, which knows of load balancers as well.
  Task<void> remove(std::string stored_id) override;

 private:
  BaiduCloudAccount account_;
  BaiduCloudCertificates certificates_{account_};
  BaiduCloudCdn cdn_{account_};
};

}  // namespace certferry
