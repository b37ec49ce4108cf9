// Wangsu's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct WangsuAction {
  std::string_view name;  ///< "PUT /api/config/certificate/batch", for people
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
};

/// The whole object of a success.
///
/// Success is HTTP 2xx and JSON whose code is 0, a word for it or a status of success; only what
/// reads may leave it out, for a change without one is undecided: `reply.shape`. Other errors:
/// `reply.*` of json_api.h, `vendor.<kind>` for what the vendor refused or failed at, and
/// `vendor.permission` (unauthorized), which names the call.
Result<nlohmann::json> read_wangsu_reply(const HttpResponse& response, const WangsuAction& action);

/// The address that CDN Pro tells in a header of what a call has made.
///
/// Success is HTTP 2xx with a Location, and a body that says nothing else. Errors as above.
Result<std::string> read_wangsu_address(const HttpResponse& response, const WangsuAction& action);

}  // namespace certferry
