// A state store in memory that can refuse to write and lose power.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ports/state_store.h"

namespace certferry::testing {

class MemoryStore final : public StateStore {
 public:
  /// Asked at every commit; true makes it fail like a full disk.
  std::function<bool(const StateChange&)> refuses;
  std::size_t commits = 0;
  unsigned unreadable = 0;  ///< so many readings of uploads or alerts fail from here on

  using StateStore::targets;
  using StateStore::uploads;
  std::vector<UploadRecord> uploads(const std::string& account) override;
  std::vector<TargetRecord> targets(const std::string& account) override;
  std::vector<AccountRecord> accounts() override;
  std::vector<OrphanRecord> orphans() override;
  std::vector<KeptBundle> kept() override;
  std::vector<AlertRecord> alerts() override;
  std::vector<NoticeRecord> notices() override;
  /// Those that have ended as well, oldest first.
  std::vector<NoticeRecord> all_notices();
  std::vector<JournalEntry> journal(const JournalQuery& query) override;

  void commit(const StateChange& change, Durability durability) override;
  /// What was not flushed is gone.
  void lose_power();

  /// The entries of one action, oldest first.
  std::vector<JournalEntry> all(const std::string& action);
  /// The intent that a changing call needs, safe from a loss of power: pending, for just this.
  bool intends(const JournalEntry& call) const;
  const UploadRecord* upload(const std::string& account, const std::string& fingerprint) const;
  bool is_orphan(const std::string& account, const std::string& id) const;
  /// Whether the bundle would still be kept if power were lost now.
  bool keeps(const TargetId& id, const std::string& fingerprint) const;
  const TargetRecord* target(const TargetId& id) const;

 private:
  struct Rows {
    void take(const StateChange& change);

    std::map<std::pair<std::string, std::string>, UploadRecord> uploads;
    std::map<TargetId, TargetRecord> targets;
    std::map<std::pair<std::string, std::int64_t>, JournalEntry> journal;
    std::map<std::string, AccountRecord> accounts;
    std::map<std::pair<std::string, std::string>, OrphanRecord> orphans;
    std::map<std::pair<TargetId, unsigned>, KeptBundle> kept;
    std::map<std::tuple<std::string, NoticeTopic, std::string>, AlertRecord> alerts;
    std::map<std::string, NoticeRecord> notices;
  };

  void fail_if_unreadable();

  Rows rows_;
  Rows flushed_;
  std::vector<StateChange> unflushed_;  ///< in `rows_` alone
};

}  // namespace certferry::testing
