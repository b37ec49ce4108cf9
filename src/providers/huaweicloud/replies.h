// Huawei Cloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <pugixml.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The texts outlive it.
struct HuaweiCloudAction {
  std::string_view permission;  ///< "scm:cert:import": what a policy allows it by
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< request or answer may hold a private key: no answer is quoted
};

/// The whole object of a success; an empty one for HTTP 204, which says no more.
///
/// Success is HTTP 2xx without an error inside, for CDN says no with HTTP 200 as well. Any other
/// answer without a word of the vendor's decides nothing, and an empty one that is not 204 neither:
/// `reply.*` of json_api.h. Other errors: `vendor.<kind>` for what the vendor refused or failed at,
/// and three that have a reason of their own: `vendor.permission`, whose hint names what is
/// missing, `vendor.clock`, and `vendor.busy` for a domain that is being configured, of the kind
/// unavailable.
Result<nlohmann::json> read_huaweicloud_reply(const HttpResponse& response,
                                              const HuaweiCloudAction& action);

/// The same of OBS, which speaks XML: its document, nothing for a success that says no more. What
/// has no x-obs-request-id is not from there: `reply.shape`.
Result<std::optional<pugi::xml_document>> read_obs_reply(const HttpResponse& response,
                                                         const HuaweiCloudAction& action);

}  // namespace certferry
