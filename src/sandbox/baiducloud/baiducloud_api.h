// Baidu AI Cloud's certificate management and CDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, names, markers and settings, as documents and SDKs show them; takes what is not sent of a
// block of settings for its default; and deletes a certificate though a domain uses it, which the
// vendor may or may not do. Error codes are those of the documents where they stand there. Sources:
// the documents that providers/baiducloud/metadata.cpp names, bce-sdk-go.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sandbox/api.h"
#include "sandbox/baiducloud/baiducloud_calls.h"
#include "sandbox/baiducloud/bce_auth.h"
#include "sandbox/faults.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct BaiduCloudOptions {
  BaiduCloudCredentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  milliseconds operating{};           ///< for how long after a change a domain is OPERATING
  std::set<std::string> denied = {};  ///< "SetDomainHttps"
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the call's name in the Go client.
class BaiduCloudApi final : public Api {
 public:
  BaiduCloudApi(BaiduCloudOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  BaiduCloudState& state() { return state_; }

 private:
  void count(const BaiduCloudRequest& call);
  std::optional<BaiduCloudRefusal> refuse(const Request& request, const BaiduCloudRequest& call);
  BaiduCloudAnswer run(const BaiduCloudRequest& call, milliseconds view_age);
  BaiduCloudAnswer apply(const BaiduCloudRequest& call, const Fault& fault);
  Reply reply_to(const BaiduCloudAnswer& answer);
  Reply spoil(const Fault& fault, Reply reply);

  BaiduCloudOptions options_;
  World& world_;
  Faults& faults_;
  BaiduCloudState state_;
  std::uint64_t next_request_ = 1;
};

}  // namespace certferry::sandbox
