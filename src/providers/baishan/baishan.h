// One BaishanCloud account: its certificate store, and the product that serves from it.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/baishan/account.h"
#include "providers/baishan/cdn.h"
#include "providers/baishan/certificates.h"

namespace certferry {

/// Throws, beside what BaishanAccount throws: unsupported for a product that it does not have.
/// Lifetime: the client outlives the account.
class Baishan : public Provider {
 public:
  Baishan(BaishanConfig config, HttpClient& http) : account_(std::move(config), http) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  BaishanAccount account_;
  BaishanCertificates certificates_{account_};
  BaishanCdn cdn_{account_};
};

}  // namespace certferry
