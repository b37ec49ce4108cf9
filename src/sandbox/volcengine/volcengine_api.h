// The certificate centre, CDN, DCDN, Live, VOD, veImageX and TOS of Volcengine, or CDN of BytePlus,
// over a World.
//
// An independent witness for the adapters: they share no code. It is strict about signatures,
// scopes, dates, types and pages, as documents and SDKs show them; error codes are those of the
// documents and of other clients where they stand there. Sources: the documents that
// providers/volcengine/metadata.cpp and providers/byteplus/metadata.cpp name, @volcengine/openapi,
// volcengine-go-sdk.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/volcengine/hmac_check.h"
#include "sandbox/volcengine/volcengine_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct VolcengineOptions {
  VolcengineSite site = VolcengineSite::kVolcengine;
  VolcengineCredentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};  ///< "cdn:BatchDeployCert"
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name. A `kErrorCode`
/// with HTTP 200 at a bind is the domain's own failure inside of a success.
class VolcengineApi final : public Api {
 public:
  VolcengineApi(VolcengineOptions options, World& world, Faults& faults)
      : options_(std::move(options)), world_(world), faults_(faults) {}

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }
  VolcengineState& state() { return state_; }

 private:
  void count(const VolcengineRequest& call);
  std::optional<VolcengineRefusal> refuse(const Request& request, const VolcengineRequest& call);
  VolcengineAnswer run(const VolcengineRequest& call, milliseconds view_age);
  VolcengineAnswer apply(const VolcengineRequest& call, const Fault& fault);
  Reply reply_to(const VolcengineRequest& call, const VolcengineAnswer& answer);
  Reply spoil(const VolcengineRequest& call, const Fault& fault, Reply reply);
  Reply handle_tos(const Request& request);
  Reply tos_reply_to(const TosAnswer& answer);
  TosAnswer run_tos(const TosRequest& call, milliseconds view_age);
  Reply spoil_tos(const TosRequest& call, const Fault& fault);

  VolcengineOptions options_;
  World& world_;
  Faults& faults_;
  VolcengineState state_;
  std::uint64_t next_request_ = 1;
};

}  // namespace certferry::sandbox
