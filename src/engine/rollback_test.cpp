// The edge got worse after a bind: going back, waiting, trying again, and leaving it to a person.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

class RollbackTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  const TargetId id{"doge", "cdn", name};
  BundlePtr old = make_bundle(1, {"*.example.com"});
  BundlePtr bundle = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", old, {covered_at("doge")});

  /// The old one is deployed and confirmed by us; then the source renews.
  RollbackTest() {
    doge.add_domain(name);
    EXPECT_TRUE(world.apply().succeeded());
    world.time.pass(days(60));
    source.give(bundle);
  }
  TargetReport apply(ApplyOptions options = {}) { return target_of(world.apply(options), name); }
  void breaks_after(milliseconds wait) {
    Certificate bad = old->leaf;
    bad.fingerprint = std::string(64, 'd');
    bad.not_after = world.time.now() - days(1);
    world.edge.turn_to(name, {bad}, world.time.now() + wait);
  }
  const TargetRecord& record() { return *world.store.target(id); }
};

TEST_F(RollbackTest, GoesBackToWhatWasServedBefore) {
  breaks_after(seconds(10));
  const Report report = world.apply();
  const TargetReport& target = target_of(report, name);
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_THAT(target.message, HasSubstr("rolled back to certificate 10001"));
  EXPECT_THAT(target.message, HasSubstr("which clients refuse"));
  EXPECT_EQ(doge.bound(name), old->fingerprint());
  EXPECT_EQ(world.store.all("rollback").back().outcome, JournalEntry::Outcome::kApplied);
  EXPECT_EQ(record().rolled_back_fingerprint, bundle->fingerprint());
  EXPECT_EQ(record().rollbacks, 1U);
  EXPECT_EQ(record().bound_fingerprint, old->fingerprint());
  // The edge had half a minute to show that it is no passing moment, not the whole deadline.
  EXPECT_LT(report.ended - report.started, minutes(2));
}

TEST_F(RollbackTest, APassingMomentIsWaitedFor) {
  breaks_after(seconds(10));
  world.edge.turn_to(name, {bundle->leaf}, world.time.now() + seconds(25));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_TRUE(world.store.all("rollback").empty());
}

TEST_F(RollbackTest, IsTriedAgainAfterAnHourAndParkedTheSecondTime) {
  breaks_after(seconds(10));
  apply();
  const std::size_t binds = doge.count("bind");
  world.time.pass(minutes(30));
  EXPECT_EQ(apply().plan.summary.code, "rollback.waiting");
  EXPECT_EQ(doge.count("bind"), binds);

  world.time.pass(minutes(31));
  breaks_after(seconds(10));
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(record().rollbacks, 2U);

  world.time.pass(hours(5));
  EXPECT_EQ(apply().outcome, Outcome::kParked);
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().rollbacks, 0U);
}

TEST_F(RollbackTest, ARunThatDiedAfterItsBindIsRolledBackByTheNext) {
  // Dies at every wait until the bind is made, then once right after it.
  std::size_t dies = 1;
  while (doge.bound(name) != bundle->fingerprint()) world.apply_dying_after(dies++);
  breaks_after(milliseconds(0));
  world.time.pass(minutes(1));
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed) << target.message;
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(RollbackTest, WhatWasRefusedBeforeTheBindOfARunThatDiedIsNoReasonToGoBack) {
  breaks_after(milliseconds(0));
  world.time.pass(minutes(1));
  std::size_t dies = 1;
  while (doge.bound(name) != bundle->fingerprint()) world.apply_dying_after(dies++);
  breaks_after(milliseconds(0));
  world.time.pass(minutes(1));
  EXPECT_EQ(apply().outcome, Outcome::kUnconfirmed);
  EXPECT_EQ(doge.bound(name), bundle->fingerprint());
  EXPECT_TRUE(world.store.all("rollback").empty());
  EXPECT_FALSE(record().looks_before_bind.empty());

  world.edge.turn_to(name, {bundle->leaf}, world.time.now());
  world.time.pass(hours(1));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_TRUE(record().looks_before_bind.empty());
}

TEST_F(RollbackTest, WithNothingGoodToGoBackToItWaitsToTheDeadline) {
  world.time.pass(days(40));  // the old one has expired meanwhile
  breaks_after(seconds(10));
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
  EXPECT_EQ(doge.bound(name), bundle->fingerprint());
}

TEST_F(RollbackTest, GoingBackThatFailsIsTold) {
  breaks_after(seconds(10));
  doge.next("bind", Answer::yes());
  doge.always("bind", Answer::refused(ErrorKind::kRejected));
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
  EXPECT_THAT(target.message, HasSubstr("going back to certificate 10001 failed"));
}

TEST_F(RollbackTest, AConfirmedTargetThatClientsRefuseIsSetOnceMore) {
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  breaks_after(milliseconds(0));
  world.time.pass(minutes(1));
  const std::size_t binds = doge.count("bind");
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.count("bind"), binds + 1);
}

TEST_F(RollbackTest, SomebodyElsesReversalIsMendedOnceAndThenLeftToAPerson) {
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  const std::string theirs = world.store.upload("doge", old->fingerprint())->stored_id;
  world.time.pass(hours(1));
  doge.point(name, theirs);
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().reversals, 1U);
  world.time.pass(hours(1));
  doge.point(name, theirs);
  EXPECT_EQ(apply().plan.summary.code, "target.contested");
  world.time.pass(hours(1));
  EXPECT_EQ(apply().outcome, Outcome::kParked);
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
}

}  // namespace
}  // namespace certferry::testing
