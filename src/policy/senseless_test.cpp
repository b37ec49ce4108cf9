#include "policy/senseless.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace certferry::testing;
using ::testing::HasSubstr;

TEST(PlanSenselessTest, IsWhatTheVendorItselfAnsweredAndNoOutage) {
  for (const char* code : {"reply.malformed",
                           "reply.shape",
                           "reply.no_id",
                           "reply.too_large",
                           "reply.paging",
                           "bind.nothing_changed"}) {
    EXPECT_TRUE(makes_no_sense(Error(ErrorKind::kMaybeApplied, "x").with_code(code))) << code;
  }
  for (const char* code : {"", "reply.not_json", "vendor.maybe_applied", "gate.expired"}) {
    EXPECT_FALSE(makes_no_sense(Error(ErrorKind::kMaybeApplied, "x").with_code(code))) << code;
  }
}

TargetFacts after(unsigned count) {
  TargetFacts facts = renewal();
  facts.memory = TargetRecord{
      .id = facts.id, .attempted_fingerprint = kOurs, .senseless_step = "bind", .senseless = count};
  return facts;
}

TEST(PlanSenselessTest, TheThirdInARowParksUntilAnotherBundleOrAPerson) {
  EXPECT_TRUE(plan_target(after(2)).changes_something());
  TargetFacts facts = after(3);
  EXPECT_TRUE(plan_target(facts).has(StepKind::kPark));
  EXPECT_THAT(plan_target(facts).summary.text, HasSubstr("the bind of this bundle made no sense"));
  EXPECT_THAT(plan_target(facts).summary.text, HasSubstr("apply --now cdn.example.com"));
  EXPECT_EQ(senseless_before(facts, "bind"), 3U);
  EXPECT_EQ(senseless_before(facts, "upload"), 0U);
  facts.insist = true;
  EXPECT_TRUE(plan_target(facts).changes_something());
  EXPECT_EQ(senseless_before(facts, "bind"), 0U);
  facts = after(3);
  facts.memory->attempted_fingerprint = kForeign;
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(PlanSenselessTest, WhatIsBoundAlreadyIsConfirmedAllTheSame) {
  TargetFacts facts = after(3);
  bound_to_ours().apply(facts);
  EXPECT_TRUE(plan_target(facts).has(StepKind::kConfirm));
}

}  // namespace
}  // namespace certferry
