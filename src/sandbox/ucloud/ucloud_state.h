// What the emulated UCloud keeps beside the world.
#pragma once

#include "sandbox/ucloud/ucloud_calls.h"
#include "sandbox/ucloud/ucloud_ulb.h"
#include "sandbox/ucloud/ucloud_us3.h"

namespace certferry::sandbox {

/// Lifetime: the world outlives it.
struct UcloudState {
  explicit UcloudState(World& world) : balancers(world) {}

  UcloudAreas areas = {};
  UcloudUs3Copies us3 = {};
  UcloudBalancers balancers;
};

}  // namespace certferry::sandbox
