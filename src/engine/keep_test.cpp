// A product that replaces certificates in place: what was there before is kept sealed, and put
// back.

#include "engine/keep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class KeepTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  const TargetId id{"doge", "cdn", name};
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  BundlePtr third = make_bundle(3, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});

  KeepTest() {
    doge.replaces_in_place();
    doge.add_domain(name);
  }
  TargetReport apply(ApplyOptions options = {}) { return target_of(world.apply(options), name); }
  TargetReport put_back() {
    return target_of(world.roll_back({.target = name, .by = "alice"}), name);
  }
  void renew(const BundlePtr& bundle) {
    world.time.pass(days(60));
    source.give(bundle);
  }
  std::vector<std::string> kept() {
    std::vector<std::string> fingerprints;
    for (const KeptBundle& one : world.store.kept()) fingerprints.push_back(one.fingerprint);
    return fingerprints;
  }
  void breaks_soon() {
    Certificate bad = first->leaf;
    bad.fingerprint = std::string(64, 'd');
    bad.not_after = world.time.now() - days(1);
    world.edge.turn_to(name, {bad}, world.time.now() + seconds(10));
  }
};

TEST_F(KeepTest, EachIsSealedBeforeItIsSetAndGoesWhenSupersededTwice) {
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.count("upload"), 0U);
  EXPECT_THAT(kept(), UnorderedElementsAre(first->fingerprint()));
  EXPECT_EQ(apply().plan.summary.code, "done");
  renew(second);
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_THAT(kept(), UnorderedElementsAre(first->fingerprint(), second->fingerprint()));
  renew(third);
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_THAT(kept(), UnorderedElementsAre(second->fingerprint(), third->fingerprint()));
}

TEST_F(KeepTest, APersonGetsThePreviousOneBack) {
  apply();
  renew(second);
  apply();
  const TargetReport target = put_back();
  EXPECT_EQ(target.outcome, Outcome::kConfirmed) << target.message;
  EXPECT_THAT(target.message, HasSubstr("kept here sealed"));
  EXPECT_EQ(doge.bound(name), first->fingerprint());
  EXPECT_TRUE(world.edge.serves_everywhere(name, first->fingerprint()));
  EXPECT_EQ(apply().plan.summary.code, "rollback.by_hand");
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), second->fingerprint());
}

TEST_F(KeepTest, AWorseEdgeGoesBackToIt) {
  apply();
  renew(second);
  breaks_soon();
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_THAT(target.message, HasSubstr("rolled back"));
  EXPECT_EQ(doge.bound(name), first->fingerprint());
}

TEST_F(KeepTest, OneThatWasNeverConfirmedDoesNotPushOutTheOneThatWas) {
  apply();
  renew(second);
  world.edge.at(name, 0).stuck_since = world.time.now();
  EXPECT_EQ(apply().outcome, Outcome::kUnconfirmed);
  world.edge.at(name, 0).stuck_since.reset();
  Bundle newer = *third;
  newer.leaf.not_before = world.time.now() - days(1);
  source.give(std::make_shared<const Bundle>(std::move(newer)));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_THAT(kept(), UnorderedElementsAre(first->fingerprint(), third->fingerprint()));
}

TEST_F(KeepTest, ALostKeyIsToldBeforeAnythingIsLost) {
  apply();
  renew(second);
  world.vault.lost = true;
  const TargetReport held = apply();
  EXPECT_EQ(held.outcome, Outcome::kHeld);
  EXPECT_THAT(held.message, HasSubstr("the vault's key file is not there"));
  EXPECT_EQ(doge.bound(name), first->fingerprint());

  world.vault.lost = false;
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  world.vault.lost = true;
  const TargetReport back = put_back();
  EXPECT_EQ(back.plan.summary.code, "vault.key");
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_EQ(kept().size(), 2U);
  world.vault.lost = false;
  EXPECT_EQ(put_back().outcome, Outcome::kConfirmed);
}

TEST_F(KeepTest, APersonWhoInsistsBeginsWithANewKey) {
  apply();
  renew(second);
  world.vault.lost = true;
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.bound(name), second->fingerprint());
}

TEST_F(KeepTest, WhatSomebodyElseSetCannotBePutBackAndThatIsSaid) {
  apply();
  renew(second);
  apply();
  world.time.pass(days(60));
  source.give(third);
  apply();
  EXPECT_EQ(put_back().outcome, Outcome::kConfirmed);
  const Result<BundlePtr> gone = Keeper(world.ports()).open(id, first->fingerprint());
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, "vault.not_kept");
}

TEST_F(KeepTest, DeathAtAnyMomentOfARenewalConverges) {
  for (std::size_t timers = 0;; ++timers) {
    SCOPED_TRACE(timers);
    World other;
    FakeProvider& vendor = other.add_account("doge");
    vendor.replaces_in_place();
    vendor.add_domain(name);
    FakeSource& files = other.add_certificate("example.com", first, {covered_at("doge")});
    other.apply();
    other.time.pass(days(60));
    files.give(second);
    const bool ended = other.apply_dying_after(timers);
    other.store.lose_power();
    EXPECT_TRUE(other.apply().succeeded());
    EXPECT_EQ(vendor.bound(name), second->fingerprint());
    EXPECT_TRUE(other.store.keeps(id, first->fingerprint()));
    if (ended || HasFailure()) return;
  }
}

}  // namespace
}  // namespace certferry::testing
