// Custom hostnames of a SaaS zone, each of which has its certificate inside.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/cloudflare/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class CloudflareHostnames {
 public:
  explicit CloudflareHostnames(CloudflareAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Of each hostname that has one, under the hostname's id.
  Task<std::vector<StoredCertificate>> list_stored();
  Task<void> bind(Binding binding, BundlePtr bundle);

 private:
  Task<std::vector<nlohmann::json>> items(std::string doing);
  Task<nlohmann::json> find(Binding binding, std::string doing);

  CloudflareAccount& account_;
};

}  // namespace certferry
