// The state store on SOCI: an SQLite file; the SQL is PostgreSQL's as well.
#pragma once

#include <memory>
#include <string>

#include "ports/state_store.h"
#include "state/soci_forward.h"
#include "state/sqlite_log.h"
#include "state/sqlite_place.h"

namespace certferry::state {

/// Remembers uploads, targets and the journal in one file.
///
/// Every call blocks for the disk, a few milliseconds at most. A failed commit leaves what was
/// there and the store usable: once there is room again, the next commit goes through. If the store
/// is opened again before that, a commit that failed while it was flushed may be found, whole.
class SociStore final : public StateStore {
 public:
  /// Opens the file, making it (0600, in a folder made 0700) and its tables where they are missing;
  /// what is there already and open to others is closed to them, as close_to_others says.
  ///
  /// Hold the WriterLock of the same path. Throws: invalid_input (`state.insecure`,
  /// `state.corrupt`, `state.newer`), unavailable (`state.io`).
  static std::unique_ptr<SociStore> open_for_writing(const SqlitePlace& place);

  /// Opens the file for reading, next to a writer at work if there is one, whose commits are seen
  /// as they are made. A file that is missing is an empty store and stays missing.
  static std::unique_ptr<SociStore> open_read_only(const SqlitePlace& place);

  ~SociStore() override;

  using StateStore::targets;
  using StateStore::uploads;
  std::vector<UploadRecord> uploads(const std::string& account) override;
  std::vector<TargetRecord> targets(const std::string& account) override;
  std::vector<AccountRecord> accounts() override;
  std::vector<OrphanRecord> orphans() override;
  std::vector<KeptBundle> kept() override;
  std::vector<AlertRecord> alerts() override;
  std::vector<NoticeRecord> notices() override;
  std::vector<JournalEntry> journal(const JournalQuery& query) override;
  /// Not for a store opened for reading.
  void commit(const StateChange& change, Durability durability) override;

 private:
  SociStore(std::string path,
            std::unique_ptr<soci::session> session,
            std::unique_ptr<SqliteLog> log);

  std::string path_;
  std::unique_ptr<SqliteLog> log_;          ///< none: opened for reading
  std::unique_ptr<soci::session> session_;  ///< none: opened for reading, and there are no tables
};

}  // namespace certferry::state
