// Baidu AI Cloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The texts outlive it.
struct BaiduCloudAction {
  std::string_view name;  ///< as the documents have it: "PUT /v2/domain/{domain}/config?https"
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
};

/// The object of a success; an empty one for an answer without a body, which changes may have.
///
/// Success is HTTP 2xx without a `code` inside. An answer without a word of the vendor's decides
/// nothing: `reply.*` of json_api.h. Other errors: `vendor.<kind>` for what the vendor refused or
/// failed at, and three that have a reason of their own: `vendor.permission`, `vendor.clock`, and
/// `vendor.busy` for a domain at which another change is under way, of the kind unavailable.
Result<nlohmann::json> read_baiducloud_reply(const HttpResponse& response,
                                             const BaiduCloudAction& action);

}  // namespace certferry
