#include "state/writer_lock.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "state/test_support.h"

namespace certferry::state {
namespace {

using testing::HasSubstr;

LockHolder holder(const std::string& command) {
  return {.command = command, .since = *parse_time("2026-01-15T08:30:00Z")};
}

TEST(WriterLockTest, MakesTheFolderAndAPrivateFile) {
  TestFolder folder;
  mode_t before = ::umask(0);
  WriterLock lock = WriterLock::acquire(folder / "a/b/state.db", holder("certferry apply"));
  ::umask(before);
  EXPECT_EQ(mode_of(folder / "a"), 0700u);
  EXPECT_EQ(mode_of(folder / "a/b"), 0700u);
  EXPECT_EQ(mode_of(folder / "a/b/state.db.lock"), 0600u);
}

TEST(WriterLockTest, ASecondInstanceIsToldWhoHoldsIt) {
  TestFolder folder;
  WriterLock lock = WriterLock::acquire(folder / "state.db", holder("certferry run"));
  Error error =
      error_of([&] { WriterLock::acquire(folder / "state.db", holder("certferry apply")); });
  EXPECT_EQ(error.kind, ErrorKind::kConflict);
  EXPECT_EQ(error.code, "state.locked");
  EXPECT_THAT(error.message, HasSubstr("process " + std::to_string(::getpid()) + " on "));
  EXPECT_THAT(error.message, HasSubstr("certferry run"));
  EXPECT_THAT(error.message, HasSubstr("since 2026-01-15T08:30:00Z"));
  EXPECT_FALSE(error.hint.empty());
}

TEST(WriterLockTest, WaitsForTheWordsOfAHolderThatHasJustTakenIt) {
  TestFolder folder;
  WriterLock lock = WriterLock::acquire(folder / "state.db", holder("first"));
  write_file(folder / "state.db.lock", "");
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    write_file(folder / "state.db.lock", "the first, late\n");
  });
  Error error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("second")); });
  writer.join();
  EXPECT_THAT(error.message, HasSubstr("the state is in use by the first, late"));
}

TEST(WriterLockTest, LetsGoWhenItGoesAndLeavesTheFile) {
  TestFolder folder;
  {
    WriterLock lock = WriterLock::acquire(folder / "state.db", holder("a longer first command"));
  }
  EXPECT_EQ(read_file(folder / "state.db.lock"), "");
  WriterLock lock = WriterLock::acquire(folder / "state.db", holder("second"));
  EXPECT_THAT(read_file(folder / "state.db.lock"), HasSubstr("second"));
}

TEST(WriterLockTest, MovingItKeepsItHeld) {
  TestFolder folder;
  WriterLock first = WriterLock::acquire(folder / "state.db", holder("first"));
  WriterLock second = std::move(first);
  Error error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("third")); });
  EXPECT_EQ(error.code, "state.locked");
}

TEST(WriterLockTest, TheKernelLetsGoOfAKilledHolder) {
  TestFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  pid_t child = ::fork();
  if (child == 0) {
    WriterLock lock = WriterLock::acquire(folder / "state.db", holder("victim"));
    if (::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  Error error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("heir")); });
  EXPECT_THAT(error.message, HasSubstr("process " + std::to_string(child)));

  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  WriterLock lock = WriterLock::acquire(folder / "state.db", holder("heir"));
  EXPECT_THAT(read_file(folder / "state.db.lock"), HasSubstr("heir"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(WriterLockTest, ShowsForeignWordsOnlyWhenTheyArePrintable) {
  TestFolder folder;
  WriterLock lock = WriterLock::acquire(folder / "state.db", holder("first"));
  write_file(folder / "state.db.lock", std::string("evil\x1b[2J\0words", 14));
  Error error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("second")); });
  EXPECT_THAT(error.message, HasSubstr("evil?[2J?words"));
  write_file(folder / "state.db.lock", "");
  error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("second")); });
  EXPECT_THAT(error.message, HasSubstr("another certferry"));
}

TEST(WriterLockTest, RefusesAFileOrFolderThatOthersMayWriteTo) {
  TestFolder folder;
  {
    WriterLock lock = WriterLock::acquire(folder / "state.db", holder("first"));
  }
  ::chmod((folder / "state.db.lock").c_str(), 0666);
  Error error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("second")); });
  EXPECT_EQ(error.code, "state.insecure");
  EXPECT_EQ(error.hint, "run: chmod go-w '" + (folder / "state.db.lock") + "'");

  ::chmod((folder / "state.db.lock").c_str(), 0600);
  ::chmod(folder.path().c_str(), 0770);
  error = error_of([&] { WriterLock::acquire(folder / "state.db", holder("second")); });
  EXPECT_EQ(error.code, "state.insecure");
  EXPECT_EQ(error.hint, "run: chmod go-w '" + folder.path() + "'");
}

}  // namespace
}  // namespace certferry::state
