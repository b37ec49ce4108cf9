#include "policy/clock_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace certferry::testing;
using ::testing::HasSubstr;

std::string code(const ClockFacts& facts) {
  return clock_problem(facts).value_or(Reason{}).code;
}

TEST(ClockCheckTest, ARightClockHasNoProblem) {
  const PeerClock peers[] = {{"a", minutes(5)}, {"b", -minutes(5)}};
  EXPECT_EQ(code({.now = kNow, .released = kNow, .latest = kNow + minutes(5), .peers = peers}), "");
}

TEST(ClockCheckTest, BeforeTheReleaseOrBehindTheStateIsWrong) {
  EXPECT_EQ(code({.now = kNow - seconds(1), .released = kNow}), "clock.too_early");
  EXPECT_EQ(code({.now = kNow, .latest = kNow + minutes(5) + seconds(1)}), "clock.set_back");
}

TEST(ClockCheckTest, AStateFileFromTheFutureIsOutweighedByPeersThatAllAgreeWithUs) {
  const PeerClock right[] = {{"a", seconds(2)}, {"b", -minutes(5)}};
  const PeerClock divided[] = {{"a", seconds(2)}, {"b", hours(24 * 30)}};
  const Time month_ahead = kNow + hours(24 * 30);
  EXPECT_EQ(code({.now = kNow, .latest = month_ahead, .peers = right}), "");
  EXPECT_EQ(code({.now = kNow, .latest = month_ahead, .peers = divided}), "clock.set_back");
}

TEST(ClockCheckTest, OnePeerAloneIsBelievedOfSeveralTwo) {
  const PeerClock alone[] = {{"a", hours(1)}};
  const PeerClock divided[] = {{"a", hours(1)}, {"b", seconds(2)}};
  const PeerClock agreed[] = {{"a", seconds(1)}, {"b", -hours(1)}, {"c", -hours(1)}};
  EXPECT_EQ(code({.now = kNow, .peers = alone}), "clock.apart");
  EXPECT_EQ(code({.now = kNow, .peers = divided}), "");
  EXPECT_EQ(code({.now = kNow, .peers = agreed}), "clock.apart");
  EXPECT_THAT(clock_problem({.now = kNow, .peers = agreed})->text,
              HasSubstr("account b is 1 h behind it"));
}

TEST(ClockCheckTest, AJumpEitherWayIsToldWithItsSize) {
  EXPECT_FALSE(clock_jump_problem(minutes(5)));
  EXPECT_THAT(clock_jump_problem(minutes(6))->text, HasSubstr("set by 6 min forward"));
  EXPECT_THAT(clock_jump_problem(-hours(2))->text, HasSubstr("set by 2 h back"));
}

TEST(ClockCheckTest, AWrongClockHoldsEvenWhatTheGateWouldPark) {
  TargetFacts facts = renewal();
  facts.clock_problem = {"clock.apart", "the clock is wrong"};
  bundle_ends_in(-days(1)).apply(facts);
  const Plan plan = plan_target(facts);
  EXPECT_TRUE(plan.has(StepKind::kHold));
  EXPECT_EQ(plan.summary.code, "clock.apart");
}

}  // namespace
}  // namespace certferry
