// CTYun's certificate store, CDN, ICDN and AccessOne, over a World whose domains belong to one of
// the three.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, names, pages and members that a change may not have. The gateway's codes are the vendor's;
// those of the services behind it are not published, so the numbers are of our own making and the
// messages those that clients look for. Sources: the documents that providers/ctyun/metadata.cpp
// names, clients.
#pragma once

#include <cstdint>

#include "sandbox/api.h"
#include "sandbox/ctyun/ctyun_calls.h"
#include "sandbox/ctyun/eop_check.h"
#include "sandbox/faults.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct CtyunOptions {
  CtyunCredentials credentials;
  CtyunWall wall = CtyunWall::kBeijing;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
  milliseconds work{};      ///< how long a domain is at work after a change, and takes no other
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the call's path.
class CtyunApi final : public Api {
 public:
  CtyunApi(CtyunOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  CtyunHttps& https_of(const std::string& domain) { return state_.https[domain]; }

 private:
  void count(const CtyunRequest& call);
  std::optional<CtyunRefusal> refuse(const Request& request, const CtyunRequest& call);
  CtyunAnswer run(const CtyunRequest& call, milliseconds view_age);
  CtyunAnswer apply(const CtyunRequest& call, const Fault& fault);
  Reply reply_to(const CtyunAnswer& answer);
  Reply spoil(const Fault& fault, Reply reply);

  CtyunOptions options_;
  World& world_;
  Faults& faults_;
  CtyunState state_;
  std::uint64_t next_request_ = 1;
};

}  // namespace certferry::sandbox
