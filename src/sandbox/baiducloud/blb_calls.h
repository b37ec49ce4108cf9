// What each call of BLB does to the world, and what it answers: load balancers of one region, of
// the ordinary and of the application kind, each with an HTTPS listener whose hosts are the world's
// domains.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sandbox/baiducloud/baiducloud_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// A load balancer.
struct BlbSeat {
  std::string id;
  bool application = false;
  bool stopped = false;
};

/// Where a host is. Those that are offline are at one that is paused.
BlbSeat blb_of(const World& world, const BaiduCloudState& state, const std::string& name);

/// The certificate of somebody else's that listeners begin with, and hosts to which nothing is
/// bound; null where there is no load balancer.
nlohmann::json blb_certificate(const World& world);

/// Lists show the world as it was at that moment.
BaiduCloudAnswer run_blb_call(World& world,
                              BaiduCloudState& state,
                              const BaiduCloudRequest& call,
                              SteadyTime moment);

}  // namespace certferry::sandbox
