// Cloudflare's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/time.h"
#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct CloudflareAction {
  std::string_view name;  ///< "PATCH custom_hostnames/ID", for people
  Effect effect = Effect::kReads;
  std::string_view permission;  ///< that the token needs for it, as the console spells it
  bool carried_key = false;     ///< request or answer may hold a private key: no answer is quoted
};

/// The whole answer of a success, an object.
///
/// Success is HTTP 2xx and JSON that says `success: true`; what says neither yes nor no is
/// undecided, `reply.shape`. Other errors: `reply.*` of json_api.h, `vendor.<kind>` for what the
/// vendor refused or failed at, and `vendor.permission` (unauthorized), which names the permission.
Result<nlohmann::json> read_cloudflare_reply(const HttpResponse& response,
                                             const CloudflareAction& action);

/// "2026-01-15T08:30:00.123456Z" to the second; unset when it is anything else.
Time cloudflare_time(const nlohmann::json& item, std::string_view key);

}  // namespace certferry
