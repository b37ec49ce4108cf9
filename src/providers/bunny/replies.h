// bunny.net's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct BunnyAction {
  std::string_view name;  ///< "POST /pullzone/ID/addCertificate", for people
  Effect effect = Effect::kReads;
  /// The request or the answer has a private key in it: nothing of the answer is quoted.
  bool carries_key = false;
};

/// The whole answer of a read that succeeded, an object. Of a change an empty object: HTTP 204 and
/// nothing else is its success, what says neither yes nor no is undecided, `reply.shape`.
///
/// Other errors: `reply.*` of json_api.h and `vendor.<kind>` for what the vendor refused or failed
/// at, also where the status says success.
Result<nlohmann::json> read_bunny_reply(const HttpResponse& response, const BunnyAction& action);

}  // namespace certferry
