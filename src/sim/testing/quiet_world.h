// Worlds in which nothing goes wrong by itself: a test lets just one thing go wrong.
#pragma once

#include <string>

#include "sim/simulation.h"

namespace certferry::sim {

/// What was broken, with the seed; empty: nothing.
std::string told(const SeedResult& result);

/// One account, one certificate, no trouble at all.
Scenario quiet_scenario();

/// A first deploy, and two renewals; when the second has been deployed what the first replaced is
/// deleted. So the third run uploads, binds and deletes.
Scenario renewing_scenario();

}  // namespace certferry::sim
