// Records as rows of text, and back with every field checked.
//
// A row is the text of its columns in the table's order, none for NULL. The database keeps times
// and numbers as integers (the columns say so); text is how both engines give and take them, and it
// lets the reader see what is really there: SQLite stores any value in any column, and asking it
// for the integer in "abc" answers 0.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/records.h"

namespace certferry::state {

using Row = std::vector<std::optional<std::string>>;

struct Table {
  std::string_view name;
  std::span<const std::string_view> columns;
  std::size_t key_size;  ///< so many columns at the front name a row
};

extern const Table kUploads;
extern const Table kTargets;
extern const Table kJournal;
extern const Table kAccounts;
extern const Table kOrphans;
extern const Table kKept;
extern const Table kAlerts;
extern const Table kNotices;

/// Throws: internal for a time that could not be read back (before 1970, after 9999).
Row encode(const UploadRecord& record);
Row encode(const TargetRecord& record);
Row encode(const JournalEntry& entry);
Row encode(const AccountRecord& record);
Row encode(const OrphanRecord& record);
Row encode(const KeptBundle& kept);
Row encode(const AlertRecord& record);
Row encode(const NoticeRecord& record);

/// The error's message names table, row, column and what stands there; the caller adds the file.
Result<UploadRecord> decode_upload(const Row& row);
Result<TargetRecord> decode_target(const Row& row);
Result<JournalEntry> decode_journal(const Row& row);
Result<AccountRecord> decode_account(const Row& row);
Result<OrphanRecord> decode_orphan(const Row& row);
Result<KeptBundle> decode_kept(const Row& row);
Result<AlertRecord> decode_alert(const Row& row);
Result<NoticeRecord> decode_notice(const Row& row);

}  // namespace certferry::state
