// UCloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What sending a call and reading its answer need to know of it. The text outlives it.
struct UcloudAction {
  std::string_view name;  ///< "UpdateUcdnDomainHttpsConfigV2"
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
  bool answers_key = false;  ///< the answer has private keys, and is not quoted either
};

/// The whole object of a success.
///
/// Success is HTTP 2xx and JSON with a RetCode of 0; without a RetCode nothing is decided:
/// `reply.shape`. Other errors: `reply.*` of json_api.h, `vendor.<kind>` for what the vendor
/// refused or failed at, and `vendor.permission` (unauthorized), which names the action.
Result<nlohmann::json> read_ucloud_reply(const HttpResponse& response, const UcloudAction& action);

}  // namespace certferry
