// What is particular to the SQLite file: who may touch it, what may stand in it, and its upgrades.
#include "state/soci_store.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "state/schema.h"
#include "state/sqlite_session.h"
#include "state/test_support.h"
#include "state/writer_lock.h"

namespace certferry::state {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

StateChange one_target(const std::string& name = "a.example") {
  TargetRecord target;
  target.id = {"doge", "cdn", name};
  return {.targets = {target}};
}

std::string version_sql(std::size_t version) {
  return "UPDATE schema_version SET version = " + std::to_string(version);
}

TEST(SociStoreTest, MakesPrivateFilesWhateverTheUmask) {
  for (mode_t mask : {0u, 022u, 077u, 0177u}) {
    TestFolder folder;
    mode_t before = ::umask(mask);
    auto store = SociStore::open_for_writing(folder / "new/deep/state.db");
    store->commit(one_target(), Durability::kFlushed);
    ::umask(before);
    EXPECT_EQ(mode_of(folder / "new"), 0700u) << mask;
    EXPECT_EQ(mode_of(folder / "new/deep"), 0700u) << mask;
    for (std::string suffix : {"", "-wal", "-shm"}) {
      EXPECT_EQ(mode_of(folder / "new/deep/state.db" + suffix), 0600u) << suffix << " " << mask;
    }
  }
}

TEST(SociStoreTest, TakesAPathWithAnyCharacterInIt) {
  for (std::string name : {"a b.db", "db=x timeout=0.db", "q?mode=memory#x.db", "'\"%41é.db"}) {
    TestFolder folder;
    SociStore::open_for_writing(folder / name)->commit(one_target(), Durability::kFlushed);
    EXPECT_EQ(SociStore::open_read_only(folder / name)->targets().size(), 1u) << name;
    EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
  }
}

TEST(SociStoreTest, ReadingAMissingFileLeavesNoTrace) {
  TestFolder folder;
  EXPECT_TRUE(SociStore::open_read_only(folder / "state.db")->targets().empty());
  EXPECT_TRUE(SociStore::open_read_only(folder / "not/there/state.db")->targets().empty());
  EXPECT_TRUE(folder.empty());
}

TEST(SociStoreTest, AnEmptyFileIsAnEmptyStore) {
  TestFolder folder;
  write_file(folder / "state.db", "");
  EXPECT_TRUE(SociStore::open_read_only(folder / "state.db")->targets().empty());
  EXPECT_EQ(read_file(folder / "state.db"), "");
  SociStore::open_for_writing(folder / "state.db")->commit(one_target(), Durability::kFlushed);
  EXPECT_EQ(SociStore::open_read_only(folder / "state.db")->targets().size(), 1u);
}

TEST(SociStoreTest, RefusesWhatOthersMayWriteTo) {
  TestFolder folder;
  std::string path = folder / "it's/state.db";
  SociStore::open_for_writing(path);
  struct Case {
    std::string path;
    mode_t mode;
    std::string hint;
  };
  std::string quoted = "'" + (folder / "it'\\''s");
  const Case cases[] = {{path, 0602, "run: chmod go-w " + quoted + "/state.db'"},
                        {path, 0660, "run: chmod go-w " + quoted + "/state.db'"},
                        {folder / "it's", 0770, "run: chmod go-w " + quoted + "'"},
                        {folder / "it's", 0702, "run: chmod go-w " + quoted + "'"},
                        {folder / "it's", 01777, "give the state a folder of its own"}};
  for (const Case& c : cases) {
    mode_t before = mode_of(c.path);
    ::chmod(c.path.c_str(), c.mode);
    for (auto open : {&SociStore::open_for_writing, &SociStore::open_read_only}) {
      Error error = error_of([&] { open(path); });
      EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
      EXPECT_EQ(error.code, "state.insecure") << c.hint;
      EXPECT_THAT(error.hint, HasSubstr(c.hint));
    }
    ::chmod(c.path.c_str(), before);
  }
  EXPECT_NO_THROW(SociStore::open_for_writing(path));
}

/// A state as an older copy or a careless hand may leave it: readable by everybody.
std::string state_open_to_others(const TestFolder& folder) {
  const std::string path = folder / "mine/state.db";
  WriterLock::acquire(path, {.command = "certferry apply"});
  SociStore::open_for_writing(path)->commit(one_target(), Durability::kFlushed);
  for (const char* end : {"", "-wal", "-shm", ".lock"}) ::chmod((path + end).c_str(), 0644);
  ::chmod((folder / "mine").c_str(), 0755);
  return path;
}

TEST(SociStoreTest, ClosesWhatOthersMayRead) {
  TestFolder folder;
  const std::string path = state_open_to_others(folder);
  SociStore::open_read_only(path);
  EXPECT_EQ(mode_of(path), 0644u) << "reading changes nothing";
  auto store = SociStore::open_for_writing(path);
  for (const char* end : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(path + end), 0600u) << end;
  EXPECT_EQ(mode_of(folder / "mine"), 0700u);
  store->commit(one_target("b.example"), Durability::kFlushed);
  EXPECT_EQ(SociStore::open_read_only(path)->targets().size(), 2u);
}

TEST(SociStoreTest, LeavesAFolderThatHoldsOtherThingsAsItIs) {
  TestFolder folder;
  const std::string path = state_open_to_others(folder);
  write_file(folder / "mine/certferry.yaml", "");
  ::chmod((folder / "mine/certferry.yaml").c_str(), 0644);
  SociStore::open_for_writing(path);
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(mode_of(folder / "mine/certferry.yaml"), 0644u);
  EXPECT_EQ(mode_of(folder / "mine"), 0755u);
}

TEST(SociStoreTest, LeavesAFileThatIsNoStateAsItIs) {
  TestFolder folder;
  const std::string path = folder / "notes";
  write_file(path, "somebody's notes");
  ::chmod(path.c_str(), 0644);
  EXPECT_EQ(error_of([&] { SociStore::open_for_writing(path); }).code, "state.corrupt");
  EXPECT_EQ(mode_of(path), 0644u);
}

TEST(SociStoreTest, MakesNothingInAFolderItRefuses) {
  TestFolder folder;
  ::chmod(folder.path().c_str(), 0777);
  EXPECT_EQ(error_of([&] { SociStore::open_for_writing(folder / "state.db"); }).code,
            "state.insecure");
  EXPECT_TRUE(folder.empty());
}

TEST(SociStoreTest, RefusesWhatIsNotARegularFile) {
  TestFolder folder;
  SociStore::open_for_writing(folder / "real.db");
  std::filesystem::create_symlink(folder / "real.db", folder / "link.db");
  std::filesystem::create_directory(folder / "folder.db");
  ASSERT_EQ(::mkfifo((folder / "pipe.db").c_str(), 0600), 0);
  for (std::string name : {"link.db", "folder.db", "pipe.db"}) {
    for (auto open : {&SociStore::open_for_writing, &SociStore::open_read_only}) {
      Error error = error_of([&] { open(folder / name); });
      EXPECT_EQ(error.code, "state.insecure") << name;
      EXPECT_THAT(error.message, HasSubstr("not a regular file")) << name;
    }
  }
}

TEST(SociStoreTest, AFileInTheWayOfTheFolderIsAnIoError) {
  TestFolder folder;
  write_file(folder / "file", "");
  for (auto open : {&SociStore::open_for_writing, &SociStore::open_read_only}) {
    Error error = error_of([&] { open(folder / "file/state.db"); });
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error.code, "state.io");
    EXPECT_THAT(error.hint, HasSubstr("settings.state"));
  }
}

TEST(SociStoreTest, RefusesANewerSchemaAndChangesNothing) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path)->commit(one_target(), Durability::kFlushed);
  run_sql(path, version_sql(migrations().size() + 1) + "; PRAGMA journal_mode = DELETE");
  std::string before = read_file(path);
  for (auto open : {&SociStore::open_for_writing, &SociStore::open_read_only}) {
    Error error = error_of([&] { open(path); });
    EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(error.code, "state.newer");
    EXPECT_THAT(error.text(), HasSubstr("written by a newer certferry"));
    EXPECT_THAT(error.text(), HasSubstr("use that certferry"));
  }
  EXPECT_TRUE(read_file(path) == before);
}

TEST(SociStoreTest, RefusesADatabaseThatIsNotCertferrys) {
  const char* cases[] = {"CREATE TABLE mail (id INTEGER)",
                         "CREATE TABLE schema_version (version TEXT)",
                         "CREATE TABLE schema_version (version TEXT);"
                         "INSERT INTO schema_version VALUES ('one')",
                         "CREATE TABLE schema_version (version TEXT);"
                         "INSERT INTO schema_version VALUES (NULL)",
                         "CREATE TABLE schema_version (version TEXT);"
                         "INSERT INTO schema_version VALUES (1), (1)",
                         "CREATE TABLE schema_version (number BIGINT)"};
  for (const char* sql : cases) {
    TestFolder folder;
    std::string path = folder / "state.db";
    write_file(path, "");
    run_sql(path, sql);
    std::string before = read_file(path);
    for (auto open : {&SociStore::open_for_writing, &SociStore::open_read_only}) {
      EXPECT_EQ(error_of([&] { open(path); }).code, "state.corrupt") << sql;
    }
    EXPECT_TRUE(read_file(path) == before) << sql;
  }
}

TEST(SociStoreTest, RefusesGarbageAndSaysWhatToDo) {
  for (const std::string& bytes :
       {std::string("no database"), std::string(99, '\0'), std::string(20'000, 'g')}) {
    TestFolder folder;
    std::string path = folder / "state.db";
    write_file(path, bytes);
    for (auto open : {&SociStore::open_for_writing, &SociStore::open_read_only}) {
      Error error = error_of([&] { open(path); });
      EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
      EXPECT_EQ(error.code, "state.corrupt") << bytes.size();
      EXPECT_THAT(error.message, HasSubstr(path));
      EXPECT_THAT(error.hint, HasSubstr("move the file away"));
    }
    EXPECT_TRUE(read_file(path) == bytes);
  }
}

TEST(SociStoreTest, DamageAnywhereIsReportedAndNeverACrash) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path)->commit(many_entries("run", 200), Durability::kFlushed);
  const std::string good = read_file(path);
  constexpr std::size_t kPage = 4096;
  int refused = 0;
  auto read_all = [&] {
    auto store = SociStore::open_for_writing(path);
    store->uploads();
    store->targets();
    store->journal({.target = TargetId{"doge", "cdn", "a.example"}, .limit = 1000});
    store->journal({.limit = 1000});
    store->commit(one_target(), Durability::kFlushed);
  };
  for (std::size_t page = 0; page < good.size() / kPage; ++page) {
    std::string shortened = good.substr(0, page * kPage + 100);
    std::string overwritten = good;
    overwritten.replace(page * kPage, kPage, kPage, '\xff');
    for (const std::string& bytes : {shortened, overwritten}) {
      for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
      write_file(path, bytes);
      try {
        read_all();
      } catch (const Error& error) {
        EXPECT_EQ(error.code, "state.corrupt") << page << ": " << error.text();
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 10);
}

TEST(SociStoreTest, NamesTheRowThatMakesNoSense) {
  TestFolder folder;
  std::string path = folder / "state.db";
  auto store = SociStore::open_for_writing(path);
  store->commit(one_target(), Durability::kFlushed);
  store->commit(many_entries("r1", 1), Durability::kFlushed);
  // SQLite keeps a word in a column of integers; read as a number it would be 0.
  run_sql(path, "UPDATE targets SET bound_at = 'soon'; UPDATE journal SET outcome = 'done'");
  Error error = error_of([&] { store->targets(); });
  EXPECT_EQ(error.code, "state.corrupt");
  EXPECT_THAT(error.message, HasSubstr(path));
  EXPECT_THAT(error.message,
              HasSubstr("table targets, row (doge, cdn, a.example): bound_at cannot be \"soon\""));
  error = error_of([&] { store->journal({}); });
  EXPECT_THAT(error.message, HasSubstr("table journal, row (r1, 0): outcome cannot be \"done\""));
  EXPECT_FALSE(error.hint.empty());
}

TEST(SociStoreTest, TimesAreKeptAsWholeMilliseconds) {
  TestFolder folder;
  std::string path = folder / "state.db";
  auto store = SociStore::open_for_writing(path);
  store->commit(many_entries("r1", 1), Durability::kFlushed);
  // The check refuses the row unless the columns hold integers.
  run_sql(path,
          "CREATE TABLE proof (ok INTEGER CHECK (ok = 1));"
          "INSERT INTO proof SELECT typeof(at) = 'integer' AND typeof(number) = 'integer'"
          " AND ended_at IS NULL FROM journal");
}

// As another user would: the folder closed to writing, the files to all but reading. Root is never
// refused anything, so the child gives that up first.
void read_as_somebody_without_rights(const std::string& path, std::size_t expected) {
  int status = run_in_child([&] {
    if (::geteuid() == 0) ASSERT_EQ(::setuid(65534), 0);
    EXPECT_NE(::access(std::filesystem::path(path).parent_path().c_str(), W_OK), 0);
    EXPECT_EQ(SociStore::open_read_only(path)->targets().size(), expected);
  });
  EXPECT_EQ(status, 0);
}

void close_to_writing(const TestFolder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    ::chmod(entry.path().c_str(), 0444);
  }
  ::chmod(folder.path().c_str(), 0555);
}

TEST(SociStoreTest, ReadsWithoutPermissionToWrite) {
  TestFolder folder;
  std::string path = folder / "state.db";
  {
    auto store = SociStore::open_for_writing(path);
    store->commit(one_target(), Durability::kFlushed);
    close_to_writing(folder);
    read_as_somebody_without_rights(path, 1);
    store->commit(one_target("b.example"), Durability::kFlushed);
    read_as_somebody_without_rights(path, 2);
  }
  close_to_writing(folder);
  read_as_somebody_without_rights(path, 2);
  ::chmod(folder.path().c_str(), 0700);
}

TEST(SociStoreTest, ReadsACopyWithoutItsCompanionsAndWithoutPermissionToWrite) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path)->commit(one_target(), Durability::kFlushed);
  for (const char* suffix : {"-wal", "-shm"}) ASSERT_TRUE(std::filesystem::remove(path + suffix));
  close_to_writing(folder);
  read_as_somebody_without_rights(path, 1);
  ::chmod(folder.path().c_str(), 0700);
}

TEST(SociStoreTest, AFileClosedToUsSaysWhoMayReadIt) {
  TestFolder folder;
  std::string path = folder / "state.db";
  SociStore::open_for_writing(path);
  ::chmod(path.c_str(), 0000);
  ::chmod(folder.path().c_str(), 0755);
  int status = run_in_child([&] {
    if (::geteuid() == 0) ASSERT_EQ(::setuid(65534), 0);
    Error error = error_of([&] { SociStore::open_read_only(path); });
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error.code, "state.io");
    EXPECT_THAT(error.hint, HasSubstr("the user that owns"));
  });
  EXPECT_EQ(status, 0);
}

TEST(SociStoreTest, TheCompanionsStayAndTheLogIsBroughtIn) {
  TestFolder folder;
  SociStore::open_for_writing(folder / "state.db")->commit(one_target(), Durability::kOrdered);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, UnorderedElementsAre("state.db", "state.db-wal", "state.db-shm"));
  EXPECT_EQ(std::filesystem::file_size(folder / "state.db-wal"), 0u);
}

TEST(SociStoreTest, RootMakesTheFilesInTheNameOfTheFoldersOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make files for others";
  constexpr uid_t kNobody = 65534;
  TestFolder folder;
  ASSERT_EQ(::chown(folder.path().c_str(), kNobody, kNobody), 0);
  SociStore::open_for_writing(folder / "new/state.db")->commit(one_target(), Durability::kFlushed);
  for (std::string name : {"new", "new/state.db", "new/state.db-wal", "new/state.db-shm"}) {
    struct stat status{};
    ASSERT_EQ(::stat((folder / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_uid, kNobody) << name;
  }
}

TEST(SociStoreTest, WaitsForTheDiskWhenAskedTo) {
  TestFolder folder;
  sqlite3* connection = nullptr;
  ConnectionHook hook([&](sqlite3* opened) { connection = opened; });
  auto store = SociStore::open_for_writing(folder / "state.db");
  auto synchronous = [&] {
    int level = -1;
    auto take = [](void* out, int, char** values, char**) {
      *static_cast<int*>(out) = std::atoi(values[0]);
      return 0;
    };
    sqlite3_exec(connection, "PRAGMA synchronous", take, &level, nullptr);
    return level;
  };
  constexpr int kNormal = 1, kFull = 2;
  EXPECT_EQ(synchronous(), kFull);
  store->commit(one_target(), Durability::kOrdered);
  EXPECT_EQ(synchronous(), kNormal);
  store->commit(one_target(), Durability::kFlushed);
  EXPECT_EQ(synchronous(), kFull);
}

TEST(SociStoreDeathTest, AStoreOpenedForReadingIsNotWrittenTo) {
  TestFolder folder;
  auto store = SociStore::open_read_only(folder / "state.db");
  EXPECT_DEATH(store->commit(one_target(), Durability::kFlushed), "assertion failed");
}

TEST(MigrationTest, AnOlderFileIsReadAsThePresentOneAndNotTouched) {
  TestFolder folder;
  const std::string path = folder / "state.db";
  write_file(path, "");
  ::chmod(path.c_str(), 0600);
  {
    auto session = open_sqlite(path, SqliteAccess::kWrite);
    migrate(*session, 0, migrations().first(1));
    *session << "INSERT INTO targets VALUES ('doge', 'cdn', 'a.example', 'example.com', 'f1', 1, "
                "'f1', 2, 'confirmed', 'well', 3, 0)";
  }
  const std::string before = read_file(path);
  const auto reader = SociStore::open_read_only(path);
  ASSERT_EQ(reader->targets().size(), 1U);
  EXPECT_EQ(reader->targets()[0].confirmed_fingerprint, "f1");
  EXPECT_FALSE(reader->targets()[0].next_attempt);
  EXPECT_TRUE(reader->accounts().empty());
  EXPECT_TRUE(reader->journal({}).empty());
  EXPECT_EQ(read_file(path), before);

  const auto writer = SociStore::open_for_writing(path);
  ASSERT_EQ(writer->targets().size(), 1U);
  EXPECT_EQ(writer->targets()[0].message, "well");
}

TEST(MigrationTest, AStepThatFailsLeavesTheVersionBeforeIt) {
  TestFolder folder;
  std::string path = folder / "state.db";
  write_file(path, "");
  constexpr std::string_view kFirst[] = {"CREATE TABLE one (a BIGINT)"};
  constexpr std::string_view kBroken[] = {"CREATE TABLE two (a BIGINT)", "CREATE NONSENSE"};
  constexpr std::string_view kMended[] = {"CREATE TABLE two (a BIGINT, b BIGINT)"};
  const Migration broken[] = {{kFirst}, {kBroken}};
  const Migration mended[] = {{kFirst}, {kMended}};

  auto session = open_sqlite(path, SqliteAccess::kWrite);
  EXPECT_EQ(schema_version(*session, path, 2), 0u);
  EXPECT_THROW(migrate(*session, 0, broken), soci::soci_error);
  EXPECT_EQ(schema_version(*session, path, 2), 1u);
  migrate(*session, 1, mended);
  EXPECT_EQ(schema_version(*session, path, 2), 2u);
  *session << "INSERT INTO two (a, b) VALUES (1, 2)";
}

TEST(SociStoreTest, ADamagedRowOfAnyTableIsToldAndLeftAsItIs) {
  struct Damage {
    const char* sql;
    std::function<void(StateStore&)> read;
  };
  const Damage rows[] = {
      {"UPDATE uploads SET state = 'flying'", [](StateStore& store) { store.uploads(); }},
      {"UPDATE targets SET failures = 'many'", [](StateStore& store) { store.targets(); }},
      {"UPDATE accounts SET paused_until = 'soon'", [](StateStore& store) { store.accounts(); }},
      {"UPDATE orphans SET found_at = 'once'", [](StateStore& store) { store.orphans(); }},
      {"UPDATE kept_bundles SET slot = 'last'", [](StateStore& store) { store.kept(); }},
      {"UPDATE alerts SET topic = 'weather'", [](StateStore& store) { store.alerts(); }},
      {"UPDATE notices SET level = 'loud'", [](StateStore& store) { store.notices(); }},
      {"UPDATE journal SET outcome = 'perhaps'", [](StateStore& store) { store.journal({}); }},
  };
  for (const Damage& row : rows) {
    const TestFolder folder;
    const std::string path = folder / "state.db";
    SociStore::open_for_writing(path)->commit({.uploads = {{.account = "doge", .fingerprint = "f"}},
                                               .targets = {{.id = {"doge", "cdn", "a.example"}}},
                                               .journal = {{.run = "r", .number = 1}},
                                               .accounts = {{.name = "doge"}},
                                               .orphans = {{.account = "doge", .stored_id = "1"}},
                                               .kept = {{.id = {"doge", "cdn", "a.example"}}},
                                               .alerts = {{.subject = "doge"}},
                                               .notices = {{.notice = {.id = "n"}}}},
                                              Durability::kFlushed);
    row.read(*SociStore::open_read_only(path));
    run_sql(path, row.sql);
    const Error error = error_of([&] { row.read(*SociStore::open_read_only(path)); });
    EXPECT_EQ(error.code, "state.corrupt") << row.sql;
    EXPECT_THAT(error.message, HasSubstr("is damaged")) << row.sql;
    EXPECT_THAT(error.hint, HasSubstr("move the file away")) << row.sql;
  }
}

}  // namespace
}  // namespace certferry::state
