// Gcore's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct GcoreAction {
  std::string_view name;  ///< "PATCH /cdn/resources/ID", for people
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
};

/// The whole answer of a success: an object or a list; of a change that says nothing (HTTP 201 or
/// 204 without a body) an empty object.
///
/// Other errors: `reply.*` of json_api.h, `vendor.<kind>` for what the vendor refused or failed at,
/// also where the status says success, and `vendor.permission` (unauthorized).
Result<nlohmann::json> read_gcore_reply(const HttpResponse& response, const GcoreAction& action);

}  // namespace certferry
