// When somebody else sets a target back: once is mended, twice in a day is a contest for a person.
// Pure.
#pragma once

#include <optional>
#include <string>

#include "policy/facts.h"

namespace certferry {

struct Reversals {
  unsigned count = 0;         ///< within a day
  std::optional<Time> since;  ///< the first of them
  std::string to;             ///< the stored certificate it was set to last
};

/// What is to be remembered after this look at the vendor's word.
Reversals reversals_after(const TargetFacts& facts);

/// Why the target is left to a person; none when it is not contested, or when what somebody else
/// set would not do, or when a person insists.
std::optional<Step> contested(const TargetFacts& facts);

}  // namespace certferry
