// The certificate centre, CDN, DCDN, Live, VOD, veImageX, TOS, CLB and ALB of Volcengine, or CDN of
// BytePlus, over a World.
//
// An independent witness for the adapters: they share no code. It is strict about signatures,
// scopes, dates, types and pages, as documents and SDKs show them; error codes are those of the
// documents and of other clients where they stand there. Sources: the documents that
// providers/volcengine/metadata.cpp and providers/byteplus/metadata.cpp name, @volcengine/openapi,
// volcengine-go-sdk.
#pragma once

#include <set>
#include <string>

#include "sandbox/vendor_api.h"
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

extern template class VendorApi<TosRequest, TosAnswer, VolcengineRefusal>;

/// Of TOS, whose requests are signed for it.
///
/// Lifetime: all it refers to outlives it.
class TosApi final : public VendorApi<TosRequest, TosAnswer, VolcengineRefusal> {
 public:
  TosApi(const VolcengineOptions& options,
         TosProtocols& protocols,
         World& world,
         Faults& faults,
         Api* front);

 private:
  TosRequest read(const Request& request) override;
  std::optional<VolcengineRefusal> refuse(const Request& request, const TosRequest& call) override;
  TosAnswer run(const TosRequest& call, milliseconds view_age) override;
  TosAnswer pretend(const TosRequest& call) override;
  void forget_settings(const TosRequest& call) override;
  Reply reply_to(const TosRequest& call, const TosAnswer& answer) override;
  std::optional<TosAnswer> say_instead(const TosRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;
  Reply spoil(const TosRequest& call, const Fault& fault, Reply reply) override;

  const VolcengineOptions& options_;
  TosProtocols& protocols_;
};

extern template class VendorApi<VolcengineRequest, VolcengineAnswer, VolcengineRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name. A `kErrorCode`
/// with HTTP 200 at a bind is the domain's own failure inside of a success.
class VolcengineApi final
    : public VendorApi<VolcengineRequest, VolcengineAnswer, VolcengineRefusal> {
 public:
  VolcengineApi(VolcengineOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }
  VolcengineState& state() { return state_; }

 private:
  VolcengineRequest read(const Request& request) override;
  std::optional<VolcengineRefusal> refuse(const Request& request,
                                          const VolcengineRequest& call) override;
  VolcengineAnswer run(const VolcengineRequest& call, milliseconds view_age) override;
  VolcengineAnswer pretend(const VolcengineRequest& call) override;
  void forget_settings(const VolcengineRequest& call) override;
  Reply reply_to(const VolcengineRequest& call, const VolcengineAnswer& answer) override;
  std::optional<VolcengineAnswer> say_instead(const VolcengineRequest& call,
                                              const Fault& fault) override;

  VolcengineOptions options_;
  VolcengineState state_;
  TosApi tos_;
};

}  // namespace certferry::sandbox
