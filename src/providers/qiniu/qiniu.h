// One Qiniu account: its certificate store, and the products that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/qiniu/account.h"
#include "providers/qiniu/cdn.h"
#include "providers/qiniu/certificates.h"
#include "providers/qiniu/kodo.h"

namespace certferry {

/// Throws, beside what QiniuAccount throws: unsupported for a product that it does not have.
/// Lifetime: client and clock outlive the account.
class Qiniu : public Provider {
 public:
  Qiniu(QiniuConfig config, HttpClient& http, const Clock& clock)
      : account_(std::move(config), http, clock) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  QiniuAccount account_;
  QiniuCertificates certificates_{account_};
  QiniuCdn cdn_{account_};
  QiniuKodo kodo_{account_};
};

}  // namespace certferry
