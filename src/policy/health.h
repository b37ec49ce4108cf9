// Whether a process that stays does its work. Pure: what was noted goes in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace certferry {

struct HealthFacts {
  struct AccountFacts {
    std::string name;
    milliseconds since_end{};  ///< of its last run, or since the start when none has ended
    milliseconds allowed{};    ///< how long that may be
    std::string trouble;       ///< a stable code: why its last run could not look; empty: it could
  };
  std::vector<AccountFacts> accounts;
  std::string state_trouble;  ///< a stable code: why the last write failed; empty: it did not
};

struct HealthCause {
  std::string code;     ///< state.unwritable, run.overdue, run.blind
  std::string account;  ///< empty when it is about none
  std::string text;     ///< for people; names codes only, so that anybody may read it
};

/// Why the process is not well; nothing: it is.
///
/// A target in trouble is no cause: the process is at work on it, and figures and notices tell it.
std::vector<HealthCause> health_causes(const HealthFacts& facts);

/// How long an account may go without the end of a run: two looks may fail to come and one may
/// confirm until its deadline.
milliseconds run_allowance(milliseconds observe_every, milliseconds confirm_deadline);

}  // namespace certferry
