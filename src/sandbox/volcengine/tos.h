// TOS's buckets and their domains, over the domains of a World that belong to "tos".
//
// A bucket has 20 domains at most, as the vendor's do, so there are as many as it takes, each other
// one in another region; and one more that has none. Sources: docs: ListBuckets,
// GetBucketCustomDomain, PutBucketCustomDomain; @volcengine/tos-sdk.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/volcengine/hmac_check.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// One request, taken apart.
struct TosRequest {
  std::string action;  ///< "PutBucketCustomDomain"; empty: none that there is here
  std::string bucket;
  std::string region;   ///< for which it is signed
  nlohmann::json rule;  ///< of a bind
  std::string domain;   ///< canonical
  bool readable = true;

  bool changes() const { return action == "PutBucketCustomDomain"; }
  std::string permission() const { return "tos:" + action; }
  std::string_view counted_as() const { return action; }
  CallShape shape() const;
};

/// Whether a request is signed for TOS, and not for one of the services.
bool is_for_tos(const Request& request);
TosRequest read_tos_request(const Request& request);

/// A body, null for none; or how the vendor says no.
using TosAnswer = std::variant<nlohmann::json, VolcengineRefusal>;

/// By which protocol domains are served that somebody has set one for; "tos" is where nobody has.
using TosProtocols = std::map<std::string, std::string>;

/// Lists show the world as it was `view_age` ago.
TosAnswer run_tos_call(World& world,
                       TosProtocols& protocols,
                       const TosRequest& call,
                       milliseconds view_age);

}  // namespace certferry::sandbox
