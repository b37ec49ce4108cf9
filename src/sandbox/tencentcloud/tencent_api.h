// Tencent Cloud's SSL Certificates, CDN, EdgeOne, Live, VOD, WAF, COS, CLB, Anti-DDoS and
// CloudBase, over a World whose domains belong to one of the products.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// times, parameters, pages and what is under way, as documents and SDK show them; error codes are
// those of the official Go SDK. Binds of all but Live are jobs of the world. Sources: the
// documents that providers/tencentcloud/metadata.cpp names, tencentcloud-sdk-nodejs 4.1.313.
#pragma once

#include <set>
#include <string>

#include "sandbox/tencentcloud/tc3.h"
#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct TencentOptions {
  TencentCredentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};  ///< "cdn:UpdateDomainConfig"
};

extern template class VendorApi<TencentRequest, TencentAnswer, TencentRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class TencentApi final : public VendorApi<TencentRequest, TencentAnswer, TencentRefusal> {
 public:
  TencentApi(TencentOptions options, World& world, Faults& faults);

  void deny(const std::string& permission) { options_.denied.insert(permission); }
  TencentState& state() { return state_; }

 private:
  TencentRequest read(const Request& request) override;
  std::optional<TencentRefusal> refuse(const Request& request, const TencentRequest& call) override;
  TencentAnswer run(const TencentRequest& call, milliseconds view_age) override;
  TencentAnswer pretend(const TencentRequest& call) override;
  Reply reply_to(const TencentRequest& call, const TencentAnswer& answer) override;
  std::optional<TencentAnswer> say_instead(const TencentRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  TencentOptions options_;
  TencentState state_;
};

}  // namespace certferry::sandbox
