// What is particular to SQLite: how a session is opened, made durable, and what its errors mean.
// All other SQL of this room is spoken by PostgreSQL too.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "ports/state_store.h"
#include "state/soci_forward.h"
#include "state/sqlite_log.h"
#include "state/sqlite_place.h"

namespace certferry::state {

enum class SqliteAccess {
  kWrite,     ///< the file may be written to
  kRead,      ///< follows a writer at work
  kSnapshot,  ///< takes the file to be at rest: needs no companion files and no writable folder
};

/// Opens the file; never makes one on the machine, where it must be made private. Nothing is read
/// from it yet. Throws: soci::soci_error.
std::unique_ptr<soci::session> open_sqlite(const SqlitePlace& place, SqliteAccess access);

/// Turns to write-ahead logging, so that readers and the writer do not wait for each other.
///
/// The companion files (-wal, -shm) stay when the store closes: with them there, a reader needs no
/// permission to write to the folder. Throws: soci::soci_error.
void prepare_for_writing(soci::session& session);

/// The connection, for what SQLite calls by itself. Goes with the session.
sqlite3* sqlite_connection(soci::session& session);

/// Begins a transaction that the log is to be fit for. Throws: soci::soci_error.
void begin_logged(SqliteLog& log);

/// Sets what the next transaction's commit waits for; not inside a transaction.
/// Throws: soci::soci_error.
void set_durability(soci::session& session, Durability durability);

/// Whether the file holds all that was ever committed: no log waits to be brought into it.
bool is_at_rest(const SqlitePlace& place);

/// Whether opening for reading failed for want of companion files that could not be made.
bool lacks_companions(const soci::soci_error& error);

/// What a failure means to people: invalid_input `state.corrupt` or unavailable `state.io`.
Error storage_error(const std::string& path, const soci::soci_error& error);

/// An invalid_input `state.corrupt` that says what to do about it.
Error corrupt_state(const std::string& path, std::string message);

}  // namespace certferry::state
