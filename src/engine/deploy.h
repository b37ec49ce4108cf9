// Deploying one bundle at one account: upload once, bind every target, confirm each, and go back
// where the edge got worse.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/account_work.h"
#include "engine/confirm.h"
#include "engine/journal.h"
#include "engine/report.h"

namespace certferry {

class Deployer {
 public:
  Deployer(const EngineSettings& settings,
           EnginePorts ports,
           Journal& journal,
           Edge& edge,
           AccountWork& work);

  /// Does what the targets' plans say and sets their outcomes. All targets want one bundle.
  ///
  /// One target's failure stops no other, but for a canary's that had to be rolled back, or whose
  /// bind changed more than its certificate. Returns when each is confirmed, failed or past its
  /// deadline.
  Task<void> deploy(std::vector<TargetReport*> targets);

 private:
  Task<void> deploy_new(std::vector<TargetReport*> targets);
  Task<Result<std::string>> store(TargetReport* target);
  /// Canaries first, one after the other, then all others side by side.
  Task<void> bind_in_order(std::vector<TargetReport*> targets, std::string stored_id);
  Task<void> bind_all(std::vector<TargetReport*> targets, std::string stored_id);

  /// Whether a bind was refused because the vendor's yes to the upload meant nothing.
  Task<bool> is_stored_nowhere(std::string stored_id, Error refusal);
  /// Binds and makes ready to confirm; none when the target has ended in failure.
  Task<std::unique_ptr<Confirmation>> start(TargetReport* target,
                                            std::string stored_id,
                                            JournalEntry entry);
  Task<void> start_and_confirm(TargetReport* target, std::string stored_id, JournalEntry entry);
  Task<void> confirm(TargetReport* target, Confirmation* confirmation);
  Task<void> confirm_bound(TargetReport* target);
  Task<void> end(TargetReport* target, const Confirmation* confirmation);

  Task<void> roll_back(TargetReport* target, std::string worse, StoredCertificate back);
  /// On the disk at once: should the power fail, no other name may get the bundle all the same.
  void mark_harmed(TargetReport* target);
  /// Compares what could not be compared after the bind. True: the target has come to its end.
  /// `before`: what the edge showed before the bind.
  Task<bool> settings_are_other(TargetReport* target, std::vector<JudgedProbe> before);
  Task<void> undo_changed_settings(TargetReport* target,
                                   std::vector<std::string> changed,
                                   std::vector<JudgedProbe> before);

  /// Makes one intent a target durable, all at once, and with it what is kept for a way back.
  /// `fingerprint`: of what is set, when that is not the targets' bundle. Error: `state.*`,
  /// `vault.*`.
  Result<std::vector<JournalEntry>> intend(const std::string& action,
                                           const std::vector<TargetReport*>& targets,
                                           const std::string& stored_id,
                                           const std::string& fingerprint = {});

  void hold_all(const std::vector<TargetReport*>& targets,
                const std::string& state,
                const std::string& why);
  /// Ends the target with the error of a step; parks it when that step's answers keep making no
  /// sense.
  void fail(TargetReport* target, const std::string& step, Error error);
  void finish(TargetReport* target, Outcome outcome, std::string message);
  void event(Stage stage, Status status, const TargetReport& target, std::string text);

  const EngineSettings& settings_;
  EnginePorts ports_;
  Journal& journal_;
  Edge& edge_;
  AccountWork& work_;
  std::set<std::string>
      unproved_;  ///< ids that were answered in this run, by nothing confirmed yet
};

}  // namespace certferry
