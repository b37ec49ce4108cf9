// JD Cloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The texts outlive it.
struct JdcloudAction {
  std::string_view permission;  ///< "cdn:setHttpType": what a policy allows it by
  Effect effect = Effect::kReads;
  bool has_key = false;  ///< request or answer has a private key, so the answer is not quoted
  bool stores = false;   ///< may be refused because the store is full
  bool deletes = false;  ///< may be refused for use; operation protection wants a second factor
};

/// The answer's `result`; an empty object where a change has none.
///
/// Success is HTTP 2xx with a `requestId` and neither an `error` nor a `code` of 400 and above in
/// the result. An answer without a word of the vendor's decides nothing: `reply.*` of json_api.h.
/// Other errors: `vendor.<kind>` for what the vendor refused or failed at, and three that have a
/// reason of their own: `vendor.permission`, whose hint names what is missing, `vendor.clock`, and
/// `vendor.busy` for a domain that is being configured, of the kind unavailable.
Result<nlohmann::json> read_jdcloud_reply(const HttpResponse& response,
                                          const JdcloudAction& action);

}  // namespace certferry
