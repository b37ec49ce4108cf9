#include "disk/simulated_disk.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <set>

#include "disk/test_support.h"

namespace certferry::disk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A file opened as SQLite would open it.
class RawFile {
 public:
  RawFile(const SimulatedDisk& disk, const std::string& path, int flags = kMake)
      : vfs_(sqlite3_vfs_find(disk.name().c_str())), path_(path) {
    room_.resize(static_cast<std::size_t>(vfs_->szOsFile));
    code = vfs_->xOpen(vfs_, path_.c_str(), file(), flags, nullptr);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  ~RawFile() {
    if (code == SQLITE_OK) methods().xClose(file());
  }

  int write(std::size_t offset, const std::string& data) {
    return methods().xWrite(
        file(), data.data(), static_cast<int>(data.size()), static_cast<sqlite3_int64>(offset));
  }
  int read(std::string& out) {
    return methods().xRead(file(), out.data(), static_cast<int>(out.size()), 0);
  }
  int truncate(sqlite3_int64 size) { return methods().xTruncate(file(), size); }
  int sync() { return methods().xSync(file(), SQLITE_SYNC_NORMAL); }
  int lock(int level) { return methods().xLock(file(), level); }
  int unlock() { return methods().xUnlock(file(), SQLITE_LOCK_NONE); }
  int share(int first, int flags) { return methods().xShmLock(file(), first, 1, flags); }

  static constexpr int kMake = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
  static constexpr int kMakeDatabase =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;
  int code;

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(room_.data()); }
  const sqlite3_io_methods& methods() { return *file()->pMethods; }

  sqlite3_vfs* vfs_;
  std::string path_;
  std::vector<std::max_align_t> room_;
};

int remove(const SimulatedDisk& disk, const std::string& path, int flush_folder) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(disk.name().c_str());
  return vfs->xDelete(vfs, path.c_str(), flush_folder);
}

class SimulatedDiskTest : public testing::Test {
 protected:
  StandingClock clock_;
  SeededRandom random_{1};
  SimulatedDisk disk_{clock_, random_};
};

TEST_F(SimulatedDiskTest, KeepsWhatWasSyncedThroughEveryLossOfPower) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RawFile file(disk_, "/a");
    ASSERT_EQ(file.write(0, "kept"), SQLITE_OK);
    ASSERT_EQ(file.sync(), SQLITE_OK);
    ASSERT_EQ(file.write(4, "lost?"), SQLITE_OK);
    SeededRandom random(seed);
    disk_.lose_power(random);
    ASSERT_EQ(disk_.contents("/a").substr(0, 4), "kept") << seed;
  }
}

TEST_F(SimulatedDiskTest, LosesAnyOfTheWritesThatWereNotSynced) {
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto disk = disk_.copy(clock_, random_);
    RawFile file(*disk, "/a");
    file.write(0, "---");
    file.sync();
    for (std::size_t i = 0; i < 3; ++i) file.write(i, std::string(1, "abc"[i]));
    SeededRandom random(seed);
    disk->lose_power(random);
    found.insert(disk->contents("/a"));
  }
  EXPECT_THAT(found, ElementsAre("---", "--c", "-b-", "-bc", "a--", "a-c", "ab-", "abc"));
}

TEST_F(SimulatedDiskTest, TearsAWriteBetweenSectorsAndNowhereElse) {
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto disk = disk_.copy(clock_, random_);
    RawFile file(*disk, "/a");
    file.write(0, std::string(1536, '-'));
    file.sync();
    file.write(500, std::string(600, 'x'));
    SeededRandom random(seed);
    disk->lose_power(random);
    std::string now = disk->contents("/a");
    ASSERT_EQ(now.size(), 1536u);
    for (auto [from, to] : {std::pair{500, 511}, {512, 1023}, {1024, 1099}}) {
      ASSERT_EQ(now[static_cast<std::size_t>(from)], now[static_cast<std::size_t>(to)]) << seed;
    }
    found.insert({now[500], now[512], now[1024]});
  }
  EXPECT_EQ(found.size(), 8u);
}

TEST_F(SimulatedDiskTest, ANewFilesNameMayBeLostUntilTheFileIsSynced) {
  std::set<std::size_t> found;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto disk = disk_.copy(clock_, random_);
    RawFile synced(*disk, "/synced", RawFile::kMakeDatabase), other(*disk, "/other");
    synced.sync();
    SeededRandom random(seed);
    disk->lose_power(random);
    ASSERT_THAT(disk->files(), testing::Contains("/synced")) << seed;
    found.insert(disk->files().size());
  }
  EXPECT_THAT(found, ElementsAre(1u, 2u));
}

TEST_F(SimulatedDiskTest, TheFirstSyncOfALogFlushesTheNamesBesideIt) {
  RawFile database(disk_, "/folder/a", RawFile::kMakeDatabase), log(disk_, "/folder/a-wal"),
      elsewhere(disk_, "/b");
  ASSERT_EQ(log.sync(), SQLITE_OK);
  bool lost = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto disk = disk_.copy(clock_, random_);
    SeededRandom random(seed);
    disk->lose_power(random);
    EXPECT_THAT(disk->files(), testing::IsSupersetOf({"/folder/a", "/folder/a-wal"}));
    lost = lost || disk->files().size() == 2;
  }
  EXPECT_TRUE(lost) << "another folder's";
}

TEST_F(SimulatedDiskTest, ADeletedFileMayComeBackUnlessItsFolderWasFlushed) {
  for (int flush_folder : {0, 1}) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      auto disk = disk_.copy(clock_, random_);
      RawFile file(*disk, "/a");
      file.write(0, "old");
      file.sync();
      ASSERT_EQ(remove(*disk, "/a", flush_folder), SQLITE_OK);
      ASSERT_THAT(disk->files(), IsEmpty());
      SeededRandom random(seed);
      disk->lose_power(random);
      found.insert(disk->contents("/a"));
    }
    EXPECT_EQ(found,
              flush_folder == 1 ? std::set<std::string>{""} : (std::set<std::string>{"", "old"}));
  }
}

TEST_F(SimulatedDiskTest, ACrashKillsWhatIsOpenAndKeepsWhatWasWritten) {
  RawFile file(disk_, "/a");
  file.write(0, "written");
  ASSERT_EQ(file.lock(SQLITE_LOCK_SHARED), SQLITE_OK);
  ASSERT_EQ(file.lock(SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
  ASSERT_EQ(file.share(0, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
  disk_.crash();
  std::uint64_t before = disk_.calls();
  EXPECT_EQ(file.write(0, "dead"), SQLITE_IOERR);
  EXPECT_EQ(file.truncate(0), SQLITE_IOERR);
  EXPECT_EQ(file.sync(), SQLITE_IOERR);
  EXPECT_EQ(file.unlock(), SQLITE_IOERR);
  EXPECT_EQ(disk_.calls(), before);
  EXPECT_EQ(disk_.contents("/a"), "written");

  RawFile next(disk_, "/a");
  EXPECT_EQ(next.lock(SQLITE_LOCK_SHARED), SQLITE_OK);
  EXPECT_EQ(next.share(0, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
  std::string text(7, '?');
  EXPECT_EQ(next.read(text), SQLITE_OK);
  EXPECT_EQ(text, "written");
}

TEST_F(SimulatedDiskTest, StopsAtACallAsIfTheProgramHadDiedInIt) {
  std::set<std::string> found;
  for (int i = 0; i < 100; ++i) {
    auto disk = disk_.copy(clock_, random_);
    RawFile file(*disk, "/a");
    disk->stop_at_change(2);
    ASSERT_EQ(file.write(0, "1"), SQLITE_OK);
    ASSERT_FALSE(disk->is_stopped());
    ASSERT_EQ(file.write(1, "23"), SQLITE_IOERR);
    ASSERT_TRUE(disk->is_stopped());
    ASSERT_EQ(file.write(3, "4"), SQLITE_IOERR);
    ASSERT_EQ(RawFile(*disk, "/b").code, SQLITE_IOERR);
    disk->crash();
    ASSERT_FALSE(disk->is_stopped());
    ASSERT_EQ(RawFile(*disk, "/b").code, SQLITE_OK);
    found.insert(disk->contents("/a"));
  }
  EXPECT_THAT(found, ElementsAre("1", "12", "123"));
}

TEST_F(SimulatedDiskTest, FailsTheNthCallOfAKindOnce) {
  RawFile file(disk_, "/a");
  disk_.fail({.call = DiskCall::kSync, .nth = 2, .code = SQLITE_IOERR_FSYNC});
  EXPECT_EQ(file.sync(), SQLITE_OK);
  EXPECT_EQ(file.write(0, "x"), SQLITE_OK);
  EXPECT_EQ(file.sync(), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(file.sync(), SQLITE_OK);
}

TEST_F(SimulatedDiskTest, FailsFromTheNthCallOnUntilCleared) {
  disk_.fail({.nth = 3, .code = SQLITE_FULL, .lasting = DiskFault::Lasting::kUntilCleared});
  RawFile file(disk_, "/a");
  EXPECT_EQ(file.write(0, "x"), SQLITE_OK);
  EXPECT_EQ(file.sync(), SQLITE_FULL);
  EXPECT_EQ(file.truncate(0), SQLITE_FULL);
  EXPECT_EQ(RawFile(disk_, "/b").code, SQLITE_FULL);
  disk_.clear_faults();
  EXPECT_EQ(file.sync(), SQLITE_OK);
}

TEST_F(SimulatedDiskTest, SeveralFaultsCountForThemselves) {
  RawFile file(disk_, "/a");
  disk_.fail({.nth = 1, .code = SQLITE_FULL});
  disk_.fail({.call = DiskCall::kWrite, .nth = 2, .code = SQLITE_IOERR_WRITE});
  EXPECT_EQ(file.write(0, "x"), SQLITE_FULL);
  EXPECT_EQ(file.write(0, "x"), SQLITE_IOERR_WRITE);
  EXPECT_EQ(file.write(0, "x"), SQLITE_OK);
}

TEST_F(SimulatedDiskTest, AFailedWriteMayHaveLandedInPart) {
  std::set<std::string> found;
  for (int i = 0; i < 100; ++i) {
    auto disk = disk_.copy(clock_, random_);
    RawFile file(*disk, "/a");
    disk->fail({.code = SQLITE_IOERR_WRITE});
    ASSERT_EQ(file.write(0, "abc"), SQLITE_IOERR_WRITE);
    found.insert(disk->contents("/a"));
  }
  EXPECT_THAT(found, ElementsAre("", "a", "ab", "abc"));
}

TEST_F(SimulatedDiskTest, AfterAFailedSyncTheNextMaySucceedWithoutTheBytes) {
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto disk = disk_.copy(clock_, random_);
    RawFile file(*disk, "/a");
    file.write(0, "12");
    disk->fail({.call = DiskCall::kSync, .code = SQLITE_IOERR_FSYNC});
    ASSERT_EQ(file.sync(), SQLITE_IOERR_FSYNC);
    ASSERT_EQ(disk->contents("/a"), "12");
    file.write(1, "2");
    ASSERT_EQ(file.sync(), SQLITE_OK);
    SeededRandom random(seed);
    disk->lose_power(random);
    found.insert(disk->contents("/a"));
  }
  EXPECT_THAT(found, ElementsAre(std::string("\0002", 2), "12"));
}

TEST_F(SimulatedDiskTest, AShortReadGivesZerosForWhatIsMissing) {
  RawFile file(disk_, "/a");
  file.write(0, "abc");
  std::string text(5, '?');
  EXPECT_EQ(file.read(text), SQLITE_IOERR_SHORT_READ);
  EXPECT_EQ(text, std::string("abc\0\0", 5));
  std::set<std::string> found;
  for (int i = 0; i < 100; ++i) {
    text = "????";
    text.resize(3);
    disk_.fail({.call = DiskCall::kRead, .code = SQLITE_IOERR_SHORT_READ});
    int code = file.read(text);
    ASSERT_EQ(code == SQLITE_OK, false);
    found.insert(text);
  }
  EXPECT_TRUE(found.contains(std::string("a\0\0", 3)));
}

TEST_F(SimulatedDiskTest, WhatDoesNotFitIsADiskThatIsFull) {
  RawFile file(disk_, "/a"), other(disk_, "/b");
  disk_.limit_bytes(5);
  EXPECT_EQ(file.write(0, "123"), SQLITE_OK);
  EXPECT_EQ(other.write(0, "123"), SQLITE_FULL);
  EXPECT_EQ(disk_.contents("/b"), "12");
  EXPECT_EQ(file.write(0, "321"), SQLITE_OK) << "needs no more room";
  EXPECT_EQ(file.truncate(0), SQLITE_OK);
  EXPECT_EQ(other.write(2, "345"), SQLITE_OK);
  EXPECT_EQ(file.write(0, "1"), SQLITE_FULL);
  disk_.limit_bytes({});
  EXPECT_EQ(file.write(0, "1"), SQLITE_OK);
}

TEST_F(SimulatedDiskTest, OneWriterAndManyReadersHoldTheirLocks) {
  RawFile one(disk_, "/a"), two(disk_, "/a");
  EXPECT_EQ(one.lock(SQLITE_LOCK_SHARED), SQLITE_OK);
  EXPECT_EQ(two.lock(SQLITE_LOCK_SHARED), SQLITE_OK);
  EXPECT_EQ(one.lock(SQLITE_LOCK_RESERVED), SQLITE_OK);
  EXPECT_EQ(two.lock(SQLITE_LOCK_RESERVED), SQLITE_BUSY);
  EXPECT_EQ(one.lock(SQLITE_LOCK_EXCLUSIVE), SQLITE_BUSY);
  EXPECT_EQ(two.unlock(), SQLITE_OK);
  EXPECT_EQ(two.lock(SQLITE_LOCK_SHARED), SQLITE_BUSY) << "a writer waits";
  EXPECT_EQ(one.lock(SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
  EXPECT_EQ(one.unlock(), SQLITE_OK);
  EXPECT_EQ(two.lock(SQLITE_LOCK_SHARED), SQLITE_OK);

  EXPECT_EQ(one.share(3, SQLITE_SHM_LOCK | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(two.share(3, SQLITE_SHM_LOCK | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(two.share(4, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
  EXPECT_EQ(one.share(4, SQLITE_SHM_LOCK | SQLITE_SHM_SHARED), SQLITE_BUSY);
  EXPECT_EQ(one.share(3, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), SQLITE_BUSY);
  EXPECT_EQ(two.share(3, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(one.share(3, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
}

TEST_F(SimulatedDiskTest, CountsCallsByKind) {
  RawFile file(disk_, "/a");
  file.write(0, "x");
  file.write(0, "x");
  file.sync();
  EXPECT_EQ(disk_.calls(), 4u);
  EXPECT_EQ(disk_.calls(DiskCall::kOpen), 1u);
  EXPECT_EQ(disk_.calls(DiskCall::kWrite), 2u);
  EXPECT_EQ(disk_.calls(DiskCall::kSync), 1u);
}

TEST_F(SimulatedDiskTest, SeveralLiveAtOnceAndACopyGoesItsOwnWay) {
  RawFile file(disk_, "/a");
  file.write(0, "same");
  auto twin = disk_.copy(clock_, random_);
  EXPECT_NE(twin->name(), disk_.name());
  EXPECT_EQ(twin->contents("/a"), "same");
  RawFile(*twin, "/a").write(0, "else");
  EXPECT_EQ(disk_.contents("/a"), "same");
  std::string name = twin->name();
  twin.reset();
  EXPECT_EQ(sqlite3_vfs_find(name.c_str()), nullptr);
}

TEST_F(SimulatedDiskTest, ATemporaryFileHasNoNameAndGoesWhenClosed) {
  constexpr int kTemporary = RawFile::kMake | SQLITE_OPEN_DELETEONCLOSE;
  RawFile(disk_, "/named", kTemporary).write(0, "x");
  EXPECT_THAT(disk_.files(), IsEmpty());
}

TEST_F(SimulatedDiskTest, AMissingFileIsNotMadeUnasked) {
  EXPECT_EQ(RawFile(disk_, "/a", SQLITE_OPEN_READWRITE).code, SQLITE_CANTOPEN);
  EXPECT_EQ(remove(disk_, "/a", 0), SQLITE_IOERR_DELETE_NOENT);
  EXPECT_THAT(disk_.files(), IsEmpty());
}

/// A database whose log holds two rows, and the time that SQLite takes it to be.
std::string database_after(std::uint64_t seed) {
  StandingClock clock;
  SeededRandom random(seed);
  SimulatedDisk disk(clock, random);
  sqlite3* connection = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  EXPECT_EQ(sqlite3_open_v2("/db", &connection, kFlags, disk.name().c_str()), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(connection,
                         "PRAGMA journal_mode = WAL; CREATE TABLE t (a);"
                         "INSERT INTO t VALUES (datetime('now')), (random())",
                         nullptr,
                         nullptr,
                         nullptr),
            SQLITE_OK);
  std::string bytes = disk.contents("/db") + disk.contents("/db-wal");
  EXPECT_EQ(sqlite3_close(connection), SQLITE_OK);
  return bytes;
}

TEST(SimulatedDiskDatabaseTest, EveryByteFollowsFromTheSeedAndTheClock) {
  std::string bytes = database_after(1);
  EXPECT_TRUE(bytes == database_after(1));
  EXPECT_FALSE(bytes == database_after(2)) << "the log is salted";
  EXPECT_THAT(bytes, testing::HasSubstr("2026-01-15 08:30:00"));
}

}  // namespace
}  // namespace certferry::disk
