// Answers that make no sense: a vendor that stays so is left to a person. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "policy/facts.h"

namespace certferry {

/// The code of a bind that was answered with yes and whose list shows something else.
inline constexpr std::string_view kNothingChanged = "bind.nothing_changed";
/// The code of an upload that was answered with an id which neither the list nor a bind knows.
inline constexpr std::string_view kNothingStored = "upload.nothing_stored";

/// So many in a row for one step and one bundle, over any number of runs, and the target is parked.
inline constexpr unsigned kSenselessMost = 3;

/// Whether the vendor itself answered what nobody can make anything of: malformed, too large,
/// without the id, or a yes after which nothing had changed. A page or nothing at all is an outage.
bool makes_no_sense(const Error& error);

/// How many there were in a row before this run, for the step and the facts' bundle; a person who
/// insists begins anew.
unsigned senseless_before(const TargetFacts& facts, const std::string& step);

/// Why nothing more is sent to the target; none when something may be.
std::optional<Step> after_senseless_answers(const TargetFacts& facts);

}  // namespace certferry
