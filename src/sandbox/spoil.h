// What faults do to a reply on its way, whichever vendor gave it.
#pragma once

#include "sandbox/faults.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

/// Gateways' pages, cuts, losses and delays. How a vendor itself says no is for its API to write:
/// such faults, and those that show in no reply, leave it as it is.
Reply spoil_on_the_way(const Fault& fault, Reply reply);

}  // namespace certferry::sandbox
