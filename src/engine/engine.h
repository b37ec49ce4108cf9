// The engine: observe, plan, do, confirm, retire.
#pragma once

#include <set>
#include <string>

#include "engine/fleet.h"
#include "engine/journal.h"
#include "engine/observe.h"
#include "engine/report.h"

namespace certferry {

struct ApplyOptions {
  /// Names of certificates, targets or domains; empty means everything.
  std::set<std::string> only;
  /// Stay until what this run superseded is past its grace period and deleted.
  bool wait_for_retire = false;
};

/// Works on one fleet. Runs on the loop of whoever awaits it; one call at a time.
///
/// Lifetime: fleet, settings and ports outlive the engine and its tasks.
class Engine {
 public:
  Engine(const Fleet& fleet, const EngineSettings& settings, EnginePorts ports);

  struct PlanOptions {
    std::set<std::string> only;  ///< as in ApplyOptions
    ProbeScope scope = ProbeScope::kAll;
  };
  /// Observes and plans; sends nothing that changes anything and writes nothing.
  Task<Report> plan(PlanOptions options);

  /// Observes, plans and does it; returns when every target is confirmed or has ended otherwise.
  /// Failures are in the report. Throws: `state.*` when the store cannot be read at the start.
  Task<Report> apply(ApplyOptions options);

 private:
  Report report_of(const Observation& seen, std::string run) const;
  Task<void> deploy_all(
      const Observation* seen, Report* report, Observer* observer, Edge* edge, Journal* journal);
  void remember(const Report& report, Journal& journal) const;

  const Fleet& fleet_;
  const EngineSettings& settings_;
  EnginePorts ports_;
};

}  // namespace certferry
