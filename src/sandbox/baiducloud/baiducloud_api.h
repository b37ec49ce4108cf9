// Baidu AI Cloud's certificate management and CDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, names, markers and settings, as documents and SDKs show them; takes what is not sent of a
// block of settings for its default; and deletes a certificate though a domain uses it, which the
// vendor may or may not do. Error codes are those of the documents where they stand there. Sources:
// the documents that providers/baiducloud/metadata.cpp names, bce-sdk-go.
#pragma once

#include <set>
#include <string>

#include "sandbox/baiducloud/baiducloud_calls.h"
#include "sandbox/baiducloud/bce_auth.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct BaiduCloudOptions {
  BaiduCloudCredentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  milliseconds operating{};           ///< for how long after a change a domain is OPERATING
  std::set<std::string> denied = {};  ///< "SetDomainHttps"
};

extern template class VendorApi<BaiduCloudRequest, BaiduCloudAnswer, BaiduCloudRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the call's name in the Go client.
class BaiduCloudApi final
    : public VendorApi<BaiduCloudRequest, BaiduCloudAnswer, BaiduCloudRefusal> {
 public:
  BaiduCloudApi(BaiduCloudOptions options, World& world, Faults& faults);

  BaiduCloudState& state() { return state_; }

 private:
  BaiduCloudRequest read(const Request& request) override;
  std::optional<BaiduCloudRefusal> refuse(const Request& request,
                                          const BaiduCloudRequest& call) override;
  BaiduCloudAnswer run(const BaiduCloudRequest& call, milliseconds view_age) override;
  BaiduCloudAnswer pretend(const BaiduCloudRequest& call) override;
  Reply reply_to(const BaiduCloudRequest& call, const BaiduCloudAnswer& answer) override;
  std::optional<BaiduCloudAnswer> say_instead(const BaiduCloudRequest& call,
                                              const Fault& fault) override;

  BaiduCloudOptions options_;
  BaiduCloudState state_;
};

}  // namespace certferry::sandbox
