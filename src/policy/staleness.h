// Whether a source should have had a newer certificate by now. Pure.
#pragma once

#include <optional>
#include <string>

#include "model/plan.h"

namespace certferry {

/// Who renews a certificate, and where that one says why it did not.
struct Renewer {
  std::string tool;  ///< "certbot"; empty: nobody knows
  std::string log;   ///< a path, or a command that shows it; may be empty
};

struct RenewalFacts {
  Time not_before{};
  Time not_after{};
  Time now{};
  Renewer renewer;
};

enum class Urgency {
  kStale,    ///< at most a quarter of its lifetime is left
  kOverdue,  ///< at most a sixth
  kExpired,
};

/// A renewal that is due and did not happen.
struct Staleness {
  Urgency urgency = Urgency::kStale;
  Reason reason;     ///< `source.stale`, `source.overdue`, `source.expired`
  std::string hint;  ///< where to look
};

/// None while it is not yet time to worry.
///
/// Tools renew when about a third of the lifetime is left, be it of 6, 47 or 90 days, so it is that
/// share which tells, as with notices of it (`stage_of`).
std::optional<Staleness> staleness(const RenewalFacts& facts);

}  // namespace certferry
