// Death at any moment and disks that refuse: what was committed stays, what was not leaves no
// trace.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "state/soci_store.h"
#include "state/test_support.h"

namespace certferry::state {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kFirst = 100;
constexpr std::int64_t kSecond = 3000;

std::map<std::string, std::size_t> entries_by_run(const std::string& path) {
  std::map<std::string, std::size_t> out;
  for (const JournalEntry& entry : SociStore::open_read_only(path)->journal({.limit = 100'000})) {
    ++out[entry.run];
  }
  return out;
}

struct Killed {
  long rows_left = 0;  ///< at which row to die; 0: at none
  bool at_commit = false;
};

// Kills the process where the case says; a tiny cache sends half a transaction to the disk.
void kill_on(sqlite3* connection, Killed* when) {
  sqlite3_exec(connection, "PRAGMA cache_size = 5", nullptr, nullptr, nullptr);
  auto on_row = [](void* data, int, const char*, const char*, sqlite3_int64) {
    auto* moment = static_cast<Killed*>(data);
    if (--moment->rows_left == 0 && !moment->at_commit) ::kill(::getpid(), SIGKILL);
  };
  auto on_commit = [](void* data) {
    auto* moment = static_cast<Killed*>(data);
    return moment->rows_left == 0 && moment->at_commit ? ::kill(::getpid(), SIGKILL) : 0;
  };
  sqlite3_update_hook(connection, on_row, when);
  sqlite3_commit_hook(connection, on_commit, when);
}

struct KillCase {
  const char* name;
  Killed when;
  bool second_is_there;
};

class KilledWriterTest : public testing::TestWithParam<KillCase> {};

TEST_P(KilledWriterTest, LeavesWholeCommitsAndNoOthers) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path);  // so that the hook counts journal rows alone
  int status = run_in_child([&] {
    Killed when = GetParam().when;
    ConnectionHook hook([&](sqlite3* connection) { kill_on(connection, &when); });
    auto store = SociStore::open_for_writing(path);
    store->commit(many_entries("first", kFirst), Durability::kFlushed);
    store->commit(many_entries("second", kSecond), Durability::kFlushed);
    ::kill(::getpid(), SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;

  std::map<std::string, std::size_t> expected = {{"first", kFirst}};
  if (GetParam().second_is_there) expected["second"] = kSecond;
  EXPECT_EQ(entries_by_run(path), expected);
  SociStore::open_for_writing(path)->commit(many_entries("third", 7), Durability::kFlushed);
  expected["third"] = 7;
  EXPECT_EQ(entries_by_run(path), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Moments,
    KilledWriterTest,
    testing::Values(
        KillCase{"AtTheFirstRow", {.rows_left = kFirst + 1}, false},
        KillCase{"InTheMiddle", {.rows_left = kFirst + kSecond / 2}, false},
        KillCase{"AtTheLastRow", {.rows_left = kFirst + kSecond}, false},
        KillCase{"BeforeTheCommit", {.rows_left = kFirst + kSecond, .at_commit = true}, false},
        KillCase{"AfterTheCommit", {}, true}),
    [](const auto& info) { return info.param.name; });

TEST(KilledMigrationTest, DyingWhileTheTablesAreMadeLeavesAnEmptyStore) {
  TestFolder folder;
  std::string path = folder / "state.db";
  int status = run_in_child([&] {
    ConnectionHook hook([](sqlite3* connection) {
      auto die = [](void*) -> int { return ::kill(::getpid(), SIGKILL); };
      sqlite3_commit_hook(connection, die, nullptr);
    });
    SociStore::open_for_writing(path);
  });
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_TRUE(SociStore::open_read_only(path)->targets().empty());
  SociStore::open_for_writing(path)->commit(many_entries("first", 3), Durability::kFlushed);
  EXPECT_EQ(entries_by_run(path), (std::map<std::string, std::size_t>{{"first", 3}}));
}

void expect_io_error(const Error& error, const std::string& path) {
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, "state.io");
  EXPECT_THAT(error.text(), HasSubstr("writing the state"));
  EXPECT_THAT(error.message, HasSubstr(path));
  EXPECT_THAT(error.hint, HasSubstr("what was written before is intact"));
}

void limit_file_size(rlim_t bytes) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
}

TEST(FullDiskTest, AFileThatMayNotGrowKeepsWhatItHasAndWorksAgainLater) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path)->commit(many_entries("first", kFirst), Durability::kFlushed);
  int status = run_in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto store = SociStore::open_for_writing(path);
    limit_file_size(200'000);
    auto commit = [&] { store->commit(many_entries("second", kSecond), Durability::kFlushed); };
    expect_io_error(error_of(commit), path);
    EXPECT_EQ(store->journal({.limit = 100'000}).size(), static_cast<std::size_t>(kFirst));
    limit_file_size(RLIM_INFINITY);
    commit();
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(entries_by_run(path),
            (std::map<std::string, std::size_t>{{"first", kFirst}, {"second", kSecond}}));
}

TEST(FullDiskTest, NoRoomForTheTablesIsAnIoErrorAndNotTheEnd) {
  TestFolder folder;
  std::string path = folder / "state.db";
  int status = run_in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    limit_file_size(2000);
    Error error = error_of([&] { SociStore::open_for_writing(path); });
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << error.text();
    EXPECT_EQ(error.code, "state.io");
    EXPECT_THAT(error.text(), HasSubstr("opening the state"));
  });
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(SociStore::open_read_only(path)->targets().empty());
  SociStore::open_for_writing(path)->commit(many_entries("first", 3), Durability::kFlushed);
  EXPECT_EQ(entries_by_run(path), (std::map<std::string, std::size_t>{{"first", 3}}));
}

TEST(FullDiskTest, AFullDatabaseKeepsWhatItHasAndTakesWhatFits) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path)->commit(many_entries("first", kFirst), Durability::kFlushed);
  {
    ConnectionHook hook([](sqlite3* connection) {
      sqlite3_exec(connection, "PRAGMA max_page_count = 1", nullptr, nullptr, nullptr);
    });
    auto store = SociStore::open_for_writing(path);
    Error error =
        error_of([&] { store->commit(many_entries("second", kSecond), Durability::kFlushed); });
    expect_io_error(error, path);
    EXPECT_THAT(error.message, HasSubstr("the disk is full"));
    EXPECT_EQ(store->journal({.limit = 100'000}).size(), static_cast<std::size_t>(kFirst));
    store->commit(many_entries("first", 1), Durability::kFlushed);
  }
  EXPECT_EQ(entries_by_run(path), (std::map<std::string, std::size_t>{{"first", kFirst}}));
}

TEST(LockedDatabaseTest, ARivalWithoutOurLockIsAnIoError) {
  TestFolder folder;
  std::string path = folder / "state.db";
  // SOCI sets its own five seconds after this, which the test would have to sit out; so the
  // connection is kept and told to be impatient once the store is open.
  sqlite3* ours = nullptr;
  ConnectionHook hook([&](sqlite3* connection) { ours = connection; });
  auto store = SociStore::open_for_writing(path);
  sqlite3_busy_timeout(ours, 0);
  sqlite3* rival = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &rival), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(rival, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  Error error = error_of([&] { store->commit(many_entries("a", 1), Durability::kFlushed); });
  EXPECT_EQ(error.code, "state.io");
  EXPECT_THAT(error.message, HasSubstr("locked by another program"));
  sqlite3_exec(rival, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(rival);
  store->commit(many_entries("a", 1), Durability::kFlushed);
  EXPECT_EQ(store->journal({}).size(), 1u);
}

}  // namespace
}  // namespace certferry::state
