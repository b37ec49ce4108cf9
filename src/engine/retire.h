// Retiring: superseded uploads of ours leave the vendor's store, last of all and never in a hurry.
#pragma once

#include <optional>
#include <vector>

#include "engine/clock_watch.h"
#include "engine/journal.h"
#include "engine/observe.h"
#include "engine/report.h"

namespace certferry {

/// Grace of a product: as configured, and never less than two propagation limits.
milliseconds grace_of(const ProductMetadata& product, const EngineSettings& settings);

/// Whether the target was confirmed in this run on what it was not set to, or not confirmed on,
/// before: only such a one may have left something.
bool has_moved(const TargetReport& target);

/// Notes that the grace period of what was superseded begins anew where a target that moved has
/// left it only now, whichever targets the run was over. To be written together with what becomes
/// of the targets: a later run sees no longer that they ever had it. `now`: none when the clock is
/// not to be trusted; then it is superseded anew by a run whose clock is.
void begin_grace_anew(const std::vector<UploadRecord>& ledger,
                      const std::vector<TargetReport>& moved,
                      Journal& journal,
                      std::optional<Time> now);

class Retirer {
 public:
  Retirer(const Fleet& fleet,
          const EngineSettings& settings,
          EnginePorts ports,
          Observer& observer,
          Journal& journal,
          const ClockWatch& clock,
          std::vector<UploadRecord> ledger,
          std::vector<OrphanRecord> orphans);

  /// Which superseded and surplus uploads may go and when, from what this run has seen.
  std::vector<RetireReport> plan(const Observation& seen,
                                 const std::vector<TargetReport>& targets) const;

  /// Notes in the ledger what the confirmed targets have superseded. Only for a run over all
  /// targets: one that is left out may still serve the old bundle.
  void supersede(const Observation& seen, const std::vector<TargetReport>& targets);

  /// Deletes what is due. With `wait`, stays until the grace period of what is superseded has
  /// passed, then reads the accounts and looks at the edges anew before it decides.
  Task<std::vector<RetireReport>> retire(Observation* seen,
                                         std::vector<TargetReport>* targets,
                                         bool wait);

  /// Whether the last look before deleting found a confirmed target no longer served.
  bool looked_worse() const { return looked_worse_; }

 private:
  Task<void> look_again(Observation* seen,
                        std::vector<TargetReport>* targets,
                        std::set<std::string> accounts);
  /// Plans from what was read again; of accounts that no longer answer it says so.
  std::vector<RetireReport> plan_again(std::vector<RetireReport> before,
                                       const Observation& seen,
                                       const std::vector<TargetReport>& targets) const;
  /// A delete that left: whether it was done is for the vendor's list to say.
  struct Sent {
    RetireReport* report = nullptr;
    JournalEntry entry;
    std::optional<Error> said;  ///< none: the vendor said yes
  };
  Task<std::optional<Sent>> remove(RetireReport* report, Account account, SteadyTime read_at);
  /// The call itself, repeated while the vendor says that nothing was done and asks for patience.
  /// Whether what was read then may not be decided by any more.
  bool is_old(SteadyTime read_at) const;
  Task<Result<void>> send_remove(Account account, std::string stored_id, SteadyTime read_at);
  Task<void> remove_due(std::vector<RetireReport>* reports, const Observation* seen);
  void settle(const Sent& sent, const AccountView& view);
  Task<void> wait_for(const std::vector<RetireReport>* reports);
  void fail(RetireReport* report, Error error);
  void say(const RetirePlan& plan,
           Status status,
           std::string text,
           std::optional<Error> error = {});
  /// Somebody else deleted it: the ledger stops claiming it.
  void forget(const RetirePlan& plan);
  RetireReport plan_one(const UploadRecord& record,
                        const Observation& seen,
                        const std::vector<TargetReport>& targets) const;

  RetireReport plan_one(const OrphanRecord& orphan,
                        const UploadRecord& record,
                        const Observation& seen,
                        const std::vector<TargetReport>& targets) const;
  /// What the account's addresses showed, and the longest grace period of its products.
  std::pair<std::vector<JudgedProbe>, milliseconds> looks_at(
      const std::string& account, const std::vector<TargetReport>& targets) const;
  const UploadRecord* upload_of(const OrphanRecord& orphan) const;
  /// The grace period of a surplus copy begins anew when it was seen in use.
  void note_used(const RetirePlan& plan);

  const Fleet& fleet_;
  const EngineSettings& settings_;
  EnginePorts ports_;
  Observer& observer_;
  Journal& journal_;
  const ClockWatch& clock_;
  bool looked_worse_ = false;
  std::vector<UploadRecord> uploads_;  ///< the ledger, kept current through the run
  std::vector<OrphanRecord> orphans_;  ///< as well
};

}  // namespace certferry
