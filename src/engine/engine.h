// The engine: observe, plan, do, confirm, retire; one account beside the other.
#pragma once

#include <functional>
#include <optional>

#include "engine/account_run.h"
#include "engine/fleet.h"
#include "engine/report.h"
#include "engine/run_options.h"

namespace certferry {

/// Works on one fleet. Runs on the loop of whoever awaits it; one call at a time.
///
/// Lifetime: fleet, settings and ports outlive the engine and its tasks.
class Engine {
 public:
  Engine(const Fleet& fleet, const EngineSettings& settings, EnginePorts ports);

  /// Observes and plans; sends nothing that changes anything and writes nothing.
  Task<Report> plan(PlanOptions options);

  /// Observes, plans and does it; returns when every target is confirmed or has ended otherwise.
  /// Failures are in the report. Throws: `state.*` when the store cannot be read at the start.
  Task<Report> apply(ApplyOptions options);

  /// Puts one target back to the bundle that was confirmed there before, as a person says, and
  /// confirms it at the edge. The report has the target alone, or problems. Throws as `apply` does.
  Task<Report> roll_back(RollbackOptions options);

  /// What the calls of the run under way have come to, into the journal: for who will not wait
  /// until it ends. What cannot be written is read back from the vendor by the next run.
  void write_down();

 private:
  using Share = std::function<Task<void>(AccountRun&)>;
  Task<Report> run(std::string name, std::set<std::string> only, Share share);

  const Fleet& fleet_;
  const EngineSettings& settings_;
  EnginePorts ports_;
  std::optional<Journal> journal_;  ///< of the last run
};

}  // namespace certferry
