// One Wangsu account: its certificate store with the domains that serve from it, and CDN Pro, whose
// certificates are its own.
#pragma once

#include <string>
#include <vector>

#include "providers/wangsu/account.h"
#include "providers/wangsu/cdn.h"
#include "providers/wangsu/cdnpro.h"
#include "providers/wangsu/certificates.h"

namespace certferry {

/// Throws, beside what WangsuAccount throws: unsupported for a product that it does not have.
/// Lifetime: client, clock and sleeper outlive the account.
class Wangsu : public Provider {
 public:
  Wangsu(WangsuConfig config, HttpClient& http, const Clock& clock, Sleeper* sleeper)
      : account_(std::move(config), http, clock), pro_(account_, sleeper) {}

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
  WangsuCdnPro pro_;
  bool cdn_asked_ = false;  ///< of which products anybody wants to know
  bool pro_asked_ = false;
};

}  // namespace certferry
