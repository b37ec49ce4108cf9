// What each call that AccessOne alone has does to the world, and what it answers. Its certificates
// are its own, by name; a change of a domain replaces all that the domain is set to.
#pragma once

#include "sandbox/ctyun/ctyun_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

CtyunAnswer get_accessone(const World& world,
                          const CtyunState& state,
                          const CtyunRequest& call,
                          SteadyTime moment);
CtyunAnswer list_accessone(const CtyunState& state, const CtyunRequest& call);
CtyunAnswer copy_to_accessone(World& world, CtyunState& state, const CtyunRequest& call);
CtyunAnswer modify_accessone(World& world, CtyunState& state, const CtyunRequest& call);

}  // namespace certferry::sandbox
