// Every call that SQLite makes to the disk fails, once or from then on: nothing is lost, the error
// says what it is, and when the disk works again so does the store that is open.
#include <optional>

#include "disk/test_support.h"
#include "state/store_story.h"

namespace certferry::state {
namespace {

using disk::DiskCall;
using disk::SeededRandom;
using disk::SimulatedDisk;
using Lasting = disk::DiskFault::Lasting;

/// A way for a call to fail, with a code that SQLite may be given for it.
struct FaultKind {
  std::optional<DiskCall> call;  ///< none: any
  int code = 0;
};

constexpr FaultKind kFaultKinds[] = {
    {DiskCall::kOpen, SQLITE_CANTOPEN},
    {DiskCall::kOpen, SQLITE_IOERR},
    {DiskCall::kOpen, SQLITE_FULL},
    {DiskCall::kOpen, SQLITE_READONLY},
    {DiskCall::kOpen, SQLITE_NOMEM},
    {DiskCall::kRead, SQLITE_IOERR_READ},
    {DiskCall::kWrite, SQLITE_IOERR_WRITE},
    {DiskCall::kWrite, SQLITE_FULL},
    {DiskCall::kWrite, SQLITE_READONLY},
    {DiskCall::kTruncate, SQLITE_IOERR_TRUNCATE},
    {DiskCall::kTruncate, SQLITE_FULL},
    {DiskCall::kSync, SQLITE_IOERR_FSYNC},
    {DiskCall::kSync, SQLITE_FULL},
    {DiskCall::kDelete, SQLITE_IOERR_DELETE},
    {DiskCall::kAccess, SQLITE_IOERR_ACCESS},
    {DiskCall::kSize, SQLITE_IOERR_FSTAT},
    {DiskCall::kLock, SQLITE_BUSY},
    {DiskCall::kLock, SQLITE_IOERR_LOCK},
    {DiskCall::kShm, SQLITE_BUSY},
    {DiskCall::kShm, SQLITE_IOERR_SHMMAP},
    {DiskCall::kShm, SQLITE_CANTOPEN},
    {DiskCall::kShm, SQLITE_FULL},
    {std::nullopt, SQLITE_IOERR},
};

std::string name_of(const FaultKind& kind) {
  std::string call(kind.call ? to_string(*kind.call) : "any");
  return call + "_" + std::to_string(kind.code);
}

void expect_documented(const Error& error) {
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << error.text();
  EXPECT_EQ(error.code, "state.io") << error.text();
}

bool fails(StoreStory& story, StoryAct act) {
  try {
    act(story);
  } catch (const Error& error) {
    expect_documented(error);
    return true;
  }
  return false;
}

/// Whether an error came out; of a fault that lasts, one more act has then been tried.
bool strikes(StoreStory& story, Lasting lasting) {
  bool struck = false;
  for (StoryAct act : kStoryActs) {
    bool failed = fails(story, act);
    if (struck || (failed && lasting == Lasting::kOnce)) return true;
    struck = failed;
  }
  return struck;
}

/// The same store, if it is open still, goes on where it was, and its promises hold.
void go_on(SimulatedDisk& disk, StoreStory& story) {
  SeededRandom random(1);
  try {
    story.commit(Durability::kFlushed);
    story.read();
    story.commit(Durability::kOrdered);
    story.commit(Durability::kFlushed);
    disk.lose_power(random);
    story.expect_kept(true);
  } catch (const Error& error) {
    ADD_FAILURE() << "the disk works again, the store does not: " << error.text();
  }
}

class FaultTest : public testing::TestWithParam<FaultKind> {
 protected:
  std::uint64_t calls_of_a_good_life() {
    SimulatedDisk disk(clock_, random_);
    StoreStory story(disk);
    for (StoryAct act : kStoryActs) act(story);
    return GetParam().call ? disk.calls(*GetParam().call) : disk.calls();
  }

  /// Whether the store noticed.
  bool live_with(std::uint64_t nth, Lasting lasting) {
    SCOPED_TRACE("call " + std::to_string(nth) +
                 (lasting == Lasting::kOnce ? ", once" : ", from then on"));
    SimulatedDisk disk(clock_, random_);
    StoreStory story(disk);
    disk.fail({.call = GetParam().call, .nth = nth, .code = GetParam().code, .lasting = lasting});
    bool struck = strikes(story, lasting);
    disk.clear_faults();
    go_on(disk, story);
    return struck;
  }

 private:
  disk::StandingClock clock_;
  SeededRandom random_{1};
};

TEST_P(FaultTest, InAnyCallLosesNothingAndIsOverWhenItIsOver) {
  std::uint64_t calls = calls_of_a_good_life(), noticed = 0;
  for (Lasting lasting : {Lasting::kOnce, Lasting::kUntilCleared}) {
    // Any call once is each kind once.
    if (lasting == Lasting::kOnce && !GetParam().call) continue;
    for (std::uint64_t nth = 1; nth <= calls && !HasFailure(); ++nth) {
      if (live_with(nth, lasting)) ++noticed;
    }
  }
  // A log that cannot be shortened when the store closes only stays long.
  if (GetParam().call != DiskCall::kTruncate) EXPECT_GT(noticed, 0u);
  RecordProperty("calls", std::to_string(calls));
  RecordProperty("noticed", std::to_string(noticed));
}

INSTANTIATE_TEST_SUITE_P(OfEveryKind,
                         FaultTest,
                         testing::ValuesIn(kFaultKinds),
                         [](const auto& info) { return name_of(info.param); });

TEST(FullSimulatedDiskTest, OfAnySizeLosesNothingAndGoesOnOnceThereIsRoom) {
  disk::StandingClock clock;
  SeededRandom random(1);
  bool enough = false;
  for (std::uint64_t room = 0; !enough; room += 4000) {
    SCOPED_TRACE(std::to_string(room) + " bytes");
    ASSERT_LT(room, 1'000'000u);
    SimulatedDisk disk(clock, random);
    StoreStory story(disk);
    disk.limit_bytes(room);
    enough = !strikes(story, Lasting::kUntilCleared);
    disk.limit_bytes({});
    go_on(disk, story);
    ASSERT_FALSE(HasFailure());
  }
}

TEST(FailedFlushTest, DyingWhileTheDoubtfulLogIsClosedBreaksNoPromise) {
  disk::StandingClock clock;
  bool died = true;
  for (std::uint64_t call = 1; died; ++call) {
    died = false;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      SCOPED_TRACE("death in call " + std::to_string(call) + ", seed " + std::to_string(seed));
      SeededRandom random(seed);
      SimulatedDisk disk(clock, random);
      StoreStory story(disk);
      story.commit(Durability::kFlushed);
      story.close();  // so that the log mends no page of this one
      for (int i = 0; i < 3; ++i) story.commit(Durability::kOrdered);
      disk.fail({.call = DiskCall::kSync, .code = SQLITE_IOERR_FSYNC});
      // Now and then writing it anew fails as well.
      if (seed % 2 == 1) disk.fail({.call = DiskCall::kSync, .nth = 2, .code = SQLITE_IOERR_FSYNC});
      EXPECT_TRUE(fails(story, [](StoreStory& s) { s.commit(Durability::kFlushed); }));
      disk.stop_at_change(call);
      story.close();
      died = died || disk.is_stopped();
      disk.clear_faults();
      disk.lose_power(random);
      story.expect_kept(true);
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST(FailedFlushTest, OfALogThatIsBroughtInUnaskedBreaksNoPromise) {
  disk::StandingClock clock;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SeededRandom random(seed);
    SimulatedDisk disk(clock, random);
    SqlitePlace place(kStoryPath, disk.name());
    auto store = SociStore::open_for_writing(place);
    std::uint64_t before = disk.calls(DiskCall::kSync);
    disk.fail({.call = DiskCall::kSync, .code = SQLITE_IOERR_FSYNC});
    store->commit(many_entries("many", 20'000), Durability::kOrdered);
    ASSERT_EQ(disk.calls(DiskCall::kSync), before + 1) << "more pages would be needed";
    store->commit(many_entries("intent", 1), Durability::kFlushed);
    disk.lose_power(random);
    store = SociStore::open_for_writing(place);
    EXPECT_EQ(store->journal({.limit = 100'000}).size(), 20'001u) << seed;
  }
}

}  // namespace
}  // namespace certferry::state
