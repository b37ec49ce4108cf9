#include "state/sqlite_log.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace certferry::state {

namespace {

constexpr int kPagesMax = 1000;  // as SQLite itself does

/// Writes what the file reads where it stands, and waits for the disk. Readers beside see the same
/// bytes as ever.
int write_anew(sqlite3_file& file) {
  std::array<char, 64 * 1024> buffer;
  sqlite3_int64 size = 0;
  int code = file.pMethods->xFileSize(&file, &size);
  for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size;) {
    int part = static_cast<int>(std::min<sqlite3_int64>(size - at, buffer.size()));
    code = file.pMethods->xRead(&file, buffer.data(), part, at);
    if (code == SQLITE_OK) code = file.pMethods->xWrite(&file, buffer.data(), part, at);
    at += part;
  }
  if (code != SQLITE_OK || size == 0) return code;
  return file.pMethods->xSync(&file, SQLITE_SYNC_FULL);
}

}  // namespace

SqliteLog::SqliteLog(sqlite3* connection) : connection_(connection) {
  sqlite3_wal_hook(connection, &SqliteLog::after_commit, this);
}

int SqliteLog::begin() {
  sqlite3_file* log = nullptr;
  int code = SQLITE_OK;
  if (in_doubt_) {
    auto* answer = static_cast<void*>(&log);
    code = sqlite3_file_control(connection_, "main", SQLITE_FCNTL_JOURNAL_POINTER, answer);
    if (code == SQLITE_OK && log != nullptr && log->pMethods != nullptr) code = write_anew(*log);
  }
  in_doubt_ = true;
  left_behind_ = false;
  return code;
}

void SqliteLog::close() {
  if (!in_doubt_ || begin() == SQLITE_OK) return;
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

int SqliteLog::after_commit(void* self, sqlite3* connection, const char* schema, int pages) {
  if (pages < kPagesMax) return SQLITE_OK;
  int code =
      sqlite3_wal_checkpoint_v2(connection, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  static_cast<SqliteLog*>(self)->left_behind_ = code != SQLITE_OK;
  return SQLITE_OK;  // the commit itself is done
}

}  // namespace certferry::state
