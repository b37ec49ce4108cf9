// Targets whose pair has left its folder.
#pragma once

#include <vector>

#include "engine/fleet.h"
#include "engine/observe.h"

namespace certferry {

/// Those of the ledger that still serve what came from a pair of a folder that is not there any
/// more. Nothing is done to them: somebody may have moved the pair away, or given the name up. But
/// nothing renews what they serve either, so its end has to be told.
///
/// `jobs`: all of the account; `seen`: its lists and its targets.
std::vector<TargetRecord> left_behind(const std::vector<Job>& jobs,
                                      const std::vector<TargetRecord>& ledger,
                                      const Observation& seen);

}  // namespace certferry
