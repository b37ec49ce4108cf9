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
  /// `state` says what has been done so far, in words.
  void hold_all(const std::vector<TargetReport*>& targets,
                const std::string& state,
                const Error& why);
  void slow_down(const Error& error, milliseconds wait);
  void give_up(TargetReport* target,
               const JournalEntry& entry,
               Outcome outcome,
               const std::string& verdict);

  struct UploadIntent {
    UploadRecord record;
    JournalEntry entry;
  };
  Result<UploadIntent> intend_upload(const TargetFacts& facts);
  /// Uploads the bundle that the targets share and tells how it went; `any` is one of them.
  Task<Result<std::string>> store(const TargetReport* any, UploadIntent intent);
  Task<Result<std::string>> upload(BundlePtr bundle, UploadRecord record, JournalEntry entry);
  /// The id under which the bundle is in the store after all, when an upload's answer was lost.
  Task<Result<std::optional<std::string>>> find_stored(std::string fingerprint);

  Task<void> bind_and_confirm(TargetReport* target, std::string stored_id, JournalEntry entry);
  Task<Result<void>> bind(TargetReport* target, std::string stored_id, JournalEntry entry);

  /// A bind that the vendor answered with yes; its list must show it from `visible_from` on.
  struct Promise {
    std::string stored_id;
    SteadyTime visible_from{};
  };
  Task<void> confirm(TargetReport* target, std::optional<Promise> promise);
  /// Whether the vendor's list shows something else than what it said yes to.
  Task<bool> broken(const TargetReport* target, Promise promise);
  Result<std::vector<JournalEntry>> intend_binds(const std::vector<TargetReport*>& targets,
                                                 const std::string& stored_id);

  Task<void> look(TargetReport* target);
  void finish(TargetReport* target, Outcome outcome, std::string message);
  void event(Stage stage, Status status, const TargetReport& target, std::string text);

  const EngineSettings& settings_;
  EnginePorts ports_;
  Journal& journal_;
  Edge& edge_;
  Readback& readback_;
  Account account_;
};

/// Vendor metadata's way of confirming, with the configuration's words in place of its own.
ConfirmSettings confirm_settings(const ProductMetadata& product, const ConfirmOverrides& overrides);

}  // namespace certferry
