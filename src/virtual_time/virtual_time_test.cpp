#include "virtual_time/virtual_time.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace certferry {
namespace {

Task<int> wait_and_return(VirtualTime* time, milliseconds wait, int value) {
  co_await time->sleep(wait);
  co_return value;
}

Task<int> wait_often(VirtualTime* time, int times) {
  for (int i = 0; i < times; ++i) co_await time->sleep(seconds(1));
  co_return times;
}

TEST(VirtualTimeTest, JumpsToTheNextTimer) {
  VirtualTime time;
  EXPECT_EQ(time.run(wait_and_return(&time, hours(5), 7)), 7);
  EXPECT_EQ(time.now(), kVirtualStart + hours(5));
  EXPECT_EQ(time.fired(), 1U);
}

TEST(VirtualTimeTest, DiesAtTheChosenTimerAndGoesOnFromThere) {
  VirtualTime time;
  EXPECT_FALSE(time.run(wait_often(&time, 10), 3).has_value());
  EXPECT_EQ(time.passed(), seconds(3));
  EXPECT_EQ(time.run(wait_often(&time, 2)), 2);
  EXPECT_EQ(time.passed(), seconds(5));
}

TEST(VirtualTimeTest, TheWorldGoesOnWhileProcessesRunDieAndAreNotThere) {
  VirtualTime time;
  std::vector<milliseconds> happened;
  for (const int second : {1, 3, 30}) {
    time.after(seconds(second), [&] { happened.push_back(time.passed()); });
  }
  EXPECT_FALSE(time.run(wait_often(&time, 10), 2).has_value());
  EXPECT_EQ(happened, std::vector<milliseconds>{seconds(1)});
  time.pass(seconds(2));
  EXPECT_EQ(happened, (std::vector<milliseconds>{seconds(1), seconds(3)}));
  time.run(wait_and_return(&time, minutes(1), 0));
  EXPECT_EQ(happened.back(), seconds(30));
}

Task<int> kill_itself_and_wait(VirtualTime* time, bool* woke) {
  time->kill();
  co_await time->sleep(seconds(1));
  *woke = true;
  co_return 1;
}

TEST(VirtualTimeTest, WhoIsKilledNeverWakesUp) {
  VirtualTime time;
  bool woke = false;
  EXPECT_FALSE(time.run(kill_itself_and_wait(&time, &woke)).has_value());
  EXPECT_TRUE(time.is_killed());
  EXPECT_FALSE(woke);
  EXPECT_FALSE(time.is_running());
  EXPECT_EQ(time.run(wait_often(&time, 1)), 1);
}

TEST(VirtualTimeTest, APausedProcessFindsThatTimeHasPassed) {
  VirtualTime time;
  std::vector<milliseconds> happened;
  time.after(minutes(5), [&] { happened.push_back(time.passed()); });
  time.after(milliseconds(500), [&] { time.pass(minutes(10)); });
  EXPECT_EQ(time.run(wait_often(&time, 1)), 1);
  EXPECT_EQ(happened, std::vector<milliseconds>{minutes(5)});
  EXPECT_EQ(time.passed(), minutes(10) + milliseconds(500));
}

TEST(VirtualTimeTest, AWallClockThatJumpsLeavesTheSteadyOneAlone) {
  VirtualTime time;
  const SteadyTime before = time.steady_now();
  time.jump(-hours(3));
  EXPECT_EQ(time.now(), kVirtualStart - hours(3));
  EXPECT_EQ(time.steady_now(), before);
}

TEST(VirtualTimeTest, SaysWhenNothingEverEnds) {
  VirtualTime time;
  time.livelock_after = 100;
  EXPECT_THROW(time.run(wait_often(&time, 1000)), std::logic_error);
}

TEST(VirtualTimeTest, WhatIsThrownByTheWorldEndsTheProcess) {
  VirtualTime time;
  time.after(seconds(2), [] { throw std::runtime_error("found"); });
  EXPECT_THROW(time.run(wait_often(&time, 10)), std::runtime_error);
  EXPECT_EQ(time.run(wait_often(&time, 1)), 1);
}

}  // namespace
}  // namespace certferry
