#include "engine/journal.h"

#include <gtest/gtest.h>

#include "engine/testing/memory_store.h"
#include "engine/testing/virtual_time.h"

namespace certferry::testing {
namespace {

using Outcome = JournalEntry::Outcome;

class JournalTest : public ::testing::Test {
 protected:
  VirtualTime time;
  MemoryStore store;
  Journal journal{store, time, "run-1"};
  const TargetId id{"doge", "cdn", "cdn.example.com"};

  JournalEntry entry() { return journal.entry("bind", id, "example.com", std::string(64, 'a')); }
  void full_disk() {
    store.refuses = [](const StateChange&) { return true; };
  }
  UploadRecord record(UploadRecord::State state) {
    return {.account = "doge", .fingerprint = std::string(64, 'a'), .state = state};
  }
};

TEST_F(JournalTest, EntriesAreNumberedWithinTheirRun) {
  const JournalEntry first = entry();
  const JournalEntry second = entry();
  EXPECT_EQ(first.run, "run-1");
  EXPECT_EQ(first.at, kStart);
  EXPECT_EQ(first.outcome, Outcome::kPending);
  EXPECT_EQ(second.number, first.number + 1);
}

TEST_F(JournalTest, IntentsAreFlushedAndOutcomesGathered) {
  const JournalEntry one = entry();
  ASSERT_TRUE(journal.intend({.journal = {one}}));
  EXPECT_TRUE(store.intends(one));
  journal.settle(one, Outcome::kApplied, "yes");
  EXPECT_EQ(store.commits, 1U);
  ASSERT_TRUE(journal.flush());
  EXPECT_EQ(store.commits, 2U);
  const std::vector<JournalEntry> rows = store.all("bind");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, Outcome::kApplied);
  EXPECT_EQ(rows[0].detail, "yes");
  EXPECT_EQ(rows[0].ended_at, kStart);
}

TEST_F(JournalTest, FlushOfNothingTouchesNoDisk) {
  ASSERT_TRUE(journal.flush());
  EXPECT_EQ(store.commits, 0U);
}

TEST_F(JournalTest, NextIntentCarriesTheOutcomesAndGoesLast) {
  journal.note(record(UploadRecord::State::kRetired));
  journal.settle(entry(), Outcome::kApplied, "yes");
  const JournalEntry two = entry();
  ASSERT_TRUE(
      journal.intend({.uploads = {record(UploadRecord::State::kIntended)}, .journal = {two}}));
  EXPECT_EQ(store.commits, 1U);
  EXPECT_EQ(store.all("bind").size(), 2U);
  EXPECT_EQ(store.uploads()[0].state, UploadRecord::State::kIntended);
  ASSERT_TRUE(journal.flush());
  EXPECT_EQ(store.commits, 1U);
}

TEST_F(JournalTest, WritesAHundredOutcomesTogether) {
  for (int i = 0; i < 250; ++i) journal.settle(entry(), Outcome::kApplied, "yes");
  EXPECT_EQ(store.commits, 2U);
  ASSERT_TRUE(journal.flush());
  EXPECT_EQ(store.commits, 3U);
  EXPECT_EQ(store.all("bind").size(), 250U);
}

TEST_F(JournalTest, FullDiskRefusesTheIntentAndKeepsTheOutcomes) {
  journal.settle(entry(), Outcome::kApplied, "yes");
  full_disk();
  const JournalEntry two = entry();
  const Result<void> refused = journal.intend({.journal = {two}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "state.io");
  EXPECT_EQ(refused.error().activity, "writing the state file");
  EXPECT_FALSE(journal.flush());
  store.refuses = nullptr;
  ASSERT_TRUE(journal.flush());
  EXPECT_EQ(store.all("bind").size(), 1U);  // the refused intent is nobody's business any more
}

}  // namespace
}  // namespace certferry::testing
