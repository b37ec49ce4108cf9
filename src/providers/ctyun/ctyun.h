// One CTYun account: its certificate store, and the products that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/ctyun/accessone.h"
#include "providers/ctyun/account.h"
#include "providers/ctyun/certificates.h"
#include "providers/ctyun/domains.h"

namespace certferry {

/// Throws, beside what CtyunAccount throws: unsupported for a product that it does not have.
/// Lifetime: client, clock and chance outlive the account.
class Ctyun : public Provider {
 public:
  Ctyun(CtyunConfig config, HttpClient& http, const Clock& clock, Random& random);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// Whether the vendor deletes what is in use is not known, so every product is asked before.
  Task<void> remove(std::string stored_id) override;

 private:
  CtyunDomains& domains_of(const std::string& product);

  CtyunAccount account_;
  CtyunCertificates certificates_{account_};
  std::vector<CtyunDomains> products_;
  CtyunAccessOne accessone_{account_};
};

}  // namespace certferry
