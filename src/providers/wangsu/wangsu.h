// One Wangsu account: its certificate store, and the domains that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/wangsu/account.h"
#include "providers/wangsu/cdn.h"
#include "providers/wangsu/certificates.h"

namespace certferry {

/// Throws, beside what WangsuAccount throws: unsupported for a product that it does not have.
/// Lifetime: client and clock outlive the account.
class Wangsu : public Provider {
 public:
  Wangsu(WangsuConfig config, HttpClient& http, const Clock& clock)
      : account_(std::move(config), http, clock) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  WangsuAccount account_;
  WangsuCertificates certificates_{account_};
  WangsuCdn cdn_{account_, certificates_};
};

}  // namespace certferry
