#include "providers/common/turn.h"

#include <gtest/gtest.h>

#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using testing::finish;

/// Counts what it was asked to wait for, and lets go of what is held after some of it.
struct CountingSleeper : Sleeper {
  std::shared_ptr<void> held;
  milliseconds until = hours(1);
  milliseconds slept{};

  Task<void> sleep(milliseconds duration) override {
    slept += duration;
    if (slept >= until) held.reset();
    co_return;
  }
};

TEST(BindTurnTest, LetsOneInAfterTheOther) {
  BindTurn turn;
  CountingSleeper sleeper;
  sleeper.held = finish(turn.enter(&sleeper, "first")).value();
  EXPECT_EQ(finish(turn.enter(nullptr, "second")).error().code, "vendor.busy");
  sleeper.until = seconds(5);
  EXPECT_TRUE(finish(turn.enter(&sleeper, "third")).has_value());
  EXPECT_EQ(sleeper.slept, seconds(5));
}

TEST(BindTurnTest, WaitsAsLongAsItIsTold) {
  BindTurn turn;
  CountingSleeper sleeper;
  sleeper.held = finish(turn.enter(&sleeper, "first")).value();
  for (const milliseconds longest : {milliseconds(seconds(60)), milliseconds(minutes(5))}) {
    sleeper.slept = {};
    const auto busy = finish(turn.enter(&sleeper, "second", longest));
    EXPECT_EQ(busy.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(sleeper.slept, longest);
  }
}

}  // namespace
}  // namespace certferry
