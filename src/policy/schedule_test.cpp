#include "policy/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fixed_random.h"
#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace certferry::testing;
using ::testing::HasSubstr;

milliseconds least(unsigned failures, std::optional<milliseconds> left = {}) {
  FixedRandom none(0);
  return wait_before_next_run(failures, left, std::nullopt, none);
}

TEST(ScheduleTest, DoublesFromAMinuteToAnHour) {
  EXPECT_EQ(least(1), minutes(1));
  EXPECT_EQ(least(2), minutes(2));
  EXPECT_EQ(least(5), minutes(16));
  EXPECT_EQ(least(7), hours(1));
  EXPECT_EQ(least(4'000'000'000), hours(1));
}

TEST(ScheduleTest, HurriesWhenTheEndIsNear) {
  EXPECT_EQ(least(20, hours(10)), minutes(30));
  EXPECT_EQ(least(20, minutes(5)), minutes(1));
  EXPECT_EQ(least(20, -hours(5)), minutes(1));
  EXPECT_EQ(least(20, days(60)), hours(1));
}

TEST(ScheduleTest, JitterNeverGoesBeyondTheMost) {
  FixedRandom much(30'000);  // half of a minute
  EXPECT_EQ(wait_before_next_run(1, {}, {}, much), seconds(90));
  EXPECT_EQ(wait_before_next_run(20, {}, {}, much), hours(1));
}

TEST(ScheduleTest, TheVendorsWishWinsUpToSixHours) {
  FixedRandom none(0);
  EXPECT_EQ(wait_before_next_run(1, {}, seconds(10), none), minutes(1));
  EXPECT_EQ(wait_before_next_run(1, {}, hours(2), none), hours(2));
  EXPECT_EQ(wait_before_next_run(1, {}, hours(24 * 365), none), hours(6));
}

TargetFacts failed_before() {
  TargetFacts facts = renewal();
  facts.due_only = true;
  facts.memory = TargetRecord{.id = facts.id,
                              .message = "the vendor refused",
                              .failures = 3,
                              .attempted_fingerprint = kOurs,
                              .next_attempt = kNow + minutes(4)};
  return facts;
}

TEST(ScheduleTest, ARunThatNobodyWaitsForLeavesWhatFailedAlone) {
  const Plan plan = plan_target(failed_before());
  EXPECT_TRUE(plan.has(StepKind::kHold));
  EXPECT_EQ(plan.summary.code, "retry.waiting");
  EXPECT_THAT(plan.summary.text, HasSubstr("failed 3 times, last with: the vendor refused"));
}

TEST(ScheduleTest, ItsTimeAnotherBundleAPersonOrAManualRunMakeItDue) {
  TargetFacts facts = failed_before();
  facts.memory->next_attempt = kNow;
  EXPECT_TRUE(plan_target(facts).changes_something());
  facts = failed_before();
  facts.memory->attempted_fingerprint = kOlder;
  EXPECT_TRUE(plan_target(facts).changes_something());
  facts = failed_before();
  facts.insist = true;
  EXPECT_TRUE(plan_target(facts).changes_something());
  facts = failed_before();
  facts.due_only = false;
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(ScheduleTest, ATimeThatAClockWroteWhichWasAheadIsNotWaitedFor) {
  TargetFacts facts = failed_before();
  facts.memory->next_attempt = kNow + hours(6) + minutes(5);
  EXPECT_EQ(plan_target(facts).summary.code, "retry.waiting");
  facts.memory->next_attempt = kNow + hours(24 * 30);
  EXPECT_TRUE(plan_target(facts).changes_something());
}

}  // namespace
}  // namespace certferry
