// Putting back by hand: a person says that a target shall serve what it served before. Pure.
#pragma once

#include <string>

#include "policy/facts.h"

namespace certferry {

/// The bundle that is put back: the last one that was confirmed here before what is bound now.
/// Empty when none is known.
///
/// A rollback that was interrupted, or whose edge was slow, is gone on with.
std::string bundle_before(const TargetFacts& facts);

/// The bundle that is not sent again by itself afterwards: what the source has now, else what is
/// bound.
std::string bundle_held_back(const TargetFacts& facts);

/// Bind and confirm, or what stands in the way and what can be done.
///
/// An earlier end is no obstacle, for that is what a person asks for; the step says it. Of an entry
/// that only the vendor has, dates and names are all that can be asked; the edge is the judge of
/// the rest. `record`: the ledger's, of `bundle_before`; null when there is none.
Plan plan_put_back(const TargetFacts& facts, const UploadRecord* record);

}  // namespace certferry
