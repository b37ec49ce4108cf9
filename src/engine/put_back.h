// A person's rollback, as far as it differs from a deploy: what is wanted, and what is remembered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/keep.h"
#include "engine/report.h"

namespace certferry {

/// Turns a target's report into one of putting back what was confirmed before. Where the product
/// replaces in place that is what was kept sealed.
void prepare_put_back(TargetReport& target,
                      std::string by,
                      const std::vector<UploadRecord>& ledger,
                      Keeper keeper);

/// Who does what, for the journal.
std::string put_back_words(const TargetReport& target);

/// What came of it, once it is served: that, and what holds from now on.
std::string put_back_result(const TargetReport& target, const std::string& served);

/// The target's record before the bind leaves: should the process die, the next run knows that a
/// person wanted this.
TargetRecord record_before_put_back(const TargetReport& target, Time now);

/// The target's record afterwards; none when it is to stay as it was before.
std::optional<TargetRecord> record_after_put_back(const TargetReport& target, Time now);

}  // namespace certferry
