// A product that replaces certificates in place and whose list says no more of them than their
// names and their end.

#include "engine/likeness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

StoredCertificate entry(std::vector<std::string> names, Time end) {
  return {.id = "1", .label = {}, .names = std::move(names), .not_after = end};
}

TEST(LikenessesTest, KnowsOneByNamesAndEnd) {
  const BundlePtr bundle = make_bundle(1, {"a.example.com", "b.example.com"});
  const Time end = bundle->leaf.not_after;
  Likenesses known;
  EXPECT_EQ(known.of(entry({"a.example.com"}, end)), std::nullopt);
  known.add(bundle->leaf);
  EXPECT_EQ(known.of(entry({"b.example.com", "a.example.com"}, end)), bundle->fingerprint());
  EXPECT_EQ(known.of(entry({"a.example.com", "b.example.com"}, end + milliseconds(999))),
            bundle->fingerprint());
  // A vendor may list the names alone that concern it.
  EXPECT_EQ(known.of(entry({"a.example.com"}, end)), bundle->fingerprint());
  EXPECT_EQ(known.of(entry({"a.example.com", "c.example.com"}, end)), std::nullopt);
  EXPECT_EQ(known.of(entry({"a.example.com", "b.example.com"}, end + seconds(1))), std::nullopt);
  EXPECT_EQ(known.of(entry({}, end)), std::nullopt);
}

TEST(LikenessesTest, TellsNotApartWhatIsAlike) {
  const BundlePtr bundle = make_bundle(1, {"a.example.com", "b.example.com"});
  const Time end = bundle->leaf.not_after;
  Certificate fewer = bundle->leaf;
  fewer.fingerprint = std::string(64, 'c');
  fewer.dns_names = {"a.example.com"};
  Certificate rekeyed = bundle->leaf;
  rekeyed.fingerprint = std::string(64, 'd');
  Likenesses known;
  known.add(bundle->leaf);
  known.add(fewer);
  // The one that has just these names comes before the one that has more.
  EXPECT_EQ(known.of(entry({"a.example.com"}, end)), fewer.fingerprint);
  EXPECT_EQ(known.of(entry({"a.example.com", "b.example.com"}, end)), bundle->fingerprint());
  known.add(rekeyed);
  EXPECT_EQ(known.of(entry({"a.example.com", "b.example.com"}, end)), std::nullopt);
  EXPECT_EQ(known.of(entry({"b.example.com"}, end)), std::nullopt);
}

class LikenessTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});

  LikenessTest() {
    doge.replaces_in_place();
    doge.tells_names_and_end_only = true;
    doge.add_domain(name);
  }
  TargetReport apply(ApplyOptions options = {}) { return target_of(world.apply(options), name); }
  void renew() {
    world.time.pass(days(60));
    source.give(second);
  }
  /// The same names and the same end, and another leaf.
  static BundlePtr rekeyed(const BundlePtr& bundle) {
    Bundle other = *bundle;
    other.leaf.fingerprint = std::string(64, 'c');
    return std::make_shared<const Bundle>(std::move(other));
  }
  /// Somebody else sets it, by hand.
  void set_by_hand(const BundlePtr& bundle) { doge.point(name, doge.put(bundle, "")); }
};

TEST_F(LikenessTest, WhatWasSetIsKnownAgain) {
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  world.time.pass(hours(2));
  EXPECT_EQ(apply().plan.summary.code, "done");
  renew();
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_EQ(apply().plan.summary.code, "done");
  EXPECT_EQ(doge.count("bind"), 2U);
}

TEST_F(LikenessTest, ALostAnswerIsFoundInTheList) {
  doge.next("bind", Answer::lost_but_done());
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.count("bind"), 1U);
  renew();
  doge.next("bind", Answer::lost());
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_EQ(doge.count("bind"), 3U);
}

TEST_F(LikenessTest, AYesWithoutAnEffectIsNoticed) {
  apply();
  renew();
  doge.next("bind", Answer::empty_yes());
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_THAT(target.message, HasSubstr("its list shows another certificate"));
}

TEST_F(LikenessTest, AWorseEdgeGoesBackToWhatWasKept) {
  apply();
  renew();
  Certificate bad = first->leaf;
  bad.fingerprint = std::string(64, 'd');
  bad.not_after = world.time.now() - days(1);
  world.edge.turn_to(name, {bad}, world.time.now() + seconds(10));
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_THAT(target.message, HasSubstr("rolled back"));
  EXPECT_EQ(doge.bound(name), first->fingerprint());
}

TEST_F(LikenessTest, APersonGetsThePreviousOneBack) {
  apply();
  renew();
  apply();
  const TargetReport back = target_of(world.roll_back({.target = name, .by = "alice"}), name);
  EXPECT_EQ(back.outcome, Outcome::kConfirmed) << back.message;
  EXPECT_EQ(doge.bound(name), first->fingerprint());
  EXPECT_EQ(apply().plan.summary.code, "rollback.by_hand");
}

TEST_F(LikenessTest, AStrangersWithAnotherEndIsNeverOurs) {
  Bundle other = *rekeyed(first);
  other.leaf.not_after -= seconds(1);
  set_by_hand(std::make_shared<const Bundle>(other));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), first->fingerprint());

  other.leaf.not_after += seconds(2);
  set_by_hand(std::make_shared<const Bundle>(other));
  world.time.pass(hours(2));
  EXPECT_EQ(apply().plan.summary.code, "plan.not_newer");
  EXPECT_EQ(doge.count("bind"), 1U);
}

TEST_F(LikenessTest, TheEdgeKnowsAStrangersThatIsAlike) {
  apply();
  set_by_hand(rekeyed(first));
  world.time.pass(minutes(5));
  const TargetReport target = apply();
  EXPECT_EQ(target.plan.summary.code, "plan.not_newer") << target.message;
  EXPECT_NE(target.outcome, Outcome::kConfirmed);
  EXPECT_EQ(target.facts.bound_fingerprint, std::string(64, 'c'));
  EXPECT_EQ(doge.count("bind"), 1U);
}

TEST_F(LikenessTest, AnEdgeThatIsNotSeenConfirmsNothing) {
  apply();
  set_by_hand(rekeyed(first));
  for (const std::size_t address : {0U, 1U}) {
    world.edge.at(name, address).outcome = Probe::Outcome::kUnreachable;
  }
  world.time.pass(minutes(5));
  EXPECT_EQ(apply().outcome, Outcome::kUnconfirmed);
  EXPECT_EQ(doge.count("bind"), 1U);
}

TEST_F(LikenessTest, WhatALostStateHasSetIsKnownByTheEdge) {
  set_by_hand(first);
  world.time.pass(minutes(5));
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kConfirmed) << target.message;
  EXPECT_EQ(target.facts.bound_fingerprint, first->fingerprint());
  EXPECT_EQ(doge.count("bind"), 0U);
  // And is replaced in its turn.
  renew();
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), second->fingerprint());
}

TEST_F(LikenessTest, WithoutTheVaultsKeyTheEdgeIsAsked) {
  apply();
  world.vault.lost = true;
  world.time.pass(hours(2));
  EXPECT_EQ(apply().plan.summary.code, "done");
  EXPECT_EQ(doge.count("bind"), 1U);
}

TEST_F(LikenessTest, WhatIsRekeyedIsNotTakenForWhatItFollows) {
  apply();
  world.time.pass(days(10));
  source.give(rekeyed(first));
  const TargetReport target = apply();
  EXPECT_EQ(target.plan.summary.code, "plan.not_newer") << target.message;
  EXPECT_EQ(target.facts.bound_fingerprint, first->fingerprint());
  EXPECT_EQ(doge.bound(name), first->fingerprint());
}

TEST_F(LikenessTest, DyingAnywhereItIsSetOnce) {
  apply();
  renew();
  for (std::size_t timers = 1; !world.apply_dying_after(timers); ++timers) {
    world.time.pass(minutes(1));
  }
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_EQ(apply().plan.summary.code, "done");
}

TEST(LikenessElsewhereTest, AStoreIsAskedByItsLabels) {
  World world;
  FakeProvider& doge = world.add_account("doge");
  doge.add_domain("cdn.example.com");
  const BundlePtr bundle = make_bundle(1, {"*.example.com"});
  world.add_certificate("example.com", bundle, {covered_at("doge")});
  doge.put(bundle, "");
  doge.tells_names_and_end_only = true;
  const Report report = world.plan();
  EXPECT_TRUE(target_of(report, "cdn.example.com").plan.has(StepKind::kUpload));
}

}  // namespace
}  // namespace certferry::testing
