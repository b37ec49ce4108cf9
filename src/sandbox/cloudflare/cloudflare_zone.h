// The custom certificates of Cloudflare's zone, and the names of it that they serve.
#pragma once

#include "sandbox/cloudflare/cloudflare_calls.h"

namespace certferry::sandbox {

/// Lets what was changed in the world by hand be as a zone has it: a name of it is served by the
/// certificate that is for it, and one that no longer serves any of its names was deleted.
void settle_zone(World& world, CloudflareState& state);

/// A call that is not about hostnames. Lists show the zone as it was at that moment.
CloudflareAnswer run_zone_call(World& world,
                               CloudflareState& state,
                               const CloudflareRequest& call,
                               SteadyTime moment);

}  // namespace certferry::sandbox
