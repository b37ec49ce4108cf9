#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/records.h"

namespace certferry {

enum class Durability {
  kFlushed,  ///< on the disk when the call returns: for intents
  kOrdered,  ///< survives a crash of the program; after power loss it may be missing, never torn
};

struct JournalQuery {
  std::optional<std::string> account;
  std::optional<TargetId> target;  ///< that target's entries and its account's uploads and retires
  std::optional<JournalEntry::Outcome> outcome;
  std::optional<Time> begun_since;
  std::optional<Time> ended_since;  ///< leaves out what has not ended
  std::size_t limit = 100;          ///< newest first
};

/// What is remembered between runs. Private keys are never in it but sealed.
/// Throws: unavailable (`state.io`: disk full, read-only; what was there stays), invalid_input
/// (`state.corrupt`, `state.newer`).
class StateStore {
 public:
  virtual ~StateStore() = default;
  /// Of one account, so that a run reads what it needs; of all when the name is empty.
  virtual std::vector<UploadRecord> uploads(const std::string& account) = 0;
  virtual std::vector<TargetRecord> targets(const std::string& account) = 0;
  std::vector<UploadRecord> uploads() { return uploads(std::string()); }
  std::vector<TargetRecord> targets() { return targets(std::string()); }
  virtual std::vector<AccountRecord> accounts() = 0;
  virtual std::vector<OrphanRecord> orphans() = 0;
  virtual std::vector<KeptBundle> kept() = 0;
  /// Those that have not ended.
  virtual std::vector<AlertRecord> alerts() = 0;
  /// Those that have not ended, oldest first.
  virtual std::vector<NoticeRecord> notices() = 0;
  virtual std::vector<JournalEntry> journal(const JournalQuery& query) = 0;
  virtual void commit(const StateChange& change, Durability durability) = 0;
};

}  // namespace certferry
