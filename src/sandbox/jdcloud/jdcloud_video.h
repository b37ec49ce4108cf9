// What each call of Live and VOD does to the world, and what it answers: their domains hold bundles
// of their own, which no store has.
#pragma once

#include <string>

#include "sandbox/jdcloud/jdcloud_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// The name of VOD's domain of that number; empty when there is none.
std::string jdcloud_vod_name(const World& world, const std::string& number);

JdcloudAnswer list_live(const World& world, const JdcloudRequest& call);
JdcloudAnswer get_live(const World& world,
                       const JdcloudState& state,
                       const JdcloudRequest& call,
                       SteadyTime moment);
JdcloudAnswer set_live(World& world, JdcloudState& state, const JdcloudRequest& call);

JdcloudAnswer list_vod(const World& world, const JdcloudState& state, const JdcloudRequest& call);
JdcloudAnswer get_vod(const World& world,
                      const JdcloudState& state,
                      const JdcloudRequest& call,
                      SteadyTime moment);
JdcloudAnswer set_vod(World& world, JdcloudState& state, const JdcloudRequest& call);

}  // namespace certferry::sandbox
