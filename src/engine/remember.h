// What a run leaves behind of each target and account for the next one.
#pragma once

#include <optional>

#include "engine/observe.h"
#include "engine/report.h"

namespace certferry {

/// The target's record after this run; none when the run left it alone on purpose.
std::optional<TargetRecord> record_after(const TargetReport& target, Time now, Random& random);

/// The account's record: until when its vendor wants no calls. None when nothing has changed.
std::optional<AccountRecord> record_after(const std::string& account,
                                          std::optional<Time> paused_until,
                                          const std::vector<AccountRecord>& known,
                                          Time now);

/// The error of an account that is not to be asked yet; none when it may be.
std::optional<Error> still_paused(const std::string& account,
                                  const std::vector<AccountRecord>& known,
                                  Time now);

}  // namespace certferry
