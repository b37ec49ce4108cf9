// One UPYUN account: its certificate store, and the products that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/upyun/account.h"
#include "providers/upyun/cdn.h"
#include "providers/upyun/certificates.h"

namespace certferry {

/// Throws, beside what UpyunAccount throws: unsupported for a product that it does not have.
/// Lifetime: client and clock outlive the account.
class Upyun : public Provider {
 public:
  Upyun(UpyunConfig config, HttpClient& http, const Clock& clock)
      : account_(std::move(config), http, clock) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  /// The label is written nowhere, for there is no place for it.
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  UpyunAccount account_;
  UpyunCertificates certificates_{account_};
  UpyunCdn cdn_{account_, certificates_};
};

}  // namespace certferry
