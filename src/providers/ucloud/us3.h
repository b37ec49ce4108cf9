// The domains of the buckets of US3, and which certificate each has a copy of.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ucloud/account.h"
#include "providers/ucloud/ussl.h"

namespace certferry {

/// Lifetime: account and store outlive it and its tasks.
class UcloudUs3 {
 public:
  UcloudUs3(UcloudAccount& account, UcloudUssl& ussl) : account_(account), ussl_(ussl) {}

  /// Throws also: rejected when the account has no region.
  Task<std::vector<Binding>> list();
  /// Throws also: not_found `vendor.not_found` when a certificate is to be replaced and what is to
  /// replace it is not here.
  Task<void> bind(BindRequest request);

 private:
  struct Bucket {
    std::string name;
    std::string region;
    std::vector<std::string> domains = {};  ///< the account's own, as they are spelled there
  };
  /// A domain with the certificate that it has a copy of, as US3 shows it.
  struct Held {
    Binding binding;
    bool has = false;
    std::string certificate = {};  ///< what US3 calls it
    std::string leaf = {};         ///< the fingerprint; empty where it could not be read
  };

  Task<std::vector<Bucket>> list_buckets();
  Task<std::vector<Held>> list_names(Bucket bucket);
  /// Whether it was done: not when US3 says `unless`, by which it has decided nothing.
  Task<bool> send(UcloudCall call, std::string unless);

  UcloudAccount& account_;
  UcloudUssl& ussl_;
};

}  // namespace certferry
