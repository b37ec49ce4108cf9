// CTYun's certificate store, CDN, ICDN and AccessOne, over a World whose domains belong to one of
// the three.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, names, pages and members that a change may not have. The gateway's codes are the vendor's;
// those of the services behind it are not published, so the numbers are of our own making and the
// messages those that clients look for. Sources: the documents that providers/ctyun/metadata.cpp
// names, clients.
#pragma once

#include "sandbox/ctyun/ctyun_calls.h"
#include "sandbox/ctyun/eop_check.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct CtyunOptions {
  CtyunCredentials credentials;
  CtyunWall wall = CtyunWall::kBeijing;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
  milliseconds work{};      ///< how long a domain is at work after a change, and takes no other
};

extern template class VendorApi<CtyunRequest, CtyunAnswer, CtyunRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the call's path.
class CtyunApi final : public VendorApi<CtyunRequest, CtyunAnswer, CtyunRefusal> {
 public:
  CtyunApi(CtyunOptions options, World& world, Faults& faults);

  CtyunHttps& https_of(const std::string& domain) { return state_.https[domain]; }

 private:
  CtyunRequest read(const Request& request) override;
  std::optional<CtyunRefusal> refuse(const Request& request, const CtyunRequest& call) override;
  CtyunAnswer run(const CtyunRequest& call, milliseconds view_age) override;
  CtyunAnswer pretend(const CtyunRequest& call) override;
  void forget_settings(const CtyunRequest& call) override;
  Reply reply_to(const CtyunRequest& call, const CtyunAnswer& answer) override;
  std::optional<CtyunAnswer> say_instead(const CtyunRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  CtyunOptions options_;
  CtyunState state_;
};

}  // namespace certferry::sandbox
