// One zone at Cloudflare, and its products.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/cloudflare/account.h"
#include "providers/cloudflare/custom_hostnames.h"

namespace certferry {

/// Throws, beside what CloudflareAccount throws: unsupported for a product that it does not have,
/// and for what takes a store, which none of its products has.
/// Lifetime: the client outlives the account.
class Cloudflare : public Provider {
 public:
  Cloudflare(CloudflareConfig config, HttpClient& http) : account_(std::move(config), http) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  CloudflareAccount account_;
  CloudflareHostnames hostnames_{account_};
};

}  // namespace certferry
