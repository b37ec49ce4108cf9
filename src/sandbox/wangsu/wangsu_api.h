// Wangsu's certificate store and CDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, names, pages and the types of members. Codes of failures are not published: these are of
// our own making, with the statuses that HTTP has for them. Sources: the documents that
// providers/wangsu/metadata.cpp names, wangsu-sdk-go, clients.
#pragma once

#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/wangsu/cnc_check.h"
#include "sandbox/wangsu/wangsu_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct WangsuOptions {
  WangsuCredentials credentials;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

/// Lifetime: world and faults outlive it. A fault's endpoint is "certificates", "upload", "delete",
/// "domains" or "bind".
class WangsuApi final : public Api {
 public:
  WangsuApi(WangsuOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;

 private:
  void count(const WangsuRequest& call);
  std::optional<WangsuRefusal> refuse(const Request& request, const WangsuRequest& call);
  WangsuAnswer run(const WangsuRequest& call, milliseconds view_age);
  WangsuAnswer apply(const WangsuRequest& call, const Fault& fault);

  WangsuOptions options_;
  World& world_;
  Faults& faults_;
};

}  // namespace certferry::sandbox
