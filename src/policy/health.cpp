#include "policy/health.h"

namespace certferry {

std::vector<HealthCause> health_causes(const HealthFacts& facts) {
  std::vector<HealthCause> causes;
  if (!facts.state_trouble.empty()) {
    causes.push_back({.code = "state.unwritable",
                      .account = {},
                      .text = "the state cannot be written: " + facts.state_trouble});
  }
  for (const auto& one : facts.accounts) {
    if (one.since_end > one.allowed) {
      causes.push_back({.code = "run.overdue",
                        .account = one.name,
                        .text = "no run has ended for " + format_duration(one.since_end)});
    }
    if (!one.trouble.empty()) {
      causes.push_back({.code = "run.blind",
                        .account = one.name,
                        .text = "the last run could not look: " + one.trouble});
    }
  }
  return causes;
}

milliseconds run_allowance(milliseconds observe_every, milliseconds confirm_deadline) {
  return 2 * (observe_every + observe_every / 10) + confirm_deadline;
}

}  // namespace certferry
