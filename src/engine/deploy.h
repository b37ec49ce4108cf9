// Deploying one bundle at one account: upload once, bind every target, confirm each.
#pragma once

#include <string>
#include <vector>

#include "engine/journal.h"
#include "engine/observe.h"
#include "engine/readback.h"
#include "engine/report.h"

namespace certferry {

class Deployer {
 public:
  Deployer(const EngineSettings& settings,
           EnginePorts ports,
           Journal& journal,
           Edge& edge,
           Readback& readback,
           Account account);

  /// Does what the targets' plans say and sets their outcomes. All targets want one bundle.
  ///
  /// One target's failure stops no other. Returns when each is confirmed, failed or past its
  /// deadline.
  Task<void> deploy(std::vector<TargetReport*> targets);

 private:
  Task<void> deploy_new(std::vector<TargetReport*> targets);
  Task<Result<std::string>> ensure_stored(TargetReport* any);
  Task<Result<std::string>> upload(BundlePtr bundle, UploadRecord record, JournalEntry entry);
  /// The id under which the bundle is in the store after all, when an upload's answer was lost.
  Task<Result<std::optional<std::string>>> find_stored(std::string fingerprint);

  Task<void> bind_and_confirm(TargetReport* target, std::string stored_id, JournalEntry entry);
  Task<Result<void>> bind(TargetReport* target, std::string stored_id, JournalEntry entry);
  Task<void> confirm(TargetReport* target);
  /// After the last bind of the group: whether the vendor's list shows what it said yes to.
  Task<void> check_bindings(std::string stored_id);
  Result<std::vector<JournalEntry>> intend_binds(const std::vector<TargetReport*>& targets,
                                                 const std::string& stored_id);

  Task<void> look(TargetReport* target);
  void give_up(TargetReport* target, const JournalEntry& entry, milliseconds taken);
  void finish(TargetReport* target, Outcome outcome, std::string message);
  void event(Stage stage, Status status, const TargetReport& target, std::string text);

  const EngineSettings& settings_;
  EnginePorts ports_;
  Journal& journal_;
  Edge& edge_;
  Readback& readback_;
  Account account_;

  std::vector<TargetReport*> bound_;       ///< the vendor said yes
  std::set<const TargetReport*> ignored_;  ///< and yet its list shows something else
  std::size_t binds_left_ = 0;
};

/// Vendor metadata's way of confirming, with the configuration's words in place of its own.
ConfirmSettings confirm_settings(const ProductMetadata& product, const ConfirmOverrides& overrides);

}  // namespace certferry
