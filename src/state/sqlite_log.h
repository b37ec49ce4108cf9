// SQLite's write-ahead log, kept safe through flushes that fail.
#pragma once

// NOLINTNEXTLINE(readability-identifier-naming): not ours to choose
struct sqlite3;

namespace certferry::state {

/// Writes a log anew that may not be on the disk as it reads.
///
/// Linux takes what it could not write for written: after an fsync that failed, the next one
/// succeeds without it (https://lwn.net/Articles/752063/). A log with such a hole ends there once
/// the power is lost, and with it all that was flushed later. SQLite does not provide for that, and
/// brings the log in by itself now and then, where a failed flush is not even reported.
class SqliteLog {
 public:
  /// Brings the log into the database in SQLite's place, after as many pages. A log that is found
  /// is doubted: nobody knows what the program before has seen. Lives as long as the connection.
  explicit SqliteLog(sqlite3* connection);
  SqliteLog(const SqliteLog&) = delete;
  SqliteLog& operator=(const SqliteLog&) = delete;

  /// Before a transaction; from here on the log is in doubt. Gives SQLite's code; unless it is
  /// SQLITE_OK nothing may be committed.
  int begin();
  /// After one that was committed.
  void end() { in_doubt_ = left_behind_; }
  /// Before the connection closes, which brings the log in: not one in doubt, of which the database
  /// would get pages that the log cannot mend if the power fails on the way.
  void close();

 private:
  static int after_commit(void* self, sqlite3* connection, const char* schema, int pages);

  sqlite3* connection_;
  bool in_doubt_ = true;
  bool left_behind_ = false;  ///< the log could not be brought in
};

}  // namespace certferry::state
