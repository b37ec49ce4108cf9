// One account's share of a run. Accounts go side by side: none waits for another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/clock_watch.h"
#include "engine/fleet.h"
#include "engine/journal.h"
#include "engine/observe.h"
#include "engine/patience.h"
#include "engine/report.h"
#include "engine/run_options.h"
#include "engine/shared_sources.h"

namespace certferry {

/// What all accounts of a run share. Everything outlives the accounts' runs.
struct RunShared {
  const EngineSettings& settings;
  EnginePorts ports;
  const Fleet& fleet;  ///< of all accounts
  Journal& journal;
  Edge& edge;
  const ClockWatch& clock;
  SharedSources& sources;
};

class AccountRun {
 public:
  /// `fleet`: this account alone, and what the configuration sends there.
  AccountRun(Fleet fleet, RunShared shared);

  Task<void> plan(PlanOptions options);
  Task<void> apply(ApplyOptions options);
  Task<void> put_back(RollbackOptions options);

  /// Once, when the task has ended.
  Report take_report() { return std::move(report_); }

 private:
  Task<Observation> observe(ProbeScope scope, ApplyOptions options);
  /// Takes the targets out of what was seen: from here on they are the report's.
  void plan_targets(Observation& seen);
  /// What was left open by an interrupted run has had time to show in the lists.
  Task<std::vector<JournalEntry>> settled_calls();
  Reason clock_problem() const;
  Task<void> deploy(const Observation* seen);
  Task<void> retire(Observation* seen, bool wait);
  /// Deletes what may go already, because the account's store is full. Whether anything went.
  Task<bool> make_room(Observation seen);
  /// Begins anew the grace period of what targets have left by now. False when the ledger cannot be
  /// read, which is a problem of the report then.
  bool note_departures(Time now);
  /// Notes what became of the targets; false when that has to be left to the next run.
  bool remember();
  /// From here on the run writes: that an account is closed is kept at once. What its bucket of
  /// calls had is not there once more either.
  void keep_pace();

  Fleet fleet_;
  std::string name_;                                       ///< the account's
  std::vector<std::unique_ptr<PatientProvider>> patient_;  ///< the fleet's providers, in its order
  RunShared shared_;
  Observer observer_;
  Report report_;
  Reason clock_;             ///< as the account was read; code empty: dates can be judged
  bool everything_ = false;  ///< the run is over all targets
};

}  // namespace certferry
