// One Kingsoft Cloud account: the domains of its CDN.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ksyun/account.h"
#include "providers/ksyun/cdn.h"

namespace certferry {

/// Throws, beside what KsyunAccount throws: unsupported for a product that it does not have, and
/// for what takes a store. Lifetime: client and clock outlive the account.
class Ksyun : public Provider {
 public:
  Ksyun(KsyunConfig config, HttpClient& http, const Clock& clock)
      : account_(std::move(config), http, clock) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  KsyunAccount account_;
  KsyunCdn cdn_{account_};
};

}  // namespace certferry
