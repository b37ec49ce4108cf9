#include "policy/contest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace certferry::testing;
using ::testing::HasSubstr;

/// We had set it to ours two hours ago; now the vendor says another.
TargetFacts set_back() {
  TargetFacts facts = renewal();
  facts.memory =
      TargetRecord{.id = facts.id, .bound_fingerprint = kOurs, .bound_at = kNow - hours(2)};
  return facts;
}

TEST(ContestTest, OneReversalIsMended) {
  const TargetFacts facts = set_back();
  const Reversals seen = reversals_after(facts);
  EXPECT_EQ(seen.count, 1U);
  EXPECT_EQ(seen.since, kNow);
  EXPECT_EQ(seen.to, "1");
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(ContestTest, AVendorThatDidNotAnswerMakesItNoOtherReversal) {
  TargetFacts facts = set_back();
  facts.memory->reversals = 1;
  facts.memory->reversed_at = kNow - hours(1);
  facts.memory->reversed_to = "1";
  facts.binding.reset();
  EXPECT_EQ(reversals_after(facts).count, 1U);
  EXPECT_EQ(reversals_after(facts).to, "1");
}

TEST(ContestTest, WhatOurOwnUnansweredBindDidIsNoReversal) {
  TargetFacts facts = set_back();
  facts.memory->attempted_fingerprint = facts.bound_fingerprint.value_or("");
  ASSERT_NE(facts.memory->attempted_fingerprint, "");
  EXPECT_EQ(reversals_after(facts).count, 0U);
}

TEST(ContestTest, OurOwnWayBackIsNoReversal) {
  TargetFacts facts = set_back();
  facts.memory->rolled_back_fingerprint = facts.memory->bound_fingerprint;
  EXPECT_EQ(reversals_after(facts).count, 0U);
  facts.memory->rolled_back_fingerprint = "another";
  EXPECT_EQ(reversals_after(facts).count, 1U);
}

TEST(ContestTest, TheSameReversalSeenAgainCountsOnce) {
  TargetFacts facts = set_back();
  facts.memory->reversals = 1;
  facts.memory->reversed_at = kNow - hours(1);
  facts.memory->reversed_to = "1";
  EXPECT_EQ(reversals_after(facts).count, 1U);
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(ContestTest, TheSecondWithinADayParks) {
  TargetFacts facts = set_back();
  facts.memory->reversals = 1;
  facts.memory->reversed_at = kNow - hours(23);
  const Plan plan = plan_target(facts);
  EXPECT_TRUE(plan.has(StepKind::kPark));
  EXPECT_EQ(plan.summary.code, "target.contested");
  EXPECT_THAT(plan.summary.text, HasSubstr("2 times"));
  facts.insist = true;
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(ContestTest, TheSecondAfterADayIsTheFirstAgain) {
  TargetFacts facts = set_back();
  facts.memory->reversals = 1;
  facts.memory->reversed_at = kNow - hours(24);
  EXPECT_EQ(reversals_after(facts).count, 1U);
  EXPECT_EQ(reversals_after(facts).since, kNow);
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(ContestTest, WhatWouldNotDoIsReplacedAllTheSame) {
  TargetFacts facts = set_back();
  facts.memory->reversals = 5;
  facts.memory->reversed_at = kNow - hours(1);
  bound_ends_in(-days(1)).apply(facts);
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(ContestTest, ARenewalIsNoReversal) {
  TargetFacts facts = set_back();
  facts.memory->bound_fingerprint = kOlder;  // what is bound is what we set
  EXPECT_EQ(reversals_after(facts).count, 0U);
}

TEST(ContestTest, AListThatLagsIsNoReversal) {
  TargetFacts facts = set_back();
  facts.memory->bound_at = kNow - seconds(59);
  EXPECT_EQ(reversals_after(facts).count, 0U);
}

}  // namespace
}  // namespace certferry
