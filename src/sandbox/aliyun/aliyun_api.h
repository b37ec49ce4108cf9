// Alibaba Cloud's CAS, CDN, DCDN, Live, VOD, ESA and OSS, over a World whose domains belong to one
// of them.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, nonces, names and pages, as documents and SDKs show them; error codes are those of the
// documents where they stand there. Sources: the documents that providers/aliyun/metadata.cpp
// names,
// @alicloud/cas20200407, @alicloud/cdn20180510, @alicloud/dcdn20180115.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sandbox/aliyun/acs3.h"
#include "sandbox/aliyun/aliyun_calls.h"
#include "sandbox/aliyun/oss.h"
#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct AliyunOptions {
  AliyunCredentials credentials;
  std::string region = "cn-hangzhou";  ///< of the certificate store
  milliseconds list_lag{};             ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};   ///< "cdn:DescribeUserDomains"
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class AliyunApi final : public Api {
 public:
  AliyunApi(AliyunOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }

 private:
  void count(const AliyunRequest& call);
  std::optional<AliyunRefusal> refuse(const Request& request, const AliyunRequest& call);
  AliyunAnswer run(const AliyunRequest& call, milliseconds view_age);
  AliyunAnswer apply(const AliyunRequest& call, const Fault& fault);
  Reply reply_to(const AliyunAnswer& answer, bool with_request_id = true);
  Reply spoil(const Fault& fault, Reply reply);
  Reply handle_oss(const Request& request);
  OssAnswer run_oss(const OssRequest& call, milliseconds view_age);
  OssAnswer apply_oss(const OssRequest& call, const Fault& fault);
  Reply spoil_oss(const Fault& fault, Reply reply);
  Reply oss_reply(const OssAnswer& answer, bool with_request_id = true);

  AliyunOptions options_;
  World& world_;
  Faults& faults_;
  Acs3Check signatures_;
  std::uint64_t next_request_ = 1;
};

}  // namespace certferry::sandbox
