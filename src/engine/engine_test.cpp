#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/alert_facts.h"
#include "engine/testing/world.h"
#include "model/label.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

/// One certificate for every domain of one account.
class EngineTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::vector<std::string> names = {"cdn.example.com", "img.example.com", "www.example.com"};
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});

  EngineTest() {
    for (const std::string& name : names) doge.add_domain(name);
  }

  void renew() {
    world.time.pass(days(60));
    source.give(second);
  }
  void expect_all_confirmed(const Report& report) {
    EXPECT_TRUE(report.succeeded());
    for (const TargetReport& one : report.targets) {
      EXPECT_EQ(one.outcome, Outcome::kConfirmed) << one.facts.id.name << ": " << one.message;
    }
  }
};

TEST_F(EngineTest, FirstDeployUploadsOnceAndBindsEachTarget) {
  const Report report = world.apply();
  ASSERT_EQ(report.targets.size(), names.size());
  expect_all_confirmed(report);
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_EQ(doge.count("bind"), names.size());
  // To observe, and to see the vendor keep its word: to the first target, then to the others.
  EXPECT_EQ(doge.count("list_bindings"), 3U);
  for (const std::string& name : names) {
    EXPECT_EQ(doge.bound(name), first->fingerprint());
    EXPECT_TRUE(world.edge.serves_everywhere(name, first->fingerprint()));
    const TargetRecord* record = world.store.target({"doge", "cdn", name});
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->confirmed_fingerprint, first->fingerprint());
    EXPECT_EQ(record->outcome, "confirmed");
  }
  const UploadRecord* upload = world.store.upload("doge", first->fingerprint());
  ASSERT_NE(upload, nullptr);
  EXPECT_EQ(upload->state, UploadRecord::State::kStored);
  EXPECT_EQ(upload->stored_id, "10001");
}

/// An account whose store serves one product, and another that takes its bundles in place.
class MixedAccountTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  const std::string other = "an.example.com";  // the first in every order
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate(
      "example.com",
      first,
      {{.account = "doge", .product = "pro", .covered = true}, covered_at("doge")});

  MixedAccountTest() {
    doge.add_domain(name);
    doge.add_in_place("pro", other);
  }
};

TEST_F(MixedAccountTest, EachProductGetsTheBundleInItsWay) {
  for (const BundlePtr& bundle : {first, second}) {
    source.give(bundle);
    const Report report = world.apply();
    EXPECT_TRUE(report.succeeded());
    ASSERT_EQ(report.targets.size(), 2U);
    for (const std::string& one : {name, other}) {
      EXPECT_EQ(doge.bound(one), bundle->fingerprint()) << one;
      EXPECT_TRUE(world.edge.serves_everywhere(one, bundle->fingerprint())) << one;
    }
    EXPECT_EQ(doge.binding(other).stored_id, "pro/" + other);
    EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 2U);  // in the store, and in place
    world.time.pass(days(60));
  }
  EXPECT_EQ(doge.count("upload"), 2U);
  EXPECT_EQ(doge.count("bind"), 4U);
}

// What a name of the other product has for itself comes and goes with that name.
TEST_F(MixedAccountTest, PointsAtNothingThatAProductReplacesInPlace) {
  doge.may_store_twice = true;
  doge.put(first, label_for(first->fingerprint(), 7), "pro/www.example.net");
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_EQ(doge.binding(name).stored_id, "10001");
}

// A store that is full holds up those that need it, and nobody else.
TEST_F(MixedAccountTest, WhatNeedsNoStoreGoesOnWithoutIt) {
  doge.put(make_bundle(9, {"other.example.net"}), "by hand");
  doge.quota = 1;
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, name).outcome, Outcome::kFailed);
  EXPECT_EQ(target_of(report, name).failed_step, "upload");
  EXPECT_EQ(target_of(report, other).outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(other), first->fingerprint());
  EXPECT_EQ(doge.bound(name), "");
}

TEST_F(EngineTest, ConfirmingTakesThreeRoundsSpreadOverTwoMinutes) {
  const Report report = world.apply();
  // The edge follows after 20 s, first for one target, then for the others; then the rounds.
  EXPECT_GE(report.ended - report.started, seconds(40) + minutes(2));
  EXPECT_LT(report.ended - report.started, seconds(60) + minutes(2));
  for (const TargetReport& one : report.targets) {
    EXPECT_EQ(one.message, "served on 2 addresses, seen 3 times over 2 min");
  }
}

TEST_F(EngineTest, SecondApplyChangesNothingAndCommitsOnce) {
  world.apply();
  const std::size_t calls = doge.changing_calls();
  const std::size_t commits = world.store.commits;
  const std::size_t rows = world.store.journal({.limit = 1000}).size();
  expect_all_confirmed(world.apply());
  EXPECT_EQ(doge.changing_calls(), calls);
  EXPECT_EQ(world.store.commits, commits + 1);
  EXPECT_EQ(world.store.journal({.limit = 1000}).size(), rows);
}

TEST_F(EngineTest, PlanWritesNothingAndSendsNothing) {
  Report report = world.plan();
  EXPECT_TRUE(report.has_work());
  EXPECT_FALSE(report.succeeded());
  for (const TargetReport& one : report.targets) {
    EXPECT_EQ(one.outcome, Outcome::kPlanned);
    EXPECT_TRUE(one.plan.has(StepKind::kUpload));
  }
  world.apply();
  const std::size_t commits = world.store.commits;
  const std::size_t calls = doge.changing_calls();
  report = world.plan();
  EXPECT_FALSE(report.has_work());
  expect_all_confirmed(report);
  EXPECT_EQ(world.store.commits, commits);
  EXPECT_EQ(doge.changing_calls(), calls);
}

TEST_F(EngineTest, PlanWithoutProbesAsksNoEdge) {
  world.apply();
  const std::size_t probes = world.edge.probes;
  world.plan({.scope = ProbeScope::kNone});
  EXPECT_EQ(world.edge.probes, probes);
}

TEST_F(EngineTest, RenewalBindsTheNewOneAndKeepsTheOldOneForItsGrace) {
  world.apply();
  renew();
  const Report report = world.apply();
  expect_all_confirmed(report);
  EXPECT_EQ(doge.count("upload"), 2U);
  EXPECT_EQ(doge.count("remove"), 0U);
  EXPECT_TRUE(world.store.upload("doge", first->fingerprint())->superseded_at.has_value());
  ASSERT_EQ(report.retirements.size(), 1U);
  EXPECT_EQ(report.retirements[0].plan.reason.code, "retire.grace");

  world.time.pass(hours(23));
  world.apply();
  EXPECT_EQ(doge.count("remove"), 0U);
  world.time.pass(hours(2));
  const Report last = world.apply();
  expect_all_confirmed(last);
  EXPECT_EQ(doge.count("remove"), 1U);
  EXPECT_EQ(doge.stored_copies(first->fingerprint()), 0U);
  EXPECT_EQ(doge.stored_copies(second->fingerprint()), 1U);
  EXPECT_EQ(world.store.upload("doge", first->fingerprint())->state, UploadRecord::State::kRetired);
  EXPECT_TRUE(world.apply().retirements.empty());
}

TEST_F(EngineTest, OneFailingTargetStopsNoOther) {
  doge.always("bind img.example.com", Answer::refused(ErrorKind::kRejected));
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(target_of(report, "cdn.example.com").outcome, Outcome::kConfirmed);
  EXPECT_EQ(target_of(report, "www.example.com").outcome, Outcome::kConfirmed);
  const TargetReport& failed = target_of(report, "img.example.com");
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_THAT(failed.message, HasSubstr("binding doge/cdn/img.example.com"));
  EXPECT_THAT(failed.message, HasSubstr("40001"));
  EXPECT_EQ(world.store.target({"doge", "cdn", "img.example.com"})->failures, 1U);
}

TEST_F(EngineTest, FailedTargetKeepsTheOldBundleFromBeingSuperseded) {
  world.apply();
  renew();
  doge.always("bind img.example.com", Answer::refused(ErrorKind::kRejected));
  world.apply();
  world.time.pass(days(2));
  world.apply();
  EXPECT_EQ(doge.bound("img.example.com"), first->fingerprint());
  EXPECT_FALSE(world.store.upload("doge", first->fingerprint())->superseded_at.has_value());
  EXPECT_EQ(doge.count("remove"), 0U);
}

TEST_F(EngineTest, RefusedAccountHoldsItsTargetsWhileAnotherGoesOn) {
  FakeProvider& other = world.add_account("other");
  other.add_domain("static.example.com");
  world.fleet.jobs[0].to.push_back(exactly_at("other", {"static.example.com"}));
  world.fleet.jobs[0].to[0] = exactly_at("doge", names);
  doge.always("list_stored", Answer::refused(ErrorKind::kUnauthorized));
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(target_of(report, "static.example.com").outcome, Outcome::kConfirmed);
  for (const std::string& name : names) {
    EXPECT_EQ(target_of(report, name).outcome, Outcome::kHeld);
    EXPECT_THAT(target_of(report, name).message, HasSubstr("the vendor refused"));
  }
  EXPECT_EQ(doge.changing_calls(), 0U);
  EXPECT_EQ(doge.count("list_stored"), 1U);  // refused credentials are not tried again
}

TEST_F(EngineTest, AccountWithoutAnswerAndWithoutMemoryIsAProblem) {
  doge.always("list_bindings", Answer::refused(ErrorKind::kUnauthorized));
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_TRUE(report.targets.empty());
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].error.kind, ErrorKind::kUnauthorized);
}

TEST_F(EngineTest, AccountWithoutAnswerHoldsWhatItCoveredBefore) {
  world.apply();
  renew();
  doge.always("list_bindings", Answer::refused(ErrorKind::kUnavailable));
  const Report report = world.apply();
  ASSERT_EQ(report.targets.size(), names.size());
  for (const TargetReport& one : report.targets) EXPECT_EQ(one.outcome, Outcome::kHeld);
  EXPECT_EQ(doge.count("upload"), 1U);
}

TEST_F(EngineTest, TornSourceIsReadAgainUntilItIsWhole) {
  const Error torn =
      Error(ErrorKind::kUnavailable, "the files do not belong together").with_code("source.torn");
  source.fail_next(torn);
  source.fail_next(torn);
  expect_all_confirmed(world.apply());
  EXPECT_EQ(source.reads, 3U);
}

TEST_F(EngineTest, FailingSourceHoldsItsTargetsAndSaysWhy) {
  world.apply();
  renew();
  source.fail_always(Error(ErrorKind::kUnauthorized, "permission denied"));
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  ASSERT_EQ(report.targets.size(), names.size());
  for (const TargetReport& one : report.targets) {
    EXPECT_EQ(one.outcome, Outcome::kHeld);
    EXPECT_THAT(one.message, HasSubstr("permission denied"));
  }
  ASSERT_TRUE(report.certificates[0].error.has_value());
  EXPECT_THAT(report.certificates[0].error->text(), HasSubstr("files of example.com"));
  EXPECT_EQ(doge.changing_calls(), 1U + names.size());
}

TEST_F(EngineTest, WarnsOfASourceThatShouldHaveRenewedAndNamesItsTool) {
  world.fleet.jobs[0].renewer = {.tool = "certbot", .log = "/var/log/letsencrypt/letsencrypt.log"};
  EXPECT_FALSE(world.plan().certificates.at(0).staleness);
  world.time.pass(days(70));
  const Report report = world.plan();
  ASSERT_TRUE(report.certificates.at(0).staleness);
  EXPECT_EQ(report.certificates[0].staleness->reason.code, "source.stale");
  const std::vector<AlertSubject> subjects = alert_subjects(report, {});
  const auto told = std::ranges::find_if(
      subjects, [](const AlertSubject& one) { return !one.not_renewed.empty(); });
  ASSERT_NE(told, subjects.end()) << "a notice would not say who did not renew it";
  EXPECT_TRUE(told->not_renewed.starts_with("certbot should have renewed it"));
  EXPECT_EQ(told->renewer_says, "look why in /var/log/letsencrypt/letsencrypt.log");
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_EQ(report.warnings[0].where, "certificate example.com");
  EXPECT_THAT(report.warnings[0].error.text(),
              HasSubstr("certbot should have renewed it: 18 d 23 h are left of 90 d; look why in "
                        "/var/log/letsencrypt/letsencrypt.log"));
}

TEST_F(EngineTest, BundleThatIsNotNewerIsHeld) {
  world.apply();
  source.give(make_bundle(0, {"*.example.com"}));  // ends 60 days before what is bound
  world.edge.turn_to("cdn.example.com", {}, world.time.now());
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  for (const TargetReport& one : report.targets) {
    EXPECT_EQ(one.outcome, Outcome::kHeld);
    EXPECT_EQ(one.plan.summary.code, "plan.not_newer");
  }
  EXPECT_EQ(doge.count("upload"), 1U);
}

// Found by the simulator: a rival stores what we deployed once more, and binds that.
TEST_F(EngineTest, TakesACopyThatSomebodyElseStoredForOurs) {
  ASSERT_TRUE(world.apply().succeeded());
  const std::size_t calls = doge.changing_calls();
  doge.point(names[0], doge.put(first, "not our label"));
  for (unsigned run = 0; run < 3; ++run) {
    world.time.pass(hours(1));
    EXPECT_TRUE(world.apply().succeeded());
  }
  EXPECT_EQ(doge.changing_calls(), calls);
  EXPECT_EQ(world.store.target({"doge", "cdn", names[0]})->reversals, 0U);
}

TEST_F(EngineTest, UntrustedChainIsParkedAndNothingIsSent) {
  world.verifier.untrusted.insert(first->fingerprint());
  const Report report = world.apply();
  for (const TargetReport& one : report.targets) EXPECT_EQ(one.outcome, Outcome::kParked);
  EXPECT_EQ(doge.changing_calls(), 0U);
}

TEST_F(EngineTest, StoreThatCannotWriteTheIntentHoldsEverything) {
  struct Row {
    const char* what;
    std::function<bool(const StateChange&)> refuses;
    std::size_t uploads;
    std::string words;
  };
  const std::vector<Row> rows = {
      {"the upload's intent", [](const StateChange&) { return true; }, 0, "nothing was sent"},
      {"the binds' intents",
       [](const StateChange& change) {
         return std::ranges::any_of(change.journal,
                                    [](const JournalEntry& one) { return one.action == "bind"; });
       },
       1,
       "stored at the vendor, but nothing was bound"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    World fresh;
    FakeProvider& account = fresh.add_account("doge");
    account.add_domain("cdn.example.com");
    fresh.add_certificate("example.com", first, {covered_at("doge")});
    fresh.store.refuses = row.refuses;
    const Report report = fresh.apply();
    EXPECT_FALSE(report.succeeded());
    EXPECT_EQ(target_of(report, "cdn.example.com").outcome, Outcome::kHeld);
    EXPECT_THAT(target_of(report, "cdn.example.com").message, HasSubstr(row.words));
    EXPECT_THAT(target_of(report, "cdn.example.com").message, HasSubstr("no space left"));
    EXPECT_EQ(account.count("upload"), row.uploads);
    EXPECT_EQ(account.count("bind"), 0U);

    fresh.store.refuses = nullptr;
    expect_all_confirmed(fresh.apply());
    EXPECT_EQ(account.count("upload"), 1U);
  }
}

TEST_F(EngineTest, StoreThatCannotWriteOutcomesIsAProblemBesideAConfirmedEdge) {
  world.fleet.jobs.front().to.front().canary = false;  // so that no later intent is refused
  world.store.refuses = [](const StateChange& change) {
    return std::ranges::any_of(change.journal, [](const JournalEntry& one) {
      return one.action == "bind" && one.outcome != JournalEntry::Outcome::kPending;
    });
  };
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  for (const TargetReport& one : report.targets) EXPECT_EQ(one.outcome, Outcome::kConfirmed);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].where, "state");
  EXPECT_EQ(report.problems[0].error.code, "state.io");

  world.store.refuses = nullptr;
  expect_all_confirmed(world.apply());
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_EQ(doge.count("bind"), names.size());
}

TEST_F(EngineTest, ThousandTargetsTakeTwoListCallsToPlan) {
  for (int i = 0; i < 1000; ++i) doge.add_domain("n" + std::to_string(i) + ".example.com");
  const Report report = world.plan();
  EXPECT_EQ(report.targets.size(), 1003U);
  EXPECT_EQ(doge.count("list_bindings"), 1U);
  EXPECT_EQ(doge.count("list_stored"), 1U);
  EXPECT_EQ(doge.changing_calls(), 0U);
}

TEST_F(EngineTest, ThousandBindsThatLoseTheirAnswersShareAFewReadings) {
  for (int i = 0; i < 1000; ++i) doge.add_domain("n" + std::to_string(i) + ".example.com");
  doge.always("bind", Answer::lost_but_done());
  doge.gap = milliseconds(20);  // fifty a second
  world.fleet.jobs.front().to.front().canary = false;
  const Report report = world.apply();
  expect_all_confirmed(report);
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_EQ(doge.count("bind"), 1003U);
  EXPECT_LE(doge.count("list_bindings"), 16U);
}

}  // namespace
}  // namespace certferry::testing
