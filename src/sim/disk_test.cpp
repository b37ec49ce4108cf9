#include "sim/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry::sim {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr auto kPending = JournalEntry::Outcome::kPending;

StateChange intent(std::int64_t number) {
  JournalEntry entry;
  entry.run = "run";
  entry.number = number;
  entry.account = "account0";
  entry.action = "upload";
  entry.outcome = kPending;
  StateChange change;
  change.journal = {entry};
  return change;
}

StateChange outcome(std::int64_t number) {
  StateChange change = intent(number);
  change.journal.front().outcome = JournalEntry::Outcome::kApplied;
  return change;
}

Scenario scenario() {
  Scenario made = draw_scenario(1);
  made.rates = HazardRates();
  return made;
}

/// Each of the two that a world may have.
class DiskTest : public testing::TestWithParam<StoreKind> {
 protected:
  std::unique_ptr<WatchedStore> open() {
    return std::make_unique<WatchedStore>(scene_, *disk_, promises_);
  }
  std::string broken() const { return scene_.violation ? scene_.violation->sentence : ""; }

  Scene scene_{scenario()};
  std::unique_ptr<Disk> disk_ =
      GetParam() == StoreKind::kSqlite ? make_sqlite_disk(scene_) : make_memory_disk();
  WatchedStore::Promises promises_;
};

TEST_P(DiskTest, KeepsWhatWasFlushedThroughALossOfPower) {
  auto store = open();
  store->commit(intent(1), Durability::kFlushed);
  store->commit(outcome(1), Durability::kOrdered);
  disk_->process_dies(true);
  store.reset();
  store = open();
  EXPECT_EQ(broken(), "");
  EXPECT_THAT(store->journal({}), SizeIs(1));
}

TEST_P(DiskTest, ADeathLeavesWhatWasWritten) {
  auto store = open();
  store->commit(intent(1), Durability::kFlushed);
  store->commit(outcome(1), Durability::kOrdered);
  disk_->process_dies(false);
  store.reset();
  store = open();
  EXPECT_EQ(store->journal({}).front().outcome, JournalEntry::Outcome::kApplied);
  // What the store says is what counts: nobody may lean on that intent any longer.
  EXPECT_TRUE(promises_.pending.empty());
}

TEST_P(DiskTest, FailsWhileItIsInTroubleAndGoesOnAfterwards) {
  auto store = open();
  disk_->begin(Hazard::kDiskFull);
  for (std::int64_t i = 0; i < 40; ++i) {
    try {
      store->commit(intent(i), Durability::kFlushed);
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "state.io");
    }
  }
  EXPECT_GT(scene_.coverage.count(Hazard::kDiskFull, Step::kPersist), 0U);
  disk_->end(Hazard::kDiskFull);
  store->commit(intent(100), Durability::kFlushed);
  EXPECT_EQ(broken(), "");
}

TEST_P(DiskTest, ShowsAReaderBesideWhatWasCommitted) {
  const auto store = open();
  store->commit(intent(1), Durability::kFlushed);
  EXPECT_THAT(disk_->open_beside()->journal({}), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(OfEveryKind,
                         DiskTest,
                         testing::Values(StoreKind::kMemory, StoreKind::kSqlite),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST(SqliteDiskTest, DiesInTheCallThatItIsToldTo) {
  Scene scene(scenario());
  const auto disk = make_sqlite_disk(scene);
  WatchedStore::Promises promises;
  auto store = std::make_unique<WatchedStore>(scene, *disk, promises);
  store->commit(intent(1), Durability::kFlushed);
  ASSERT_TRUE(disk->die_in_call(1));
  EXPECT_THROW(store->commit(intent(2), Durability::kFlushed), Error);
  EXPECT_TRUE(disk->died_in_call());
  disk->process_dies(false);
  store.reset();
  store = std::make_unique<WatchedStore>(scene, *disk, promises);
  EXPECT_THAT(promises.pending, SizeIs(1));
  EXPECT_EQ(scene.violation, std::nullopt);
}

TEST(StorageCheckTest, FindsAStoreThatFailsByItself) {
  const Error error = Error(ErrorKind::kUnavailable, "full").with_code("state.io");
  EXPECT_EQ(check_failure(error, Hazard::kDiskFull), std::nullopt);
  EXPECT_THAT(check_failure(error, std::nullopt).value_or(""), HasSubstr("is sound"));
  const Error wrong = Error(ErrorKind::kInvalidInput, "damaged").with_code("state.corrupt");
  EXPECT_THAT(check_failure(wrong, Hazard::kDiskError).value_or(""), HasSubstr("something else"));
}

TEST(StorageCheckTest, FindsAnIntentThatIsForgotten) {
  Scene scene(scenario());
  const auto disk = make_memory_disk();
  WatchedStore::Promises promises;
  const auto store = disk->open();
  promises.pending[{"run", 1}] = intent(1).journal.front();
  EXPECT_THAT(check_intents_kept(promises, pending_in(*store), *store).value_or(""),
              HasSubstr("intent of upload"));
  store->commit(outcome(1), Durability::kOrdered);
  EXPECT_EQ(check_intents_kept(promises, pending_in(*store), *store), std::nullopt);
}

}  // namespace
}  // namespace certferry::sim
