#include "engine/deploy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// One certificate, one domain, and a vendor or an edge that misbehaves.
class DeployTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  BundlePtr old = make_bundle(1, {"*.example.com"});
  BundlePtr bundle = make_bundle(2, {"*.example.com"});

  /// The old one is bound by hand and served; the new one is what the source has.
  DeployTest() {
    doge.add_domain(name);
    doge.point(name, doge.put(old, "by hand"));
    world.time.pass(days(60));
    world.add_certificate("example.com", bundle, {covered_at("doge")});
  }

  TargetReport apply() { return target_of(world.apply(), name); }
  JournalEntry last(const std::string& action) { return world.store.all(action).back(); }
  void expect_confirmed(const TargetReport& target) {
    EXPECT_EQ(target.outcome, Outcome::kConfirmed) << target.message;
    EXPECT_EQ(doge.bound(name), bundle->fingerprint());
    EXPECT_EQ(doge.stored_copies(bundle->fingerprint()), 1U);
    EXPECT_EQ(world.store.upload("doge", bundle->fingerprint())->stored_id, "10002");
    EXPECT_EQ(last("upload").outcome, JournalEntry::Outcome::kApplied);
    EXPECT_EQ(last("bind").outcome, JournalEntry::Outcome::kApplied);
    EXPECT_EQ(last("confirm").outcome, JournalEntry::Outcome::kApplied);
  }
};

TEST_F(DeployTest, UploadWhoseAnswerWasLostIsFoundByItsLabel) {
  doge.next("upload", Answer::lost_but_done());
  expect_confirmed(apply());
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_THAT(last("upload").detail, HasSubstr("found in the store by its label"));
}

TEST_F(DeployTest, UploadThatArrivesLateIsStillFoundByItsLabel) {
  doge.lag_lists_by(seconds(1));
  doge.next("upload", Answer::lost_but_done_later(seconds(3)));
  expect_confirmed(apply());
  EXPECT_EQ(doge.count("upload"), 1U);
}

TEST_F(DeployTest, LostUploadIsSentAgainOnlyAfterTheListMustShowIt) {
  doge.lag_lists_by(seconds(4));
  doge.next("upload", Answer::lost());
  expect_confirmed(apply());
  EXPECT_EQ(doge.count("upload"), 2U);
}

TEST_F(DeployTest, UploadLostTwoWaysEndsWithOneCopy) {
  doge.lag_lists_by(seconds(4));
  doge.next("upload", Answer::lost());
  doge.next("upload", Answer::lost_but_done());
  expect_confirmed(apply());
  EXPECT_EQ(doge.count("upload"), 2U);
}

TEST_F(DeployTest, UploadThatCannotBeReadBackStaysUnknownAndIsNotRepeated) {
  doge.next("upload", Answer::lost_but_done());
  doge.next("list_stored", Answer::yes());
  for (int i = 0; i < 4; ++i) doge.next("list_stored", Answer::refused(ErrorKind::kUnavailable));
  const TargetReport failed = apply();
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_EQ(last("upload").outcome, JournalEntry::Outcome::kUnknown);
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_EQ(doge.count("bind"), 0U);

  expect_confirmed(apply());
  EXPECT_EQ(doge.count("upload"), 1U);
}

TEST_F(DeployTest, RefusedUploadFailsAndBindsNothing) {
  for (const ErrorKind kind : {ErrorKind::kQuota, ErrorKind::kRejected, ErrorKind::kUnauthorized}) {
    SCOPED_TRACE(to_string(kind));
    doge.next("upload", Answer::refused(kind));
    const TargetReport failed = apply();
    EXPECT_EQ(failed.outcome, Outcome::kFailed);
    EXPECT_THAT(failed.message, HasSubstr("uploading to account doge"));
    EXPECT_EQ(last("upload").outcome, JournalEntry::Outcome::kNotApplied);
  }
  EXPECT_EQ(doge.count("upload"), 3U);
  EXPECT_EQ(doge.count("bind"), 0U);
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(DeployTest, BindWhoseAnswerWasLostIsReadBack) {
  doge.next("bind", Answer::lost_but_done());
  expect_confirmed(apply());
  EXPECT_EQ(doge.count("bind"), 1U);
  EXPECT_THAT(last("bind").detail, HasSubstr("the vendor's list shows it"));
}

TEST_F(DeployTest, LostBindIsSentAgain) {
  doge.lag_lists_by(seconds(4));
  doge.next("bind", Answer::lost());
  expect_confirmed(apply());
  EXPECT_EQ(doge.count("bind"), 2U);
}

TEST_F(DeployTest, BindThatIsAlwaysLostGivesUpWithTheLastError) {
  doge.always("bind", Answer::lost());
  const TargetReport failed = apply();
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_THAT(failed.message, HasSubstr("the connection was lost"));
  EXPECT_EQ(doge.count("bind"), RetryLimits().attempts);
  EXPECT_EQ(last("bind").outcome, JournalEntry::Outcome::kNotApplied);
}

TEST_F(DeployTest, YesThatChangedNothingIsToldAsFailed) {
  doge.always("bind", Answer::empty_yes());
  const Report report = world.apply();
  const TargetReport& failed = target_of(report, name);
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_THAT(failed.message, HasSubstr("the vendor answered yes, but its list shows another"));
  EXPECT_LT(report.ended - report.started, minutes(1));  // long before the deadline
  EXPECT_EQ(last("confirm").outcome, JournalEntry::Outcome::kNotApplied);
}

TEST_F(DeployTest, UploadWithAnEmptyYesFailsAtTheBind) {
  doge.next("upload", Answer::empty_yes());
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(doge.bound(name), old->fingerprint());
  expect_confirmed(apply());
}

TEST_F(DeployTest, ThrottledCallsWaitAsLongAsTheVendorAsks) {
  for (const char* call : {"list_stored", "list_bindings", "upload", "bind"}) {
    doge.next(call, Answer::throttled(seconds(20)));
  }
  const Report report = world.apply();
  expect_confirmed(target_of(report, name));
  // The lists wait side by side, before `started` is over; upload and bind one after the other.
  EXPECT_GE(report.ended - report.started, 3 * seconds(20));
  EXPECT_EQ(doge.count("upload"), 2U);
  EXPECT_EQ(doge.count("bind"), 2U);
}

TEST_F(DeployTest, RetryAfterBeyondTheLimitGivesUp) {
  doge.next("bind", Answer::throttled(minutes(10)));
  const TargetReport failed = apply();
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_THAT(failed.message, HasSubstr("too many calls"));
  EXPECT_EQ(doge.count("bind"), 1U);
}

TEST_F(DeployTest, AddressThatStaysOldIsNamedAtTheDeadline) {
  world.edge.at(name, 1).stuck_since = world.time.now();
  const Report report = world.apply();
  const TargetReport& target = target_of(report, name);
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
  EXPECT_THAT(target.message,
              HasSubstr("[2001:db8::7]:443 serves " + short_fingerprint(old->fingerprint())));
  EXPECT_THAT(target.message, Not(HasSubstr("192.0.2.7")));
  EXPECT_GE(report.ended - report.started, minutes(30));
  EXPECT_LT(report.ended - report.started, minutes(31));
  EXPECT_EQ(world.store.target({"doge", "cdn", name})->bound_fingerprint, bundle->fingerprint());
  EXPECT_NE(world.store.target({"doge", "cdn", name})->confirmed_fingerprint,
            bundle->fingerprint());

  // The next run finds it bound and only looks.
  world.edge.at(name, 1).stuck_since.reset();
  const std::size_t calls = doge.changing_calls();
  expect_confirmed(apply());
  EXPECT_EQ(doge.changing_calls(), calls);
}

TEST_F(DeployTest, EdgeThatShowsNoCertificateIsNeverConfirmed) {
  struct Row {
    Probe::Outcome outcome;
    const char* words;
  };
  for (const Row& row : {Row{Probe::Outcome::kUnreachable, "could not be looked at: connection"},
                         Row{Probe::Outcome::kAlert, "serves no certificate for it: alert"}}) {
    world.edge.at(name, 0).outcome = row.outcome;
    const TargetReport target = apply();
    EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
    EXPECT_THAT(target.message, HasSubstr(row.words));
  }
}

TEST_F(DeployTest, NameWithoutAddressIsNeverConfirmed) {
  world.edge.unresolved.insert(FakeEdge::edge_name(name));
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
  EXPECT_THAT(target.message, HasSubstr("has no address"));
}

TEST_F(DeployTest, ServedButUntrustedIsNeverConfirmed) {
  // Trusted when the plan was made, not so where it is served.
  apply();
  world.verifier.untrusted.insert(bundle->fingerprint());
  const Report report = world.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(target_of(report, name).outcome, Outcome::kParked);
}

TEST_F(DeployTest, RoundsBeginAnewWhenTheEdgeTurnsBack) {
  const std::vector<Certificate> before = {old->leaf};
  const std::vector<Certificate> after = {bundle->leaf};
  const Time now = world.time.now();
  world.edge.turn_to(name, before, now + seconds(60));
  world.edge.turn_to(name, after, now + seconds(100));
  const Report report = world.apply();
  expect_confirmed(target_of(report, name));
  EXPECT_GE(report.ended, now + seconds(120) + minutes(2));
}

// Found by the simulator: a chain that was judged once was good for as long as the run went on.
TEST_F(DeployTest, WhatEndsBetweenTwoLooksIsNeverConfirmed) {
  world.time.pass(bundle->leaf.not_after - minutes(6) - world.time.now());
  world.settings.confirm = {.rounds = 2, .spread = minutes(10), .deadline = minutes(20)};
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
  EXPECT_THAT(target.message, HasSubstr("a certificate of it has ended"));
}

TEST_F(DeployTest, ConfiguredWayOfConfirmingWins) {
  world.settings.confirm = {.rounds = 1, .spread = {}, .deadline = minutes(1)};
  EXPECT_EQ(apply().message, "served on 2 addresses, seen once");
}

TEST_F(DeployTest, LooksWhereTheVendorsEdgeNameLeads) {
  apply();
  EXPECT_EQ(std::set(world.edge.resolved.begin(), world.edge.resolved.end()),
            std::set{FakeEdge::edge_name(name)});
  EXPECT_EQ(world.edge.asked_for, std::set{name});
}

TEST_F(DeployTest, ConfiguredAddressesWinOverTheEdgeName) {
  world.edge.overrides.insert(name);
  apply();
  EXPECT_EQ(std::set(world.edge.resolved.begin(), world.edge.resolved.end()), std::set{name});
}

TEST_F(DeployTest, WildcardIsLookedAtUnderANameItStandsFor) {
  doge.binding(name).name = "*.example.com";
  doge.binding("*.example.com").edge_name = "";
  doge.binding("*.example.com").vendor_name = "*.example.com";
  world.apply();
  EXPECT_EQ(world.edge.asked_for, std::set<std::string>{"certferry-probe.example.com"});
  EXPECT_EQ(world.edge.resolved.front(), "certferry-probe.example.com");
}

TEST_F(DeployTest, AddressWithoutARouteIsToldAndNotWaitedFor) {
  world.edge.at(name, 1) = {.outcome = Probe::Outcome::kUnreachable, .no_route = true};
  const Time began = world.time.now();
  const TargetReport report = apply();
  EXPECT_EQ(report.outcome, Outcome::kUnconfirmed);
  EXPECT_THAT(report.message, HasSubstr("partly confirmed, served on 1 address"));
  EXPECT_THAT(report.message, HasSubstr("no route to [2001:db8::7]:443"));
  EXPECT_LT(world.time.now() - began, minutes(5));
}

TEST_F(DeployTest, LooksWithoutARouteDoNotCountOnceItIsBack) {
  world.edge.at(name, 1) = {.outcome = Probe::Outcome::kUnreachable, .no_route = true};
  std::vector<Time> good;
  world.sink.hook = [&](const Event& event) {
    if (event.text.find("(look ") == std::string::npos) return;
    good.push_back(event.at);
    world.edge.at(name, 1) = {.delay = milliseconds(0)};
  };
  expect_confirmed(apply());
  // One that was partly, two whole ones that are told as such, and the last.
  ASSERT_EQ(good.size(), 3U);
  EXPECT_GE(world.time.now() - good[1], minutes(2));
}

TEST_F(DeployTest, BetterOneThatTheEdgeServesIsNotReplaced) {
  // The vendor's word is of the old one; the edge serves one that ends after ours.
  const BundlePtr better = make_bundle(3, {"*.example.com"});
  world.edge.turn_to(name, {better->leaf}, world.time.now());
  world.time.pass(days(61));
  const TargetReport report = apply();
  EXPECT_EQ(report.plan.summary.code, "plan.not_newer") << report.message;
  EXPECT_EQ(doge.changing_calls(), 0U);
}

TEST_F(DeployTest, UploadThatArrivesAfterItsRunIsClaimedWhenItIsSeen) {
  doge.next("upload", Answer::lost_but_done_later(hours(1)));
  doge.next("upload", Answer::refused(ErrorKind::kQuota));
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(last("upload").outcome, JournalEntry::Outcome::kUnknown);
  const std::size_t sent = doge.count("upload");
  world.time.pass(hours(2));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.count("upload"), sent);
  const auto row = world.store.upload("doge", bundle->fingerprint());
  EXPECT_EQ(row->state, UploadRecord::State::kStored);
  EXPECT_EQ(row->stored_id, doge.binding(name).stored_id);
}

TEST_F(DeployTest, TellsEachStageAsItHappens) {
  apply();
  std::vector<Stage> stages;
  for (const Event& event : world.sink.events) {
    if (stages.empty() || stages.back() != event.stage) stages.push_back(event.stage);
  }
  const std::vector<Stage> expected = {Stage::kSource,
                                       Stage::kObserve,
                                       Stage::kProbe,
                                       Stage::kUpload,
                                       Stage::kBind,
                                       Stage::kConfirm};
  ASSERT_GE(stages.size(), expected.size());
  EXPECT_TRUE(std::ranges::equal(expected, std::span(stages).first(expected.size())));
  EXPECT_EQ(stages.back(), Stage::kEnd);
}

}  // namespace
}  // namespace certferry::testing
