// Cloudflare's API for one zone, over a World: its custom hostnames and its custom certificates.
//
// An independent witness for the adapter: the two share no code. It is strict about the token, the
// zone, pages, and what a change has to hold; what such a change leaves out is reset. Codes are
// those that the documents and other clients name, where they are known.
#pragma once

#include <string>

#include "base/secret.h"
#include "sandbox/cloudflare/cloudflare_calls.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct CloudflareOptions {
  std::string zone_id;
  Secret api_token;
  milliseconds list_lag{};  ///< lists show the zone as it was so long ago
};

extern template class VendorApi<CloudflareRequest, CloudflareAnswer, CloudflareRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is a CloudflareRequest's name.
class CloudflareApi final
    : public VendorApi<CloudflareRequest, CloudflareAnswer, CloudflareRefusal> {
 public:
  CloudflareApi(CloudflareOptions options, World& world, Faults& faults);

  /// The token may only read from here on.
  void allow_reads_only() { reads_only_ = true; }
  /// From here on it may not read DNS records, nor the zone itself.
  void forbid_records() { reads_records_ = false; }
  void forbid_zones() { reads_zones_ = false; }
  CloudflareState& state() { return state_; }

 private:
  CloudflareRequest read(const Request& request) override;
  std::optional<CloudflareRefusal> refuse(const Request& request,
                                          const CloudflareRequest& call) override;
  CloudflareAnswer run(const CloudflareRequest& call, milliseconds view_age) override;
  CloudflareAnswer pretend(const CloudflareRequest& call) override;
  void forget_settings(const CloudflareRequest& call) override;
  Reply reply_to(const CloudflareRequest& call, const CloudflareAnswer& answer) override;
  std::optional<CloudflareAnswer> say_instead(const CloudflareRequest& call,
                                              const Fault& fault) override;

  CloudflareOptions options_;
  CloudflareState state_;
  bool reads_only_ = false;
  bool reads_records_ = true;
  bool reads_zones_ = true;
};

}  // namespace certferry::sandbox
