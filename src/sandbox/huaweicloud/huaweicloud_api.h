// Huawei Cloud's SCM, CDN, WAF, ELB and OBS, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, ids of account and project, names, lengths, pages and the state of a domain, as documents
// and SDKs show them, and takes what is not sent of a block of settings for its default, which the
// vendor may or may not do. Error codes are those of the documents where they stand there. Sources:
// the documents that providers/huaweicloud/metadata.cpp names, huaweicloud-sdk-go-v3.
#pragma once

#include <set>
#include <string>

#include "sandbox/huaweicloud/huaweicloud_calls.h"
#include "sandbox/huaweicloud/obs.h"
#include "sandbox/huaweicloud/sdk_hmac.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct HuaweiCloudOptions {
  HuaweiCloudCredentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  milliseconds configuring{};         ///< how long a domain takes no other change after one
  std::set<std::string> denied = {};  ///< "cdn:configuration:queryDomains"
};

extern template class VendorApi<ObsRequest, ObsAnswer, HuaweiCloudRefusal>;

/// Of OBS, whose requests are signed for it.
///
/// Lifetime: all it refers to outlives it.
class ObsApi final : public VendorApi<ObsRequest, ObsAnswer, HuaweiCloudRefusal> {
 public:
  ObsApi(const HuaweiCloudOptions& options, World& world, Faults& faults, Api* front);

 private:
  ObsRequest read(const Request& request) override;
  std::optional<HuaweiCloudRefusal> refuse(const Request& request, const ObsRequest& call) override;
  ObsAnswer run(const ObsRequest& call, milliseconds view_age) override;
  ObsAnswer pretend(const ObsRequest& call) override;
  Reply reply_to(const ObsRequest& call, const ObsAnswer& answer) override;
  std::optional<ObsAnswer> say_instead(const ObsRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  const HuaweiCloudOptions& options_;
};

extern template class VendorApi<HuaweiCloudRequest, HuaweiCloudAnswer, HuaweiCloudRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the call's name in the documents.
class HuaweiCloudApi final
    : public VendorApi<HuaweiCloudRequest, HuaweiCloudAnswer, HuaweiCloudRefusal> {
 public:
  HuaweiCloudApi(HuaweiCloudOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }
  /// The settings of a domain beside its certificate; changed here they are as a person set them.
  HuaweiCloudHttps& https(const std::string& domain) { return state_.https[domain]; }
  /// The same of WAF's hosts and certificates.
  HuaweiCloudWaf& waf() { return state_.waf; }
  HuaweiCloudElb& elb() { return state_.elb; }

 private:
  HuaweiCloudRequest read(const Request& request) override;
  std::optional<HuaweiCloudRefusal> refuse(const Request& request,
                                           const HuaweiCloudRequest& call) override;
  HuaweiCloudAnswer run(const HuaweiCloudRequest& call, milliseconds view_age) override;
  HuaweiCloudAnswer pretend(const HuaweiCloudRequest& call) override;
  Reply reply_to(const HuaweiCloudRequest& call, const HuaweiCloudAnswer& answer) override;
  std::optional<HuaweiCloudAnswer> say_instead(const HuaweiCloudRequest& call,
                                               const Fault& fault) override;
  Reply without_code(Reply reply) override;

  HuaweiCloudOptions options_;
  HuaweiCloudState state_;
  ObsApi obs_;
};

}  // namespace certferry::sandbox
