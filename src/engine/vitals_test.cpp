#include "engine/vitals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/counted_provider.h"
#include "engine/testing/world.h"
#include "engine/watched_store.h"

namespace certferry::testing {
namespace {

/// One account whose runs are noted as the daemon would.
class VitalsTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});
  const TargetId id{"doge", "cdn", "cdn.example.com"};
  Vitals vitals{world.time, world.fleet};

  VitalsTest() {
    doge.add_domain(id.name);
    world.sink.hook = [this](const Event& event) { vitals.on_event(event); };
  }

  void run() {
    const Report report = world.apply();
    vitals.after_run({.account = "doge", .report = &report});
  }
  const TargetVitals& target() const { return vitals.targets().at(id); }
  const AccountVitals& account() const { return vitals.accounts().at("doge"); }
};

TEST_F(VitalsTest, KnowsWhatIsServedAndHowLongItTook) {
  run();
  EXPECT_EQ(target().outcome, Outcome::kConfirmed);
  EXPECT_EQ(target().ends, first->leaf.not_after);
  EXPECT_FALSE(target().behind_since);
  EXPECT_EQ(vitals.sources().at("example.com").ends, first->leaf.not_after);
  EXPECT_TRUE(account().last_succeeded);
  EXPECT_EQ(account().deployments.count, 1U);
  EXPECT_EQ(account().deployments.up_to.back(), 1U);
  run();
  EXPECT_EQ(account().deployments.count, 1U) << "nothing was deployed the second time";
  EXPECT_EQ(account().succeeded, 2U);
}

TEST_F(VitalsTest, ATargetIsBehindFromTheFirstSightOfANewerBundle) {
  run();
  world.time.pass(days(60));
  source.give(second);
  doge.next("upload", Answer::refused(ErrorKind::kRejected));
  run();
  EXPECT_EQ(target().outcome, Outcome::kFailed);
  EXPECT_EQ(target().ends, first->leaf.not_after) << "clients get what they got before";
  const auto since = target().behind_since;
  ASSERT_TRUE(since);
  world.time.pass(hours(5));
  run();
  EXPECT_FALSE(target().behind_since);
  EXPECT_EQ(target().ends, second->leaf.not_after);
  EXPECT_EQ(account().deployments.count, 2U);
  EXPECT_GE(account().deployments.sum_seconds, 5 * 3600) << "from the first sight, not the last";
}

TEST_F(VitalsTest, ASourceThatCannotBeReadKeepsItsLastDates) {
  run();
  source.fail_always(Error(ErrorKind::kNotFound, "gone"));
  run();
  EXPECT_FALSE(vitals.sources().at("example.com").readable);
  EXPECT_EQ(vitals.sources().at("example.com").ends, first->leaf.not_after);
  EXPECT_FALSE(account().last_succeeded);
}

TEST_F(VitalsTest, WhatARunCouldNotSeeIsKeptAndWhatIsGoneIsForgotten) {
  run();
  const DaemonRun blind{.account = "doge", .error = Error(ErrorKind::kUnavailable, "no disk")};
  vitals.after_run(blind);
  EXPECT_EQ(account().trouble, "unavailable");
  EXPECT_TRUE(vitals.targets().contains(id));
  EXPECT_EQ(vitals.health(hours(1)).at(0).trouble, "unavailable");
  Report empty;
  vitals.after_run({.account = "doge", .report = &empty});
  EXPECT_TRUE(vitals.targets().empty());
}

TEST_F(VitalsTest, TimeWithoutARunIsCounted) {
  world.time.pass(hours(3));
  EXPECT_EQ(vitals.health(hours(2)).at(0).since_end, hours(3));
  run();
  EXPECT_EQ(vitals.health(hours(2)).at(0).since_end, milliseconds(0));
}

TEST_F(VitalsTest, RecallsWhatIsConfiguredStill) {
  run();
  Vitals later(world.time, world.fleet);
  later.recall(world.fleet, world.store.targets(), world.store.uploads());
  EXPECT_EQ(later.targets().at(id).ends, first->leaf.not_after);
  EXPECT_EQ(later.targets().at(id).outcome, Outcome::kConfirmed);
  Fleet other = world.fleet;
  other.jobs.clear();
  Vitals without(world.time, other);
  without.recall(other, world.store.targets(), world.store.uploads());
  EXPECT_TRUE(without.targets().empty());
}

TEST_F(VitalsTest, CallsAreCountedByWhatCameOfThem) {
  CountedProvider counted(doge);
  world.fleet.accounts[0].provider = &counted;
  run();
  EXPECT_EQ(counted.counts(CountedProvider::Call::kUpload).done, 1U);
  EXPECT_EQ(counted.counts(CountedProvider::Call::kBind).done, 1U);
  doge.next("upload", Answer::refused(ErrorKind::kQuota));
  source.give(second);
  world.time.pass(days(60));
  run();
  const auto& uploads = counted.counts(CountedProvider::Call::kUpload);
  EXPECT_EQ(uploads.failed[static_cast<std::size_t>(ErrorKind::kQuota)], 1U);
  EXPECT_EQ(to_string(CountedProvider::Call::kUpload), "upload");
}

TEST(DurationsTest, EachBoundHoldsThoseBeforeIt) {
  Durations all;
  all.add(seconds(10));
  all.add(seconds(31));
  all.add(hours(48));
  all.add(-seconds(5));  // a clock that was set
  EXPECT_EQ(all.up_to, (decltype(all.up_to){2, 2, 3, 3, 3, 3, 3, 3, 3}));
  EXPECT_EQ(all.count, 4U);
  EXPECT_EQ(all.sum_seconds, 10 + 31 + 48 * 3600);
}

TEST(WatchedStoreTest, RemembersWhyItCouldNotBeWritten) {
  MemoryStore inner;
  WatchedStore store(inner);
  StateChange change;
  change.accounts.push_back({.name = "doge"});
  inner.refuses = [](const StateChange&) { return true; };
  EXPECT_THROW(store.commit(change, Durability::kFlushed), Error);
  EXPECT_EQ(store.trouble(), "state.io");
  inner.refuses = nullptr;
  store.commit(change, Durability::kFlushed);
  EXPECT_EQ(store.trouble(), "");
}

}  // namespace
}  // namespace certferry::testing
