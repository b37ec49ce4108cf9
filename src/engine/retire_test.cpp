#include "engine/retire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

/// Two domains on their second bundle; the first one is ours and superseded since just now.
class RetireTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  const std::string other = "www.example.com";
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});

  RetireTest() {
    doge.add_domain(name);
    doge.add_domain(other);
    world.apply();
    world.time.pass(days(60));
    source.give(second);
  }

  void renew() { world.apply(); }
  Report apply_after_grace() {
    world.time.pass(days(1));
    return world.apply();
  }
  std::string reason(const Report& report) {
    return report.retirements.size() == 1 ? report.retirements[0].plan.reason.code : "none";
  }
  UploadRecord ledger(const BundlePtr& bundle) {
    return *world.store.upload("doge", bundle->fingerprint());
  }
  void expect_deleted() {
    EXPECT_EQ(doge.stored_copies(first->fingerprint()), 0U);
    EXPECT_EQ(ledger(first).state, UploadRecord::State::kRetired);
  }
  void expect_kept() {
    EXPECT_EQ(doge.stored_copies(first->fingerprint()), 1U);
    EXPECT_EQ(ledger(first).state, UploadRecord::State::kStored);
  }
};

TEST_F(RetireTest, SupersededUploadOfOursGoesAfterItsGrace) {
  renew();
  expect_kept();
  EXPECT_EQ(reason(apply_after_grace()), "retire.due");
  expect_deleted();
}

TEST_F(RetireTest, GraceIsNeverLessThanTwoPropagationLimits) {
  world.settings.retire_after = seconds(1);
  renew();
  world.time.pass(minutes(50));
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  world.time.pass(minutes(11));
  EXPECT_EQ(reason(world.apply()), "retire.due");
}

TEST_F(RetireTest, WaitStaysReadsAgainAndDeletes) {
  const Time began = world.time.now();
  const Report report = world.apply({.only = {}, .wait_for_retire = true});
  EXPECT_TRUE(report.succeeded());
  EXPECT_GE(world.time.now() - began, days(1));
  ASSERT_EQ(report.retirements.size(), 1U);
  EXPECT_TRUE(report.retirements[0].done);
  expect_deleted();
}

TEST_F(RetireTest, WaitKeepsWhatSomebodyWentBackToMeanwhile) {
  const Time later = world.time.now() + hours(20);
  world.edge.turn_to(name, {first->leaf}, later);
  const Report report = world.apply({.only = {}, .wait_for_retire = true});
  EXPECT_EQ(reason(report), "retire.served");
  expect_kept();
}

TEST_F(RetireTest, WaitKeepsWhatItCouldNotLookAtAgain) {
  renew();
  world.edge.unresolved.insert(FakeEdge::edge_name(name));
  EXPECT_EQ(reason(apply_after_grace()), "retire.unseen");
  expect_kept();
}

TEST_F(RetireTest, WaitKeepsItWhenAnAddressNoLongerAnswers) {
  // Down from the twentieth hour on: the look after the wait does not see it.
  world.edge.turn_to(other, {}, world.time.now() + hours(20));
  const Report report = world.apply({.only = {}, .wait_for_retire = true});
  EXPECT_EQ(reason(report), "retire.unseen");
  expect_kept();
}

TEST_F(RetireTest, WaitSaysWhenTheAccountNoLongerAnswers) {
  doge.next("list_stored", Answer::yes());
  doge.next("list_stored", Answer::yes());
  doge.always("list_stored", Answer::refused(ErrorKind::kUnauthorized));
  const Report report = world.apply({.only = {}, .wait_for_retire = true});
  EXPECT_FALSE(report.succeeded());
  ASSERT_EQ(report.retirements.size(), 1U);
  EXPECT_FALSE(report.retirements[0].done);
  ASSERT_TRUE(report.retirements[0].error.has_value());
  expect_kept();
}

TEST_F(RetireTest, RunOfOneDomainDeletesNothing) {
  renew();
  world.edge.turn_to(other, {first->leaf}, world.time.now());  // not looked at by this run
  world.time.pass(days(1));
  const Report report = world.apply({.only = {name}});
  ASSERT_EQ(report.targets.size(), 1U);
  EXPECT_TRUE(report.retirements.empty());
  expect_kept();
}

TEST_F(RetireTest, RunOfOneDomainSupersedesNothing) {
  world.apply({.only = {name}});
  EXPECT_FALSE(ledger(first).superseded_at.has_value());
  world.apply({.only = {other}});
  EXPECT_FALSE(ledger(first).superseded_at.has_value());
  world.apply();
  EXPECT_TRUE(ledger(first).superseded_at.has_value());
}

TEST_F(RetireTest, BoundOrServedIsKept) {
  renew();
  const std::string id = ledger(first).stored_id;
  doge.add_domain("by-hand.example.org", false);
  doge.binding("by-hand.example.org").stored_id = id;
  EXPECT_EQ(reason(apply_after_grace()), "retire.in_use");
  doge.binding("by-hand.example.org").stored_id.reset();
  world.edge.turn_to(name, {first->leaf}, world.time.now());
  EXPECT_EQ(reason(apply_after_grace()), "retire.served");
  expect_kept();
}

TEST_F(RetireTest, WhatAnotherCertificateStillWantsIsNotSuperseded) {
  doge.add_domain("api.example.com");
  source.give(first);
  world.fleet.jobs[0].to = {exactly_at("doge", {name, other})};
  world.add_certificate("api", first, {exactly_at("doge", {"api.example.com"})});
  world.apply();
  source.give(second);
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.bound("api.example.com"), first->fingerprint());
  EXPECT_FALSE(ledger(first).superseded_at.has_value());
  apply_after_grace();
  expect_kept();
}

TEST_F(RetireTest, WhatIsNotInTheLedgerIsNeverDeleted) {
  const BundlePtr foreign = make_bundle(1, {"foreign.example.com"});
  doge.put(foreign, "by hand");
  doge.put(foreign, label_for(foreign->fingerprint(), 7));  // our label alone gives no right to it
  renew();
  apply_after_grace();
  apply_after_grace();
  EXPECT_EQ(doge.count("remove"), 1U);
  EXPECT_EQ(doge.stored().size(), 3U);
}

TEST_F(RetireTest, InUseIsInformationNotFailure) {
  renew();
  doge.next("remove", Answer::refused(ErrorKind::kInUse));
  const Report report = apply_after_grace();
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(reason(report), "retire.in_use");
  expect_kept();
  EXPECT_EQ(reason(world.apply()), "retire.due");
  expect_deleted();
}

TEST_F(RetireTest, RefusedDeletionIsAFailure) {
  renew();
  doge.next("remove", Answer::refused(ErrorKind::kUnauthorized));
  const Report report = apply_after_grace();
  EXPECT_FALSE(report.succeeded());
  EXPECT_THAT(report.retirements[0].error->text(), HasSubstr("deleting superseded certificate"));
  expect_kept();
}

// The simulator found a vendor that allows a call a second: each run read two lists, was told "too
// many" for its delete, and left it to the next run for ever.
TEST_F(RetireTest, ThrottledDeletionIsRepeatedInTheSameRun) {
  renew();
  doge.next("remove", Answer::throttled(seconds(2)));
  EXPECT_TRUE(apply_after_grace().succeeded());
  expect_deleted();
  EXPECT_EQ(doge.count("remove"), 2U);
}

TEST_F(RetireTest, LostAnswerOfADeletionIsReadBackAtOnce) {
  renew();
  doge.next("remove", Answer::lost_but_done());
  EXPECT_TRUE(apply_after_grace().succeeded());
  EXPECT_EQ(world.store.all("retire").back().outcome, JournalEntry::Outcome::kApplied);
  expect_deleted();
}

TEST_F(RetireTest, DeletionThatWasLostOnTheWayIsTriedAgainByTheNextRun) {
  renew();
  doge.next("remove", Answer::lost());
  EXPECT_FALSE(apply_after_grace().succeeded());
  EXPECT_EQ(world.store.all("retire").back().outcome, JournalEntry::Outcome::kNotApplied);
  expect_kept();
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.count("remove"), 2U);
  expect_deleted();
}

TEST_F(RetireTest, LostDeletionThatCouldNotBeReadBackIsSettledByARunOfOneDomainToo) {
  renew();
  doge.next("remove", Answer::lost_but_done());
  // The run's own list and the look before deleting; the third reading would have told.
  doge.next("list_stored", Answer::yes());
  doge.next("list_stored", Answer::yes());
  doge.next("list_stored", Answer::refused(ErrorKind::kUnauthorized));
  EXPECT_FALSE(apply_after_grace().succeeded());
  EXPECT_EQ(world.store.all("retire").back().outcome, JournalEntry::Outcome::kUnknown);
  world.apply({.only = {name}});
  expect_deleted();
}

TEST_F(RetireTest, YesThatDeletesNothingIsNotBelieved) {
  renew();
  doge.next("remove", Answer::empty_yes());
  const Report report = apply_after_grace();
  EXPECT_FALSE(report.succeeded());
  EXPECT_FALSE(report.retirements[0].done);
  expect_kept();
  world.apply();
  expect_deleted();
}

TEST_F(RetireTest, NotFoundForSomethingThatIsStillListedIsNotBelieved) {
  renew();
  doge.next("remove", Answer::refused(ErrorKind::kNotFound));
  EXPECT_FALSE(apply_after_grace().succeeded());
  expect_kept();
}

TEST_F(RetireTest, RunIsUnconfirmedWhenItsLastLookFindsTheEdgeWorse) {
  world.edge.turn_to(other, {}, world.time.now() + hours(20));
  const Report report = world.apply({.only = {}, .wait_for_retire = true});
  EXPECT_FALSE(report.succeeded());
  for (const TargetReport& target : report.targets) {
    const bool down = target.facts.id.name == other;
    EXPECT_EQ(target.outcome, down ? Outcome::kUnconfirmed : Outcome::kConfirmed);
  }
}

TEST_F(RetireTest, DeletedByHandIsForgotten) {
  renew();
  doge.drop(ledger(first).stored_id);
  EXPECT_EQ(reason(apply_after_grace()), "retire.gone");
  EXPECT_EQ(ledger(first).state, UploadRecord::State::kRetired);
  EXPECT_EQ(doge.count("remove"), 0U);
}

TEST_F(RetireTest, DeletionWithoutADurableIntentIsNotSent) {
  renew();
  world.store.refuses = [](const StateChange& change) {
    return std::ranges::any_of(change.journal,
                               [](const JournalEntry& one) { return one.action == "retire"; });
  };
  EXPECT_FALSE(apply_after_grace().succeeded());
  EXPECT_EQ(doge.count("remove"), 0U);
  world.store.refuses = nullptr;
  world.apply();
  expect_deleted();
}

TEST_F(RetireTest, BundleThatComesBackStartsItsTimeAnew) {
  renew();
  ASSERT_TRUE(ledger(first).superseded_at.has_value());
  // The second one turned out bad and was taken away by hand; the source went back.
  doge.drop(ledger(second).stored_id);
  world.verifier.untrusted.insert(second->fingerprint());
  source.give(first);
  world.apply();
  EXPECT_EQ(doge.bound(name), first->fingerprint());
  EXPECT_FALSE(ledger(first).superseded_at.has_value());
  EXPECT_EQ(doge.count("remove"), 0U);
}

// Found by the simulator: it was deleted minutes after the last domain had left it.
TEST_F(RetireTest, ADomainThatLeavesItLaterStartsTheGraceAnew) {
  doge.binding(other).online = false;
  doge.binding(other).status = "offline";
  renew();
  EXPECT_EQ(reason(apply_after_grace()), "retire.in_use");
  doge.binding(other).online = true;
  doge.binding(other).status = "online";
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  expect_kept();
  EXPECT_EQ(reason(apply_after_grace()), "retire.due");
  expect_deleted();
}

// Found by the simulator: a run over that domain alone left it, and the next one over all knew
// nothing of it.
TEST_F(RetireTest, ADomainThatLeavesItInARunOfItsOwnStartsTheGraceAnew) {
  doge.binding(other).online = false;
  doge.binding(other).status = "offline";
  renew();
  world.time.pass(days(1));
  doge.binding(other).online = true;
  doge.binding(other).status = "online";
  const Time before = world.time.now();
  world.apply({.only = {other}});
  EXPECT_EQ(doge.bound(other), second->fingerprint());
  EXPECT_GE(*ledger(first).superseded_at, before);
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  expect_kept();
  EXPECT_EQ(reason(apply_after_grace()), "retire.due");
  expect_deleted();
}

TEST_F(RetireTest, WhatADomainHasLeftIsNotForgottenWhenTheLedgerCannotBeRead) {
  doge.binding(other).online = false;
  doge.binding(other).status = "offline";
  renew();
  world.time.pass(days(1));
  doge.binding(other).online = true;
  doge.binding(other).status = "online";
  world.sink.hook = [&](const Event& event) {
    if (event.stage == Stage::kEnd) world.store.unreadable = 1;
  };
  const Report report = world.apply();
  world.sink.hook = nullptr;
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems.front().error.code, "state.io");
  expect_kept();
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  expect_kept();
}

// Found by the simulator: the clock was set back behind the last look, and right again before the
// next run, for which the grace period was long over then.
TEST_F(RetireTest, NoGracePeriodBeginsByAClockThatWasSet) {
  int confirmed = 0;
  world.sink.hook = [&](const Event& event) {
    if (event.stage == Stage::kEnd && ++confirmed == 2) world.time.jump(-hours(3));
  };
  EXPECT_EQ(target_of(world.apply(), other).outcome, Outcome::kConfirmed);
  ASSERT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_FALSE(ledger(first).superseded_at);
  world.time.jump(hours(3));
  world.time.pass(minutes(10));
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  EXPECT_EQ(reason(apply_after_grace()), "retire.due");
  expect_deleted();
}

TEST_F(RetireTest, ADomainThatLeavesItStartsTheGraceAnewThoughTheOthersAreSparedALook) {
  doge.binding(other).online = false;
  doge.binding(other).status = "offline";
  renew();
  doge.binding(other).online = true;
  doge.binding(other).status = "online";
  world.time.pass(minutes(5));
  const Time before = world.time.now();
  const Report report = world.apply({.due_only = true, .trust_looks = true});
  EXPECT_FALSE(target_of(report, name).facts.probed);
  EXPECT_EQ(doge.bound(other), second->fingerprint());
  EXPECT_GE(*ledger(first).superseded_at, before);
}

TEST_F(RetireTest, WhatMayGoIsLookedAtHoweverLatelyItWasSeen) {
  renew();
  world.time.pass(days(1) - minutes(20));
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  world.time.pass(minutes(30));
  const Report report = world.apply({.due_only = true, .trust_looks = true});
  EXPECT_TRUE(target_of(report, name).facts.probed);
  EXPECT_EQ(reason(report), "retire.due");
  expect_deleted();
}

TEST_F(RetireTest, ATargetThatIsSparedALookIsRememberedAsItWas) {
  renew();
  const TargetRecord seen = *world.store.target({"doge", "cdn", name});
  const std::size_t probes = world.edge.probes;
  world.time.pass(minutes(5));
  const Report report = world.apply({.due_only = true, .trust_looks = true});
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(world.edge.probes, probes);
  const TargetRecord after = *world.store.target({"doge", "cdn", name});
  EXPECT_EQ(after.confirmed_at, seen.confirmed_at);
  EXPECT_EQ(after.last_attempt, seen.last_attempt);
}

// Found by the simulator: a full store of which nothing could go.
TEST_F(RetireTest, AListedDomainThatTheVendorNoLongerHasHoldsNothingUp) {
  world.fleet.jobs[0].to = {exactly_at("doge", {name, "gone.example.com"})};
  doge.take_away(other);
  renew();
  EXPECT_EQ(reason(apply_after_grace()), "retire.due");
  expect_deleted();
}

// Found by the simulator: it left the second of two that it was never confirmed on.
TEST_F(RetireTest, ADomainThatWasNeverConfirmedOnItStartsTheGraceAnewToo) {
  doge.binding(other).online = false;
  doge.binding(other).status = "offline";
  renew();
  ASSERT_EQ(doge.bound(other), first->fingerprint());
  TargetRecord memory = *world.store.target({"doge", "cdn", other});
  memory.confirmed_fingerprint.clear();
  world.store.commit({.targets = {memory}}, Durability::kFlushed);
  doge.point(other, ledger(second).stored_id);
  doge.binding(other).online = true;
  doge.binding(other).status = "online";
  world.time.pass(days(1));
  EXPECT_EQ(reason(world.apply()), "retire.grace");
  expect_kept();
  EXPECT_EQ(reason(apply_after_grace()), "retire.due");
  expect_deleted();
}

TEST_F(RetireTest, NothingIsDeletedByAReadingThatHasBecomeOld) {
  std::vector<std::pair<std::string, FakeSource*>> sites;
  for (const std::string& site : {"a.test", "b.test", "c.test", "d.test"}) {
    doge.add_domain(site);
    FakeSource& one =
        world.add_certificate(site, make_bundle(2, {site}), {exactly_at("doge", {site})});
    sites.emplace_back(site, &one);
  }
  world.apply();
  world.time.pass(days(60));
  for (const auto& [site, one] : sites) one->give(make_bundle(3, {site}));
  world.apply();
  const std::size_t before = doge.count("remove");
  world.time.pass(days(1));
  doge.call_time = seconds(30);
  const Report report = world.apply();
  EXPECT_EQ(doge.count("remove") - before, 3U);
  ASSERT_EQ(report.retirements.size(), 4U);
  EXPECT_EQ(report.retirements.back().plan.reason.code, "retire.later");
  EXPECT_TRUE(report.succeeded()) << "the next run goes on with it";
  EXPECT_EQ(world.apply().retirements.size(), 1U);
  EXPECT_EQ(doge.count("remove") - before, 4U);
}

TEST_F(RetireTest, ADeleteThatIsRefusedIsNotRepeatedByAReadingThatHasBecomeOld) {
  renew();
  world.time.pass(days(1));
  doge.call_time = seconds(70);
  doge.next("remove", Answer::refused(ErrorKind::kThrottled));
  const std::size_t before = doge.count("remove");
  world.apply();
  EXPECT_EQ(doge.count("remove") - before, 1U);
  expect_kept();
}

TEST_F(RetireTest, PlanShowsWhatIsDueAndDeletesNothing) {
  renew();
  world.time.pass(days(1));
  const Report report = world.plan();
  EXPECT_EQ(reason(report), "retire.due");
  EXPECT_TRUE(report.has_work());
  expect_kept();
}

}  // namespace
}  // namespace certferry::testing
