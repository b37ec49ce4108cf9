// One account at JD Cloud: its SSL certificates, CDN, which serves from them, and Live and VOD,
// which take copies of them.
#pragma once

#include <string>
#include <vector>

#include "providers/jdcloud/account.h"
#include "providers/jdcloud/cdn.h"
#include "providers/jdcloud/certificates.h"
#include "providers/jdcloud/live.h"
#include "providers/jdcloud/vod.h"

namespace certferry {

/// Throws, beside what JdcloudAccount throws: unsupported for a product that it does not have.
/// Lifetime: client, clock and random outlive the account.
class Jdcloud : public Provider {
 public:
  Jdcloud(JdcloudConfig config, HttpClient& http, const Clock& clock, Random& random)
      : account_(std::move(config), http, clock, random) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// CDN is asked before, and the store itself, which knows of load balancers as well; a copy at a
  /// domain of Live or VOD stays.
  Task<void> remove(std::string stored_id) override;

 private:
  JdcloudAccount account_;
  JdcloudCertificates certificates_{account_};
  JdcloudCdn cdn_{account_};
  JdcloudLive live_{account_};
  JdcloudVod vod_{account_};
};

}  // namespace certferry
