// Rolling back: when the edge shows something worse than before a bind, and where to go back to.
// Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "policy/facts.h"

namespace certferry {

/// What some address shows that clients refuse (expired, another name's, an untrusted chain, an
/// alert), where they were served well before. None when no address is worse off.
///
/// An older certificate that is still good is not worse: edges are slow. An address that could not
/// be looked at says nothing. `before`: the looks made before the bind; of a bind that an earlier
/// run made, what it remembered counts instead, see looks_to_remember().
std::optional<Reason> worse_than_before(const TargetFacts& facts,
                                        std::span<const JudgedProbe> before);

/// What the last look shows of each address, to be remembered with the intent of a bind: the run
/// may end, or die, before the edge has followed, and a later one has only this to judge by. Goes
/// into TargetRecord::looks_before_bind.
std::string looks_to_remember(const TargetFacts& facts);

/// What the target may be pointed back at: what was bound and well served before, else the bundle
/// that was last confirmed; only if it is still in the store and would do now.
std::optional<StoredCertificate> fallback_of(const TargetFacts& facts,
                                             std::span<const JudgedProbe> before);

/// Why the bundle is not sent again after it has been rolled back here; none when it may be.
///
/// Once: held for an hour, for an edge may have had a bad moment. Twice, or by a person: parked,
/// until another bundle comes or a person insists; also, after a person's, until what is bound
/// would no longer do.
std::optional<Step> after_rollback(const TargetFacts& facts);

}  // namespace certferry
