// One Alibaba Cloud account: its certificate store, and the products that serve from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/aliyun/account.h"
#include "providers/aliyun/cas.h"
#include "providers/aliyun/clb.h"
#include "providers/aliyun/products.h"

namespace certferry {

/// Throws, beside what AliyunAccount throws: unsupported for a product that it does not have, and
/// from the constructor invalid_input `provider.field` for a region without a certificate store, or
/// of load balancers that is none.
/// Lifetime: client, clock, chance and sleeper outlive the account; what goes without a sleeper is
/// said at AliyunClb.
class Aliyun : public Provider {
 public:
  Aliyun(AliyunConfig config,
         HttpClient& http,
         const Clock& clock,
         Random& random,
         Sleeper* sleeper = nullptr);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  /// The vendor deletes what is in use as well, so every product is asked before. CLB's copies of
  /// it go first.
  Task<void> remove(std::string stored_id) override;

 private:
  AliyunProduct& product_of(const std::string& id);

  AliyunAccount account_;
  AliyunCas cas_{account_};
  std::vector<std::unique_ptr<AliyunProduct>> products_;
  AliyunClb* clb_ = nullptr;  ///< one of them
};

}  // namespace certferry
