// From selectors to targets, and from what was observed to each target's facts. No I/O.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/observe.h"

namespace certferry {

/// Whether a person means this target: by id or by domain, in any spelling of the domain.
bool goes_by(const TargetId& id, const std::string& asked);

/// The jobs that have a say in what `only` asks for: those asked for, and those that may want the
/// same targets. A name in it is a certificate's, a target's id or a domain.
std::vector<Job> jobs_for(const Fleet& fleet, const std::set<std::string>& only);

/// `only` keeps certificates, targets and domains of these names; empty keeps all.
///
/// Fills `seen.targets` from `seen.accounts` and `seen.bundles`, and `seen.problems` with selectors
/// that match nothing (`select.nothing`) and targets that two certificates want (`select.conflict`,
/// these are left out), `seen.unknown` with names of `only` that nothing here goes by, and
/// `seen.unasked` with problems of selectors that were not asked for.
void select_targets(const std::vector<Job>& jobs,
                    const std::set<std::string>& only,
                    const std::vector<TargetRecord>& remembered,
                    const std::vector<UploadRecord>& uploads,
                    Time now,
                    Observation& seen);

}  // namespace certferry
