// OBS's buckets and their domains, over the domains of a World that belong to "obs": its own
// signature, checked by code that shares nothing with the client's, and its XML.
//
// A bucket has 30 domains at most, as the vendor's do, so there are as many as it takes, each other
// one in another region; and one more that has none. Sources: docs: obs_04_0010, obs_04_0020,
// obs_04_0059, obs_04_0060, obs_04_0115; esdk-obs-nodejs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "sandbox/faults.h"
#include "sandbox/huaweicloud/sdk_hmac.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// One request, taken apart.
struct ObsRequest {
  std::string action;  ///< "SetBucketCustomdomain"; empty: none that there is here
  std::string bucket;
  std::string region;  ///< in the host; empty: at an address for all of them
  std::map<std::string, std::string, std::less<>> query;
  // Of a bind:
  std::string domain;  ///< canonical
  std::string name;
  std::string certificate_id;
  std::string chain_pem;
  Secret key_pem;
  bool readable = true;

  bool changes() const { return action == "SetBucketCustomdomain"; }
  std::string_view counted_as() const { return action; }
  std::string permission() const;
  CallShape shape() const;
};

/// Whether a request is signed for OBS, and not for one of the services that speak JSON.
bool is_for_obs(const Request& request);
ObsRequest read_obs_request(const Request& request);

std::optional<HuaweiCloudRefusal> refuse_obs_signature(const Request& request,
                                                       const ObsRequest& call,
                                                       const HuaweiCloudCredentials& credentials,
                                                       Time now);

/// A body, empty for a bind; or how the vendor says no.
using ObsAnswer = std::variant<std::string, HuaweiCloudRefusal>;

/// Lists show the world as it was `view_age` ago.
ObsAnswer run_obs_call(World& world, const ObsRequest& call, milliseconds view_age);

/// The body of a refusal.
std::string obs_error_body(const HuaweiCloudRefusal& refusal, const std::string& request_id);

}  // namespace certferry::sandbox
