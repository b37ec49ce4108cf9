// Wangsu's certificate store and CDN, and its CDN Pro, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, names, pages and the types of members. Codes of failures are not published: these are of
// our own making, with the statuses that HTTP has for them, but for some of CDN Pro's. Sources: the
// documents that providers/wangsu/metadata.cpp names, wangsu-sdk-go, clients.
#pragma once

#include "sandbox/vendor_api.h"
#include "sandbox/wangsu/cnc_check.h"
#include "sandbox/wangsu/wangsu_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct WangsuOptions {
  WangsuCredentials credentials;
  Secret api_key = {};      ///< of CDN Pro
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

extern template class VendorApi<WangsuRequest, WangsuAnswer, WangsuRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is "certificates", "upload", "delete",
/// "domains" or "bind"; of CDN Pro "hostnames", "hostname", "pro-certificates", "pro-certificate",
/// "update", "tasks", "task" or "deploy".
class WangsuApi final : public VendorApi<WangsuRequest, WangsuAnswer, WangsuRefusal> {
 public:
  WangsuApi(WangsuOptions options, World& world, Faults& faults);

  CdnPro& cdnpro() { return pro_; }

 private:
  WangsuRequest read(const Request& request) override;
  std::optional<WangsuRefusal> refuse(const Request& request, const WangsuRequest& call) override;
  WangsuAnswer run(const WangsuRequest& call, milliseconds view_age) override;
  WangsuAnswer pretend(const WangsuRequest& call) override;
  Reply reply_to(const WangsuRequest& call, const WangsuAnswer& answer) override;
  std::optional<WangsuAnswer> say_instead(const WangsuRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  WangsuOptions options_;
  CdnPro pro_;
};

}  // namespace certferry::sandbox
