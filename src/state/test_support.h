// What the tests of this room share: a folder, records, children that die, connections that fail.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <tuple>

#include "base/error.h"
#include "model/records.h"

namespace certferry {

// Records have no comparison of their own; tests compare every field.
inline auto fields(const UploadRecord& r) {
  return std::tie(r.account,
                  r.fingerprint,
                  r.certificate,
                  r.stored_id,
                  r.label,
                  r.state,
                  r.not_after,
                  r.created_at,
                  r.superseded_at,
                  r.retired_at,
                  r.lost);
}
inline auto fields(const TargetRecord& r) {
  return std::tie(r.id,
                  r.certificate,
                  r.bound_fingerprint,
                  r.bound_at,
                  r.confirmed_fingerprint,
                  r.confirmed_at,
                  r.outcome,
                  r.message,
                  r.last_attempt,
                  r.failures,
                  r.attempted_fingerprint,
                  r.next_attempt,
                  r.previous_fingerprint,
                  r.rolled_back_fingerprint,
                  r.rolled_back_at,
                  r.rollbacks,
                  r.reversals,
                  r.reversed_at,
                  r.reversed_to,
                  r.rolled_back_by,
                  r.senseless_step,
                  r.senseless,
                  r.harmed_fingerprint,
                  r.looks_before_bind);
}
inline auto fields(const AccountRecord& r) {
  return std::tie(r.name, r.paused_until);
}
inline auto fields(const OrphanRecord& r) {
  return std::tie(r.account, r.stored_id, r.fingerprint, r.found_at, r.removed_at);
}

inline auto fields(const KeptBundle& r) {
  return std::tie(
      r.id.account, r.id.product, r.id.name, r.slot, r.fingerprint, r.kept_at, r.sealed);
}
inline auto fields(const AlertRecord& r) {
  return std::tie(r.subject, r.topic, r.cause, r.since, r.told_at, r.stage, r.ended_at);
}
inline auto fields(const NoticeRecord& r) {
  const Notice& n = r.notice;
  return std::tie(n.id, n.at, n.level, n.topic, n.subject, n.text, n.fields, r.ended_at, r.outcome);
}
inline auto fields(const JournalEntry& e) {
  return std::tie(e.run,
                  e.number,
                  e.at,
                  e.ended_at,
                  e.account,
                  e.product,
                  e.name,
                  e.action,
                  e.certificate,
                  e.fingerprint,
                  e.stored_id,
                  e.outcome,
                  e.detail);
}

}  // namespace certferry

namespace certferry::state {

/// A folder of mode 0700 that goes with all that is in it.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = testing::TempDir() + "certferry-state-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  bool empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::string path_;
};

inline Time at(std::int64_t count) {
  return Time(milliseconds(count));
}

inline mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// A thousand rows, say, with text enough to need room.
inline StateChange many_entries(const std::string& run, std::int64_t count) {
  StateChange change;
  for (std::int64_t i = 0; i < count; ++i) {
    JournalEntry entry;
    entry.run = run;
    entry.number = i;
    entry.at = at(i);
    entry.account = "doge";
    entry.detail = std::string(200, 'x');
    change.journal.push_back(entry);
  }
  return change;
}

/// The Error that the work throws; a failure of the test when it throws none.
template <typename Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error was thrown";
  return Error(ErrorKind::kInternal, "none");
}

/// Runs the work in a process of its own and returns its wait status: 0 when nothing failed there.
inline int run_in_child(const std::function<void()>& work) {
  pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

/// Runs one SQL text by SQLite itself, behind the store's back.
inline void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &connection), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sql << ": " << sqlite3_errmsg(connection);
  sqlite3_close(connection);
}

/// Calls a function on every connection that SQLite opens while this lives.
class ConnectionHook {
 public:
  explicit ConnectionHook(std::function<void(sqlite3*)> hook) {
    current() = std::move(hook);
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&opened));
  }
  ConnectionHook(const ConnectionHook&) = delete;
  ConnectionHook& operator=(const ConnectionHook&) = delete;
  ~ConnectionHook() { sqlite3_reset_auto_extension(); }

 private:
  static std::function<void(sqlite3*)>& current() {
    static std::function<void(sqlite3*)> hook;
    return hook;
  }
  static int opened(sqlite3* connection, char**, const void*) {
    current()(connection);
    return SQLITE_OK;
  }
};

}  // namespace certferry::state
