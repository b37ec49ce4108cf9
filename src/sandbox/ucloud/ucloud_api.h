// UCloud's USSL and UCDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// pages, the areas of a domain and the two ways in which a change names a certificate. Codes are
// the vendor's where they are known, of our own making elsewhere. Sources: the documents that
// providers/ucloud/metadata.cpp names, ucloud-sdk-go, clients.
#pragma once

#include <cstdint>

#include "base/secret.h"
#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/ucloud/ucloud_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct UcloudCredentials {
  std::string public_key;
  Secret private_key;
};

struct UcloudOptions {
  UcloudCredentials credentials;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class UcloudApi final : public Api {
 public:
  UcloudApi(UcloudOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  /// "cn" unless it is told otherwise: "abroad" or "all".
  void serve_in(const std::string& domain, std::string area) { areas_[domain] = std::move(area); }

 private:
  void count(const UcloudRequest& call);
  std::optional<UcloudRefusal> refuse(const UcloudRequest& call);
  std::optional<UcloudRefusal> refuse_signature(const UcloudRequest& call) const;
  UcloudAnswer run(const UcloudRequest& call, milliseconds view_age);
  UcloudAnswer apply(const UcloudRequest& call, const Fault& fault);

  UcloudOptions options_;
  World& world_;
  Faults& faults_;
  UcloudAreas areas_;
};

}  // namespace certferry::sandbox
