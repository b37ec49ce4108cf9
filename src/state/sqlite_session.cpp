#include "state/sqlite_session.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

#include <string_view>

#include "base/planted.h"
#include "base/text.h"

namespace certferry::state {

namespace {

// The journal grows by a few hundred bytes a call, so one mebibyte of log covers thousands.
constexpr long long kWalLimitBytes = 1 << 20;

/// A path as SQLite's URI, without any character that SOCI's connect string gives a meaning.
std::string file_uri(const std::string& path) {
  constexpr std::string_view kPlain = "-._~/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "file:";
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string uri_query(const SqlitePlace& place, SqliteAccess access) {
  std::string query = "?mode=ro";
  if (access == SqliteAccess::kWrite) query = place.on_machine() ? "?mode=rw" : "?mode=rwc";
  if (access == SqliteAccess::kSnapshot) query += "&immutable=1";
  if (!place.on_machine()) query += "&vfs=" + place.vfs;
  return query;
}

sqlite_api::sqlite3* connection(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

/// SQLite's result code without its extension; SQLITE_ERROR for what SOCI itself found wrong.
int result_of(const soci::soci_error& error) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return sqlite == nullptr ? SQLITE_ERROR : sqlite->result() & 0xff;
}

Error unavailable(const std::string& message, std::string hint) {
  return Error(ErrorKind::kUnavailable, message).with_code("state.io").with_hint(std::move(hint));
}

}  // namespace

std::unique_ptr<soci::session> open_sqlite(const SqlitePlace& place, SqliteAccess access) {
  // Five seconds cover a reader that recovers the log of a killed writer. The factory is named
  // here, so no backend is loaded at run time.
  std::string connect = "timeout=5 db=" + file_uri(place.path) + uri_query(place, access);
  return std::make_unique<soci::session>(soci::sqlite3, connect);
}

void prepare_for_writing(soci::session& session) {
  session << "PRAGMA journal_mode = WAL";
  session << "PRAGMA journal_size_limit = " << kWalLimitBytes;
  int persist = 1;
  sqlite_api::sqlite3_file_control(connection(session), "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
}

sqlite3* sqlite_connection(soci::session& session) {
  // SOCI keeps SQLite's names in a namespace of its own; the thing is the same.
  return reinterpret_cast<sqlite3*>(connection(session));
}

void begin_logged(SqliteLog& log) {
  int code = log.begin();
  if (code != SQLITE_OK) {
    throw soci::sqlite3_soci_error(
        std::string("the log cannot be written anew: ") + sqlite_api::sqlite3_errstr(code), code);
  }
}

void set_durability(soci::session& session, Durability durability) {
  const bool full = durability == Durability::kFlushed && !planted("sync_off");
  session << "PRAGMA synchronous = " << (full ? "FULL" : "NORMAL");
}

bool is_at_rest(const SqlitePlace& place) {
  // Elsewhere nothing can keep the companions from being made.
  if (!place.on_machine()) return false;
  struct stat status{};
  return ::stat((place.path + "-wal").c_str(), &status) != 0 || status.st_size == 0;
}

bool lacks_companions(const soci::soci_error& error) {
  int result = result_of(error);
  return result == SQLITE_CANTOPEN || result == SQLITE_READONLY;
}

Error storage_error(const std::string& path, const soci::soci_error& error) {
  // SOCI's full text repeats the values of the row, which have no place in a message.
  std::string words = printable(error.get_error_message());
  switch (result_of(error)) {
    case SQLITE_CORRUPT:
      return corrupt_state(path, "is damaged (" + words + ")");
    case SQLITE_NOTADB:
      return corrupt_state(path, "is not a state file (" + words + ")");
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return corrupt_state(path, "is not laid out as certferry left it (" + words + ")");
    case SQLITE_FULL:
      return unavailable(path + ": the disk is full",
                         "free some space; what was written before is intact");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable(path + " is locked by another program (" + words + ")",
                         "end the program that has it open, or try again later");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return unavailable(path + " could not be opened or written to (" + words + ")",
                         "look at the permissions of the file and its folder, or run certferry as "
                         "root or as the user that owns them");
    default:
      return unavailable(path + " could not be read or written (" + words + ")",
                         "look at the disk; what was written before is intact");
  }
}

Error corrupt_state(const std::string& path, std::string message) {
  return Error(ErrorKind::kInvalidInput, path + " " + std::move(message))
      .with_code("state.corrupt")
      .with_hint(
          "move the file away and run again: what the vendors store and serve is read anew, "
          "and nothing is deleted that a ledger does not name");
}

}  // namespace certferry::state
