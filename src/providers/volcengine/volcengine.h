// One Volcengine account: its certificate centre, and the products that serve from it.
#pragma once

#include <string>
#include <vector>

#include "providers/volcengine/account.h"
#include "providers/volcengine/balancers.h"
#include "providers/volcengine/cdn.h"
#include "providers/volcengine/center.h"
#include "providers/volcengine/dcdn.h"
#include "providers/volcengine/imagex.h"
#include "providers/volcengine/live.h"
#include "providers/volcengine/tos.h"
#include "providers/volcengine/vod.h"

namespace certferry {

/// Throws, beside what VolcengineAccount throws: unsupported for a product that it does not have,
/// and, when it is made, invalid_input `provider.field` for a region that is none.
/// Lifetime: client, clock and sleeper outlive the account. Without a sleeper nobody waits for what
/// comes of a bind to a load balancer.
class Volcengine : public Provider {
 public:
  Volcengine(VolcengineConfig config,
             std::string project,
             HttpClient& http,
             const Clock& clock,
             Sleeper* sleeper = nullptr);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// Every product is asked before, so that the answer names who uses it; the vendor refuses it as
  /// well, and says that something does. Live's copies of it go first.
  Task<void> remove(std::string stored_id) override;

 private:
  /// Null: the product is none of load balancers.
  VolcengineBalancers* balancers_of(std::string_view product);
  static Task<void> refuse_if_used(VolcengineBalancers* balancers,
                                   std::string title,
                                   std::string stored_id);

  VolcengineAccount account_;
  VolcengineCenter center_;
  VolcengineCdn cdn_{kVolcengineCdn, account_};
  VolcengineDcdn dcdn_{account_};
  VolcengineLive live_;
  VolcengineVod vod_{account_};
  VolcengineImagex imagex_{account_};
  VolcengineTos tos_;
  VolcengineBalancers clb_;
  VolcengineBalancers alb_;
};

}  // namespace certferry
