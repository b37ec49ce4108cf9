// One zone at Cloudflare, and its products.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/cloudflare/account.h"
#include "providers/cloudflare/custom_hostnames.h"
#include "providers/cloudflare/zone.h"

namespace certferry {

/// Throws, beside what CloudflareAccount throws: unsupported for a product that it does not have,
/// and for what takes a store, which none of its products has.
/// Lifetime: client, clock and sleeper outlive the account. A null sleeper: a bind beside another
/// one does not wait for its turn.
class Cloudflare : public Provider {
 public:
  Cloudflare(CloudflareConfig config, HttpClient& http, const Clock& clock, Sleeper* sleeper)
      : account_(std::move(config), http), zone_(account_, clock, sleeper) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  /// What the product has; nothing, if nobody asks for its names and it may not be read.
  Task<std::vector<StoredCertificate>> list_stored_of(std::string product);

  CloudflareAccount account_;
  CloudflareHostnames hostnames_{account_};
  CloudflareZone zone_;
  std::set<std::string> asked_for_;  ///< products
};

}  // namespace certferry
