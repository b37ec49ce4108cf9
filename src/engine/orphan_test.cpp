// Surplus copies of an upload whose answer was lost, and a store that is full.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

class OrphanTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  BundlePtr bundle = make_bundle(1, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", bundle, {covered_at("doge")});

  OrphanTest() {
    doge.add_domain(name);
    doge.may_store_twice = true;
  }
  /// The first upload is done two hours after the second one, which its lost answer led to.
  void deploy_with_a_late_copy() {
    doge.next("upload", Answer::lost_but_done_later(hours(2)));
    EXPECT_TRUE(world.apply().succeeded());
    EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
    world.time.pass(hours(3));
    EXPECT_TRUE(world.apply().succeeded());
    EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 2U);
  }
  std::vector<OrphanRecord> orphans() { return world.store.orphans(); }
  UploadRecord ledger() { return *world.store.upload("doge", bundle->fingerprint()); }
};

TEST_F(OrphanTest, ALateCopyIsNotedAndGoesAfterTheGrace) {
  deploy_with_a_late_copy();
  ASSERT_EQ(orphans().size(), 1U);
  EXPECT_NE(orphans().front().stored_id, ledger().stored_id);

  world.time.pass(hours(23));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 2U);

  world.time.pass(hours(1));
  const Report report = world.apply();
  ASSERT_EQ(report.retirements.size(), 1U);
  EXPECT_TRUE(report.retirements.front().done);
  EXPECT_TRUE(report.retirements.front().plan.surplus);
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
  EXPECT_EQ(*doge.binding(name).stored_id, ledger().stored_id);
  EXPECT_EQ(ledger().state, UploadRecord::State::kStored);
  EXPECT_TRUE(orphans().front().removed_at);
  EXPECT_TRUE(world.apply().retirements.empty());
}

TEST_F(OrphanTest, ALongGraceDoesNotKeepItBeyondAWeek) {
  world.settings.retire_after = days(60);
  deploy_with_a_late_copy();
  world.time.pass(days(6) - hours(1));
  world.apply();
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 2U);
  world.time.pass(hours(2));
  world.apply();
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
}

TEST_F(OrphanTest, WhatADomainPointsAtStaysAndItsTimeBeginsAnew) {
  deploy_with_a_late_copy();
  const std::string surplus = orphans().front().stored_id;
  doge.add_domain("by-hand.example.net");
  doge.binding("by-hand.example.net").stored_id = surplus;
  world.time.pass(days(2));
  EXPECT_EQ(world.apply().retirements.front().plan.reason.code, "retire.in_use");
  doge.binding("by-hand.example.net").stored_id = std::nullopt;
  world.time.pass(hours(23));
  EXPECT_EQ(world.apply().retirements.front().plan.reason.code, "retire.grace");
  world.time.pass(hours(1));
  EXPECT_TRUE(world.apply().retirements.front().done);
}

TEST_F(OrphanTest, WhenTheCopyThatCountsIsGoneAnotherOneCounts) {
  deploy_with_a_late_copy();
  const std::string surplus = orphans().front().stored_id;
  doge.point(name, surplus);
  doge.drop(ledger().stored_id);
  world.apply();
  EXPECT_EQ(ledger().stored_id, surplus);
  EXPECT_TRUE(orphans().front().removed_at);

  // It is superseded like any other: not before its successor was confirmed for the grace period.
  world.time.pass(days(60));
  source.give(make_bundle(2, {"*.example.com"}));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
  world.time.pass(hours(25));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 0U);
}

TEST_F(OrphanTest, ACopyMadeByADeathIsNotedToo) {
  // Dies with its upload on the way, which arrives when the next run has given it up.
  doge.next("upload", Answer::lost_but_done_later(minutes(30)));
  std::size_t timers = 1;
  while (doge.count("upload") == 0) world.apply_dying_after(timers++);
  EXPECT_TRUE(world.apply().succeeded());
  world.time.pass(hours(1));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(orphans().size(), 1U);
}

TEST_F(OrphanTest, SomebodyElsesCopyIsUsedAndNeverClaimed) {
  const std::string theirs = label_for(bundle->fingerprint(), 4711);
  doge.next("upload", Answer::lost());
  world.sink.hook = [&](const Event& event) {
    const bool begins = event.stage == Stage::kUpload && event.status == Status::kStarted;
    if (begins) doge.put(bundle, theirs);
  };
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.count("upload"), 1U) << "one of the same bundle is there";
  EXPECT_EQ(ledger().state, UploadRecord::State::kIntended);
  world.sink.hook = nullptr;
  world.time.pass(days(60));
  source.give(make_bundle(2, {"*.example.com"}));
  EXPECT_TRUE(world.apply().succeeded());
  world.time.pass(days(3));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U) << "it is not ours to delete";
}

TEST_F(OrphanTest, ThereAreNeverMoreThanLostAnswers) {
  EXPECT_TRUE(world.apply().succeeded());
  doge.put(bundle, ledger().label);  // by somebody who copied the remark as well
  world.time.pass(days(3));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_TRUE(orphans().empty());
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 2U);
}

TEST_F(OrphanTest, TheSecondUploadOfABundleCarriesTheSameLabel) {
  doge.always("upload", Answer::lost());
  world.apply();
  const std::string label = ledger().label;
  EXPECT_TRUE(is_tagged(label));
  EXPECT_GT(ledger().lost, 0U);
  doge.always("upload", Answer::yes());
  world.time.pass(hours(2));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(ledger().label, label);
  EXPECT_EQ(doge.stored().front().label, label);
}

TEST(LostAnswersTest, AreCountedOnTheDiskBeforeTheUploadIsSentAgain) {
  const BundlePtr bundle = make_bundle(1, {"*.example.com"});
  std::size_t sent = 0;
  for (std::size_t timers = 1; sent < 2; ++timers) {
    World world;
    FakeProvider& doge = world.add_account("doge");
    doge.add_domain("cdn.example.com");
    doge.may_store_twice = true;
    world.add_certificate("example.com", bundle, {covered_at("doge")});
    doge.next("upload", Answer::lost_but_done_later(hours(1)));
    doge.next("upload", Answer::lost_but_done_later(hours(1)));
    ASSERT_FALSE(world.apply_dying_after(timers));
    world.store.lose_power();
    sent = doge.count("upload");
    if (sent < 2) continue;
    EXPECT_TRUE(world.apply().succeeded());
    for (int i = 0; i < 4; ++i) {
      world.time.pass(days(1));
      EXPECT_TRUE(world.apply().succeeded());
    }
    EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
  }
}

TEST(LostSightTest, ACopyThatTheListDidNotShowGoesWhenItIsSeenAgain) {
  const BundlePtr bundle = make_bundle(1, {"*.example.com"});
  bool stored = false;
  for (std::size_t timers = 1; !stored; ++timers) {
    World world;
    FakeProvider& doge = world.add_account("doge");
    doge.add_domain("cdn.example.com");
    doge.may_store_twice = true;
    world.add_certificate("example.com", bundle, {covered_at("doge")});
    ASSERT_FALSE(world.apply_dying_after(timers));
    const auto known = world.store.upload("doge", bundle->fingerprint());
    stored = known && known->state == UploadRecord::State::kStored;
    if (!stored) continue;
    ASSERT_EQ(doge.count("bind"), 0U);
    doge.drop(known->stored_id);
    EXPECT_TRUE(world.apply().succeeded());
    doge.put(bundle, known->label);
    for (int i = 0; i < 3; ++i) {
      world.time.pass(days(1));
      EXPECT_TRUE(world.apply().succeeded());
    }
    EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
  }
}

TEST(LostSightTest, WhatIsRefusedMeanwhileLeavesKnownWhatIsStored) {
  const BundlePtr first = make_bundle(1, {"*.example.com"});
  const BundlePtr second = make_bundle(2, {"*.example.com"});
  bool stored = false;
  for (std::size_t timers = 1; !stored; ++timers) {
    World world;
    FakeProvider& doge = world.add_account("doge");
    doge.add_domain("cdn.example.com");
    FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});
    ASSERT_FALSE(world.apply_dying_after(timers));
    const auto known = world.store.upload("doge", first->fingerprint());
    stored = known && known->state == UploadRecord::State::kStored;
    if (!stored) continue;
    ASSERT_EQ(doge.count("bind"), 0U);
    doge.drop(known->stored_id);  // only from what the list shows
    doge.always("upload", Answer::refused(ErrorKind::kQuota));
    EXPECT_FALSE(world.apply().succeeded());
    doge.put(first, known->label, known->stored_id);
    doge.always("upload", Answer());
    // It is never bound, for it is renewed before.
    world.time.pass(days(60));
    source.give(second);
    for (int i = 0; i < 3; ++i) {
      world.time.pass(days(1));
      EXPECT_TRUE(world.apply().succeeded());
    }
    EXPECT_EQ(doge.stored_copies(first->fingerprint()), 0U);
  }
}

/// The store takes two, and has two: what is served, and what that has superseded.
class FullStoreTest : public OrphanTest {
 protected:
  BundlePtr second = make_bundle(2, {"*.example.com"});
  BundlePtr third = begun(*make_bundle(3, {"*.example.com"}));

  static BundlePtr begun(Bundle bundle) {
    bundle.leaf.not_before = kStart;
    return std::make_shared<const Bundle>(std::move(bundle));
  }

  FullStoreTest() {
    doge.quota = 2;
    EXPECT_TRUE(world.apply().succeeded());
    world.time.pass(days(60));
    source.give(second);
    world.apply();
    source.give(third);
  }
};

TEST_F(FullStoreTest, WhatMayGoGoesBeforeTheUpload) {
  world.time.pass(days(40));
  const Report report = world.apply();
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(doge.bound(name), third->fingerprint());
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 0U);
  EXPECT_EQ(doge.stored_copies(second->fingerprint()), 1U);
  EXPECT_TRUE(report.retirements.front().done);
}

// Found by the simulator: one asked for room and got it, and the other, who asked next, was told
// that there was nothing more to clear.
TEST_F(OrphanTest, RoomInAFullStoreIsForAllWhoWereRefused) {
  const std::string neighbour = "cdn.example.org";
  doge.add_domain(neighbour);
  doge.quota = 4;
  FakeSource& another =
      world.add_certificate("example.org", make_bundle(1, {"*.example.org"}), {covered_at("doge")});
  for (int generation = 1; generation <= 3; ++generation) {
    source.give(make_bundle(generation, {"*.example.com"}));
    another.give(make_bundle(generation, {"*.example.org"}));
    const Report report = world.apply();
    for (const std::string& one : {name, neighbour}) {
      EXPECT_EQ(target_of(report, one).outcome, Outcome::kConfirmed)
          << generation << ": " << target_of(report, one).message;
    }
    world.time.pass(days(60));
  }
}

TEST_F(OrphanTest, AFullStoreThatWasSupersededByAWrongClockIsClearedInTime) {
  doge.quota = 2;
  world.apply();
  world.time.pass(days(60));
  source.give(make_bundle(2, {"*.example.com"}));
  world.sink.hook = [this](const Event& event) {
    if (event.stage == Stage::kEnd) world.time.jump(-hours(3));
  };
  EXPECT_EQ(target_of(world.apply(), name).outcome, Outcome::kConfirmed);
  EXPECT_FALSE(ledger().superseded_at);
  world.sink.hook = nullptr;
  world.time.jump(hours(3));
  world.time.pass(days(60));
  source.give(make_bundle(3, {"*.example.com"}));
  EXPECT_EQ(target_of(world.apply(), name).outcome, Outcome::kFailed);
  EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
  world.time.pass(days(1) + hours(1));
  EXPECT_EQ(target_of(world.apply(), name).outcome, Outcome::kConfirmed);
}

TEST_F(FullStoreTest, WhatIsInItsGraceOrServedIsNotGivenUpForRoom) {
  world.time.pass(hours(2));
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_THAT(target_of(report, name).message, HasSubstr("the store is full"));
  EXPECT_EQ(doge.count("remove"), 0U);
  EXPECT_EQ(doge.bound(name), second->fingerprint());
}

TEST_F(FullStoreTest, ARunOverSomeTargetsDeletesNothing) {
  world.time.pass(days(40));
  EXPECT_FALSE(world.apply({.only = {name}}).succeeded());
  EXPECT_EQ(doge.count("remove"), 0U);
}

TEST_F(FullStoreTest, WhatIsNotSeenOnALaterOneMakesNoRoom) {
  world.time.pass(days(40));
  world.edge.at(name, 1).outcome = Probe::Outcome::kUnreachable;
  EXPECT_FALSE(world.apply().succeeded());
  EXPECT_EQ(doge.count("remove"), 0U);
}

}  // namespace
}  // namespace certferry::testing
