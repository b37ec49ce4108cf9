// Alibaba Cloud's CAS with its deployment jobs, CDN, DCDN, Live, VOD, ESA, OSS, WAF and CLB, over a
// World whose domains belong to one of them.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, nonces, names and pages, as documents and SDKs show them; error codes are those of the
// documents where they stand there. Sources: the documents that providers/aliyun/metadata.cpp
// names, @alicloud/cas20200407, @alicloud/cdn20180510, @alicloud/dcdn20180115.
#pragma once

#include <set>
#include <string>

#include "sandbox/aliyun/acs3.h"
#include "sandbox/aliyun/aliyun_calls.h"
#include "sandbox/aliyun/clb.h"
#include "sandbox/aliyun/deploy.h"
#include "sandbox/aliyun/oss.h"
#include "sandbox/aliyun/waf.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct AliyunOptions {
  AliyunCredentials credentials;
  std::string region = "cn-hangzhou";  ///< of the certificate store
  milliseconds list_lag{};             ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};   ///< "cdn:DescribeUserDomains"
};

extern template class VendorApi<OssRequest, OssAnswer, AliyunRefusal>;

/// Of OSS, whose requests go to hosts of its own.
///
/// Lifetime: all it refers to outlives it.
class OssApi final : public VendorApi<OssRequest, OssAnswer, AliyunRefusal> {
 public:
  OssApi(const AliyunOptions& options, World& world, Faults& faults, Api* front);

 private:
  OssRequest read(const Request& request) override;
  std::optional<AliyunRefusal> refuse(const Request& request, const OssRequest& call) override;
  OssAnswer run(const OssRequest& call, milliseconds view_age) override;
  OssAnswer pretend(const OssRequest& call) override;
  Reply reply_to(const OssRequest& call, const OssAnswer& answer) override;
  std::optional<OssAnswer> say_instead(const OssRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;
  Reply spoil(const OssRequest& call, const Fault& fault, Reply reply) override;

  const AliyunOptions& options_;
};

extern template class VendorApi<AliyunRequest, AliyunAnswer, AliyunRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class AliyunApi final : public VendorApi<AliyunRequest, AliyunAnswer, AliyunRefusal> {
 public:
  AliyunApi(AliyunOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }
  AliyunWafState& waf() { return waf_; }
  AliyunClbState& clb() { return clb_; }
  AliyunDeployState& deploy() { return deploy_; }

 private:
  AliyunRequest read(const Request& request) override;
  std::optional<AliyunRefusal> refuse(const Request& request, const AliyunRequest& call) override;
  AliyunAnswer run(const AliyunRequest& call, milliseconds view_age) override;
  AliyunAnswer pretend(const AliyunRequest& call) override;
  Reply reply_to(const AliyunRequest& call, const AliyunAnswer& answer) override;
  std::optional<AliyunAnswer> say_instead(const AliyunRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  AliyunOptions options_;
  Acs3Check signatures_;
  OssApi oss_;
  AliyunWafState waf_{world_};
  AliyunClbState clb_{world_};
  AliyunDeployState deploy_{world_};
};

}  // namespace certferry::sandbox
