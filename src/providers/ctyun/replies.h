// CTYun's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What sending a call and reading its answer need to know of it. The text outlives it.
struct CtyunAction {
  std::string_view path;  ///< "/v1/domain/update-domain": there is no other name for it
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
};

/// What a success says: its `returnObj`, or null.
///
/// Success is HTTP 2xx and JSON with a statusCode of 100000 or CTAPI_10000, whose returnObj has no
/// code that says otherwise; without a statusCode nothing is decided: `reply.shape`. Other errors:
/// `reply.*` of json_api.h, `vendor.<kind>` for what the vendor refused or failed at, and two that
/// are unauthorized for a reason of their own: `vendor.permission`, which names the call, and
/// `vendor.signature`.
Result<nlohmann::json> read_ctyun_reply(const HttpResponse& response, const CtyunAction& action);

/// Whether the signature was refused: its time may be wrong, or the keys.
bool is_about_signature(const Error& error);

}  // namespace certferry
