// A person's rollback: back to what was confirmed before, and left there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

class PutBackTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  const TargetId id{"doge", "cdn", name};
  BundlePtr old = make_bundle(1, {"*.example.com"});
  BundlePtr bundle = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", old, {covered_at("doge")});

  /// The old one was confirmed, then the new one.
  PutBackTest() {
    doge.add_domain(name);
    EXPECT_TRUE(world.apply().succeeded());
    world.time.pass(days(60));
    source.give(bundle);
    EXPECT_TRUE(world.apply().succeeded());
    world.time.pass(minutes(5));
  }
  TargetReport put_back() {
    return target_of(world.roll_back({.target = name, .by = "alice"}), name);
  }
  TargetReport apply(ApplyOptions options = {}) { return target_of(world.apply(options), name); }
  const TargetRecord& record() { return *world.store.target(id); }
};

TEST_F(PutBackTest, BindsConfirmsAndRemembersWhoAskedForIt) {
  const TargetReport target = put_back();
  EXPECT_EQ(target.outcome, Outcome::kConfirmed) << target.message;
  EXPECT_THAT(target.message, HasSubstr("60 d before what is set now"));
  EXPECT_THAT(target.message, HasSubstr("apply --now " + name));
  EXPECT_EQ(doge.bound(name), old->fingerprint());
  EXPECT_TRUE(world.edge.serves_everywhere(name, old->fingerprint()));
  const JournalEntry entry = world.store.all("rollback").back();
  EXPECT_EQ(entry.outcome, JournalEntry::Outcome::kApplied);
  EXPECT_EQ(entry.fingerprint, old->fingerprint());
  EXPECT_EQ(entry.stored_id, "10001");
  EXPECT_THAT(entry.detail, HasSubstr("asked for by alice"));
  EXPECT_EQ(world.store.all("confirm").back().fingerprint, old->fingerprint());
  EXPECT_EQ(record().outcome, "parked");
  EXPECT_EQ(record().confirmed_fingerprint, old->fingerprint());
}

TEST_F(PutBackTest, IsNotUndoneByTheNextRunButByANewerBundle) {
  put_back();
  const std::size_t calls = doge.changing_calls();
  world.time.pass(days(2));
  const TargetReport after = apply();
  EXPECT_EQ(after.outcome, Outcome::kParked);
  EXPECT_THAT(after.message, HasSubstr("rolled back by hand on"));
  EXPECT_EQ(doge.changing_calls(), calls) << "and what was put back is not retired";
  EXPECT_EQ(world.plan().targets.front().plan.summary.code, "rollback.by_hand");

  Bundle newer = *make_bundle(3, {"*.example.com"});
  newer.leaf.not_before = world.time.now() - days(1);
  source.give(std::make_shared<const Bundle>(std::move(newer)));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().rolled_back_by, "");
}

TEST_F(PutBackTest, APersonMayGoForwardAgain) {
  put_back();
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), bundle->fingerprint());
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(put_back().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(PutBackTest, TwiceDoesNotGoForward) {
  put_back();
  const TargetReport again = put_back();
  EXPECT_EQ(again.plan.summary.code, "rollback.nothing");
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(PutBackTest, ADryRunSendsAndWritesNothing) {
  const std::size_t commits = world.store.commits;
  const std::size_t calls = doge.changing_calls();
  const Report report = world.roll_back({.target = name, .by = "alice", .send = false});
  EXPECT_EQ(target_of(report, name).outcome, Outcome::kPlanned);
  EXPECT_EQ(world.store.commits, commits);
  EXPECT_EQ(doge.changing_calls(), calls);
}

TEST_F(PutBackTest, WhatWasRetiredCannotBePutBack) {
  world.time.pass(days(2));
  world.apply();  // retires the old one
  ASSERT_EQ(doge.stored_copies(old->fingerprint()), 0U);
  const TargetReport target = put_back();
  EXPECT_EQ(target.outcome, Outcome::kHeld);
  EXPECT_EQ(target.plan.summary.code, "rollback.retired");
  EXPECT_EQ(doge.bound(name), bundle->fingerprint());
  EXPECT_EQ(record().outcome, "confirmed") << "the record says what was done, not what was not";
}

TEST_F(PutBackTest, ABindThatIsRefusedHoldsNothingBack) {
  doge.always("bind", Answer::refused(ErrorKind::kRejected));
  EXPECT_EQ(put_back().outcome, Outcome::kFailed);
  EXPECT_EQ(record().rolled_back_by, "");
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
}

TEST_F(PutBackTest, WhatTheEdgeServesWorseGoesForwardAgain) {
  Certificate bad = old->leaf;
  bad.fingerprint = std::string(64, 'd');
  bad.not_after = world.time.now() - days(1);
  world.edge.turn_to(name, {bad}, world.time.now() + seconds(10));
  const TargetReport target = put_back();
  EXPECT_EQ(target.outcome, Outcome::kFailed) << target.message;
  EXPECT_EQ(doge.bound(name), bundle->fingerprint());
  EXPECT_EQ(record().rolled_back_by, "");
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
}

TEST_F(PutBackTest, AnUnknownNameAndACertificatesNameAreNoTargets) {
  for (const char* asked : {"nobody.example.com", "example.com"}) {
    const Report report = world.roll_back({.target = asked, .by = "alice"});
    EXPECT_TRUE(report.targets.empty());
    ASSERT_EQ(report.problems.size(), 1U);
    EXPECT_EQ(report.problems.front().error.code, "select.unknown");
  }
}

TEST_F(PutBackTest, WhatAPowerCutAfterwardsCannotTake) {
  EXPECT_EQ(put_back().outcome, Outcome::kConfirmed);
  world.store.lose_power();
  EXPECT_EQ(record().confirmed_fingerprint, old->fingerprint());
  EXPECT_EQ(record().rolled_back_by, "alice");
}

TEST_F(PutBackTest, DeathAtAnyMomentLeavesEitherOfTheTwoAndIsGoneOnWith) {
  for (std::size_t timers = 0;; ++timers) {
    SCOPED_TRACE(timers);
    if (world.roll_back_dying_after(timers, {.target = name, .by = "alice"})) break;
    world.store.lose_power();
    if (timers % 2 == 0) {
      // What the dead one bound stays with a run that follows, for a person wanted it.
      const std::string bound = doge.bound(name);
      apply();
      EXPECT_EQ(doge.bound(name), bound);
    }
    const TargetReport target = put_back();
    EXPECT_EQ(target.outcome, Outcome::kConfirmed) << target.message;
    EXPECT_EQ(doge.bound(name), old->fingerprint());
    EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
    world.time.pass(minutes(5));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace certferry::testing
