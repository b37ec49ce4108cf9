// Tencent Cloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// One of the vendor's services, as calls address it.
struct TencentService {
  std::string_view id;       ///< the first label of its host, and of its permissions: "cdn"
  std::string_view version;  ///< of its API
};

/// What reading an answer needs to know of its call. The texts outlive it.
struct TencentAction {
  const TencentService* service = nullptr;
  std::string_view name;  ///< "UpdateDomainConfig"
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< request or answer may have one, so the answer is not quoted

  /// "cdn:UpdateDomainConfig": what a policy may allow.
  std::string permission() const;
};

/// How the vendor said no, as an error.
///
/// `vendor.<kind>`, and some with a reason of their own: `vendor.permission` names what is missing,
/// `vendor.clock`, `vendor.role` is a consent that the account has to give once, `vendor.busy` is a
/// name that is being changed, `vendor.moved` one that another product has now.
Error tencent_refusal(const std::string& code,
                      const std::string& message,
                      const TencentAction& action);

/// The inner object of a success.
///
/// HTTP says 200 whatever happened, and {"Response": {…, "RequestId": "…"}} is a success unless it
/// has an Error. Without a RequestId nothing is decided: `reply.shape`. Other errors: `reply.*` of
/// json_api.h, and those of `tencent_refusal`.
Result<nlohmann::json> read_tencent_reply(const HttpResponse& response,
                                          const TencentAction& action);

}  // namespace certferry
