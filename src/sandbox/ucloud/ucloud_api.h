// UCloud's USSL, UCDN, US3 and ULB, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// pages, regions, the areas of a domain and the ways in which changes name a certificate. Codes are
// the vendor's where they are known, of our own making elsewhere. Sources: the documents that
// providers/ucloud/metadata.cpp names, ucloud-sdk-go, clients.
#pragma once

#include "base/secret.h"
#include "sandbox/ucloud/ucloud_calls.h"
#include "sandbox/ucloud/ucloud_state.h"
#include "sandbox/vendor_api.h"
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

extern template class VendorApi<UcloudRequest, UcloudAnswer, UcloudRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class UcloudApi final : public VendorApi<UcloudRequest, UcloudAnswer, UcloudRefusal> {
 public:
  UcloudApi(UcloudOptions options, World& world, Faults& faults);

  /// "cn" unless it is told otherwise: "abroad" or "all".
  void serve_in(const std::string& domain, std::string area) {
    state_.areas[domain] = std::move(area);
  }
  /// How a load balancer serves the domain, until something is bound there.
  UcloudSeat& seat_of(const std::string& domain) { return state_.balancers.seat_of(domain); }

 private:
  UcloudRequest read(const Request& request) override;
  std::optional<UcloudRefusal> refuse(const Request& request, const UcloudRequest& call) override;
  UcloudAnswer run(const UcloudRequest& call, milliseconds view_age) override;
  UcloudAnswer pretend(const UcloudRequest& call) override;
  Reply reply_to(const UcloudRequest& call, const UcloudAnswer& answer) override;
  std::optional<UcloudAnswer> say_instead(const UcloudRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  std::optional<UcloudRefusal> refuse_signature(const UcloudRequest& call) const;

  UcloudOptions options_;
  UcloudState state_;
};

}  // namespace certferry::sandbox
