// JD Cloud's SSL certificates, CDN, Live and VOD, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// nonces, dates, pages, ids and the state of a domain, as documents and SDKs show them, and takes
// a redirect that is not sent for none; it deletes a certificate though a domain uses it, which the
// vendor may or may not do. Statuses are those of the documents where they stand there. Sources:
// the documents that providers/jdcloud/metadata.cpp names, jdcloud-sdk-js.
#pragma once

#include <set>
#include <string>

#include "sandbox/jdcloud/jdcloud2.h"
#include "sandbox/jdcloud/jdcloud_calls.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct JdcloudOptions {
  JdcloudCredentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  milliseconds configuring{};         ///< how long a domain takes no other change after one
  std::set<std::string> denied = {};  ///< "cdn:setHttpType"
};

extern template class VendorApi<JdcloudRequest, JdcloudAnswer, JdcloudRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the call's name in the documents,
/// the message of one with a code the vendor's status, a blank and what it says.
class JdcloudApi final : public VendorApi<JdcloudRequest, JdcloudAnswer, JdcloudRefusal> {
 public:
  JdcloudApi(JdcloudOptions options, World& world, Faults& faults);

  void deny(const std::string& permission) { options_.denied.insert(permission); }
  JdcloudState& state() { return state_; }

 private:
  JdcloudRequest read(const Request& request) override;
  std::optional<JdcloudRefusal> refuse(const Request& request, const JdcloudRequest& call) override;
  JdcloudAnswer run(const JdcloudRequest& call, milliseconds view_age) override;
  JdcloudAnswer pretend(const JdcloudRequest& call) override;
  Reply reply_to(const JdcloudRequest& call, const JdcloudAnswer& answer) override;
  std::optional<JdcloudAnswer> say_instead(const JdcloudRequest& call, const Fault& fault) override;
  Reply spoil(const JdcloudRequest& call, const Fault& fault, Reply reply) override;

  JdcloudOptions options_;
  JdcloudSignatures signatures_;
  JdcloudState state_;
};

}  // namespace certferry::sandbox
