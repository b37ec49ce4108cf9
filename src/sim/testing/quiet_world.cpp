#include "sim/testing/quiet_world.h"

namespace certferry::sim {

std::string told(const SeedResult& result) {
  if (!result.violation) return {};
  return "seed " + std::to_string(result.seed) + ", " + result.violation->rule + ": " +
         result.violation->sentence;
}

Scenario quiet_scenario() {
  Scenario scenario =
      draw_scenario(1, {.targets_max = 2, .accounts_max = 1, .certificates_max = 1, .runs_max = 2});
  scenario.rates = HazardRates();
  scenario.lasting = Lasting::kNothing;
  scenario.accounts.front().calls_per_second = 0;
  scenario.accounts.front().list_lag = seconds(1);
  scenario.accounts.front().quota = 0;
  return scenario;
}

Scenario renewing_scenario() {
  Scenario scenario = quiet_scenario();
  scenario.run_times = {minutes(10), hours(4), hours(8)};
  scenario.duration = hours(8);
  scenario.certificates.front().renewed_every = hours(3);
  scenario.retire_after = hours(1);
  scenario.confirm.deadline = minutes(5);
  return scenario;
}

}  // namespace certferry::sim
