// Binding: pointing one target at a stored certificate, decided at the moment of sending.
#pragma once

#include <string>

#include "engine/account_work.h"
#include "engine/journal.h"
#include "engine/report.h"

namespace certferry {

/// A bind that is about to be made. Its intent is durable already.
struct BindOrder {
  TargetReport* target = nullptr;
  std::string stored_id;  ///< empty: the bundle itself, in place of what is there
  /// What the target was set to when this was decided, by id, or by fingerprint where bundles are
  /// replaced in place: if it is no longer, somebody else is at it.
  std::optional<std::string> instead_of;
  /// Set: going back to this entry of the store, whose bundle is not here but where it was kept.
  std::optional<StoredCertificate> back_to;
  BundlePtr kept = nullptr;
  JournalEntry entry;
};

class Binder {
 public:
  Binder(const EngineSettings& settings, EnginePorts ports, Journal& journal, AccountWork& work);

  /// Sends it, reads back what its answer was lost of, and settles its entry in the journal.
  ///
  /// Error codes of its own, after which nothing was sent: `gate.*`, `clock.jumped`,
  /// `plan.changed`.
  Task<Result<void>> bind(BindOrder order);
  /// What else of the target is not as it was before a bind that may have changed more than the
  /// certificate, for people.
  const std::vector<std::string>& settings_changed() const { return settings_changed_; }
  /// Answers in a row that made no sense, those before this run counted.
  unsigned senseless() const { return senseless_; }

 private:
  Task<Result<BindDone>> send(const BindOrder* order);
  /// Why it may not be sent now after all; none when it may.
  Task<std::optional<Error>> refusal(const BindOrder* order);
  /// Whether the target is no longer as it was when this was decided, which may be long ago.
  Task<std::optional<Error>> changed_meanwhile(const BindOrder* order);
  /// A lost answer: whether the vendor's list shows the bind, or why that cannot be told.
  Task<Result<bool>> shown(const BindOrder* order);
  /// Compares what else the vendor says of the target with what it said before; null: it cannot be
  /// read, which is noted with the target.
  void compare(TargetReport& target, const Binding* now);

  const EngineSettings& settings_;
  EnginePorts ports_;
  Journal& journal_;
  AccountWork& work_;
  unsigned senseless_ = 0;
  Binding binding_;  ///< as the latest look shows it
  std::optional<std::map<std::string, std::string>> settings_before_;
  std::vector<std::string> settings_changed_;
};

/// Whether the error says that nothing was sent and the next run may.
bool put_off(const Error& error);

}  // namespace certferry
