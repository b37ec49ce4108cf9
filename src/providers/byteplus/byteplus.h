// One BytePlus account: its certificate centre as CDN shows it, and CDN.
#pragma once

#include <string>
#include <vector>

#include "providers/volcengine/account.h"
#include "providers/volcengine/cdn.h"

namespace certferry {

/// Throws, beside what VolcengineAccount throws: unsupported for a product that it does not have.
/// Lifetime: client and clock outlive the account.
class BytePlus : public Provider {
 public:
  BytePlus(VolcengineConfig config, HttpClient& http, const Clock& clock);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// CDN is asked before, so that the answer names who uses it; the vendor refuses it as well, and
  /// says that something does.
  Task<void> remove(std::string stored_id) override;

 private:
  VolcengineAccount account_;
  VolcengineCdn cdn_;
};

}  // namespace certferry
