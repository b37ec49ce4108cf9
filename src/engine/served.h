// What clients of a target get, as far as a run has seen it.
#pragma once

#include <optional>

#include "engine/report.h"
#include "policy/alerts.h"

namespace certferry {

/// By our own eyes, else by the vendor's word; none when the run saw neither.
std::optional<Lifetime> seen_lifetime(const TargetReport& target);

Lifetime lifetime_of(const Certificate& leaf);

}  // namespace certferry
