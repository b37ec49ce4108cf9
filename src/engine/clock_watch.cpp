#include "engine/clock_watch.h"

#include "policy/clock_check.h"

namespace certferry {

std::optional<Error> ClockWatch::problem() const {
  const std::optional<Reason> reason = clock_jump_problem(jumped());
  if (!reason) return std::nullopt;
  return Error(ErrorKind::kUnavailable, reason->text).with_code(reason->code);
}

}  // namespace certferry
