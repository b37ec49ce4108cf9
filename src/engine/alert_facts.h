// A run's report as what policy/alerts judges.
#pragma once

#include "engine/report.h"
#include "policy/alerts.h"

namespace certferry {

/// Targets, accounts, sources, and what belongs to none of them, as the run left them.
///
/// `uploads` is the ledger: of a target whose vendor does not answer it knows when what was
/// confirmed there ends.
std::vector<AlertSubject> alert_subjects(const Report& report,
                                         const std::vector<UploadRecord>& uploads);

}  // namespace certferry
