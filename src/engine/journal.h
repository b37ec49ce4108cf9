// The journal of one run: intents are durable before their effect, outcomes follow.
#pragma once

#include <map>
#include <string>

#include "engine/fleet.h"

namespace certferry {

/// Writes what a run is about to do and what came of it.
///
/// `intend` returns only when the rows are on the disk; if it fails, nothing may be sent. Outcomes
/// are gathered and written together: one that is lost in a crash is read back from the vendor by
/// the next run, which is what the intent is there for.
class Journal {
 public:
  Journal(StateStore& store, Clock& clock, std::string run);

  const std::string& run() const { return run_; }

  /// A new entry of this run, pending, not yet written.
  JournalEntry entry(std::string action,
                     const TargetId& id,
                     std::string certificate,
                     std::string fingerprint);

  /// The ledger as it is on the disk. Error: `state.*`.
  Result<std::vector<UploadRecord>> uploads(const std::string& account);

  /// Makes intents durable, with the outcomes gathered so far. Error: `state.*`.
  Result<void> intend(StateChange intents);

  /// Notes how a call ended; written with the next intent, the next hundred, or `flush`.
  void settle(JournalEntry entry, JournalEntry::Outcome outcome, std::string detail);
  void note(UploadRecord record);
  void note(TargetRecord record);
  void note(AccountRecord record);
  void note(OrphanRecord record);

  /// Writes what is gathered. What cannot be written is kept for the next try.
  Result<void> flush(Durability durability = Durability::kOrdered);

 private:
  Result<void> write(const StateChange& change, Durability durability);
  void flush_when_many();

  StateStore& store_;
  Clock& clock_;
  std::string run_;
  std::int64_t next_number_ = 1;
  StateChange gathered_;
};

}  // namespace certferry
