// One Gcore account: its certificate store, and the products that serve from it.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/gcore/account.h"
#include "providers/gcore/cdn.h"
#include "providers/gcore/certificates.h"

namespace certferry {

/// Throws, beside what GcoreAccount throws: unsupported for a product that it does not have.
/// Lifetime: the client outlives the account.
class Gcore : public Provider {
 public:
  Gcore(GcoreConfig config, HttpClient& http) : account_(std::move(config), http) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  GcoreAccount account_;
  GcoreCertificates certificates_{account_};
  GcoreCdn cdn_{account_};
};

}  // namespace certferry
