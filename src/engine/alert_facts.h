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

/// An account of which there is no report, for a run of it could not even begin.
AlertSubject account_without_run(const std::string& account, const Error& error);

/// A configuration that was to take the place of the one in force; `problems` empty: it could.
AlertSubject new_configuration(const std::string& path, const std::vector<Error>& problems);

}  // namespace certferry
