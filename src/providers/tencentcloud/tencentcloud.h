// One Tencent Cloud account: its certificate store, and the products that serve from it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ports/sleeper.h"
#include "providers/tencentcloud/account.h"
#include "providers/tencentcloud/products.h"
#include "providers/tencentcloud/ssl.h"

namespace certferry {

/// Throws, beside what TencentAccount throws: unsupported for a product that it does not have, and
/// from the constructor invalid_input `provider.field` for a site or an application that is none.
/// Lifetime: client, clock and sleeper outlive the account.
class TencentCloud : public Provider {
 public:
  /// `sleeper` null: nobody waits for what comes of a delete.
  TencentCloud(TencentConfig config, HttpClient& http, const Clock& clock, Sleeper* sleeper);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// Every product is asked before, and then the vendor looks as well.
  Task<void> remove(std::string stored_id) override;

 private:
  TencentProduct& product_of(const std::string& id);
  Task<void> refuse_if_used(TencentProduct* product, std::string stored_id);

  TencentAccount account_;
  TencentSsl ssl_;
  std::vector<std::unique_ptr<TencentProduct>> products_;
  std::set<std::string, std::less<>> in_use_;  ///< products that somebody asked for the names of
};

}  // namespace certferry
