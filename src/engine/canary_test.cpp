// One target first: what it shows decides whether the others follow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

/// Three domains that well serve an older bundle, and a renewal.
class CanaryTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::vector<std::string> names = {"a.example.com", "b.example.com", "c.example.com"};
  BundlePtr old = make_bundle(1, {"*.example.com"});
  BundlePtr bundle = make_bundle(2, {"*.example.com"});

  CanaryTest() {
    const std::string id = doge.put(old, "by hand");
    for (const std::string& name : names) {
      doge.add_domain(name);
      doge.point(name, id);
    }
    world.time.pass(days(60));
  }
  void configure(TargetSelector to) {
    world.add_certificate("example.com", bundle, {std::move(to)});
  }
  /// The name's addresses turn to what no client takes, in place of what is bound.
  void breaks_when_bound(const std::string& name) {
    world.sink.hook = [this, name](const Event& event) {
      const bool bound = event.stage == Stage::kBind && event.status == Status::kDone;
      if (!bound || event.target->name != name) return;
      Certificate bad = old->leaf;
      bad.fingerprint = std::string(64, 'd');
      bad.dns_names = {"default.vendor.test"};
      world.edge.turn_to(name, {bad}, world.time.now());
    };
  }
  Time bound_at(const std::string& name) {
    for (const JournalEntry& entry : world.store.all("bind")) {
      if (entry.name == name) return *entry.ended_at;
    }
    return {};
  }
};

TEST_F(CanaryTest, OthersFollowWhenTheFirstIsServedOnce) {
  configure(covered_at("doge"));
  const Report report = world.apply();
  EXPECT_TRUE(report.succeeded());
  const auto ahead = bound_at("b.example.com") - bound_at("a.example.com");
  EXPECT_GE(ahead, seconds(20));  // the edge follows after 20 s
  EXPECT_LT(ahead, seconds(40));  // and the others do not wait for all the rounds
  EXPECT_LT(bound_at("c.example.com") - bound_at("b.example.com"), seconds(5));
}

TEST_F(CanaryTest, OthersAreNotBoundWhenTheFirstGetsWorse) {
  configure(covered_at("doge"));
  breaks_when_bound("a.example.com");
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, "a.example.com").outcome, Outcome::kFailed);
  EXPECT_THAT(target_of(report, "a.example.com").message, HasSubstr("rolled back to certificate"));
  EXPECT_EQ(doge.bound("a.example.com"), old->fingerprint());
  for (const char* other : {"b.example.com", "c.example.com"}) {
    EXPECT_EQ(target_of(report, other).outcome, Outcome::kHeld);
    EXPECT_THAT(target_of(report, other).message,
                HasSubstr("a.example.com went first and got worse"));
    EXPECT_EQ(doge.bound(other), old->fingerprint());
  }
  EXPECT_EQ(doge.count("bind"), 2U);  // there and back
}

TEST_F(CanaryTest, AFirstThatCannotBeBoundSaysNothingOfTheOthers) {
  configure(covered_at("doge"));
  doge.always("bind a.example.com", Answer::refused(ErrorKind::kRejected));
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, "a.example.com").outcome, Outcome::kFailed);
  EXPECT_EQ(target_of(report, "b.example.com").outcome, Outcome::kConfirmed);
  EXPECT_EQ(target_of(report, "c.example.com").outcome, Outcome::kConfirmed);
  EXPECT_GE(bound_at("c.example.com") - bound_at("b.example.com"), seconds(20));
}

TEST_F(CanaryTest, TwoThatCannotBeBoundHoldUpNobody) {
  configure(covered_at("doge"));
  doge.always("bind a.example.com", Answer::refused(ErrorKind::kRejected));
  doge.always("bind b.example.com", Answer::refused(ErrorKind::kRejected));
  EXPECT_EQ(target_of(world.apply(), "c.example.com").outcome, Outcome::kConfirmed);
}

TEST_F(CanaryTest, AnEdgeThatTakesItsTimeHoldsUpTheOthersForAThirdOfItsDeadline) {
  configure(covered_at("doge"));
  for (std::size_t address : {0U, 1U}) world.edge.at("a.example.com", address).delay = hours(2);
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, "a.example.com").outcome, Outcome::kUnconfirmed);
  EXPECT_EQ(target_of(report, "b.example.com").outcome, Outcome::kConfirmed);
  const auto ahead = bound_at("b.example.com") - bound_at("a.example.com");
  EXPECT_GE(ahead, minutes(10));
  EXPECT_LT(ahead, minutes(11));
}

TEST_F(CanaryTest, AnExactListGoesAtOnceUnlessToldOtherwise) {
  configure(exactly_at("doge", names));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_LT(bound_at("c.example.com") - bound_at("a.example.com"), seconds(5));
}

TEST_F(CanaryTest, AnExactListMayGoOneFirstToo) {
  TargetSelector to = exactly_at("doge", names);
  to.canary = true;
  configure(to);
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_GE(bound_at("b.example.com") - bound_at("a.example.com"), seconds(20));
}

TEST_F(CanaryTest, CanBeSwitchedOff) {
  TargetSelector to = covered_at("doge");
  to.canary = false;
  configure(to);
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_LT(bound_at("c.example.com") - bound_at("a.example.com"), seconds(5));
}

}  // namespace
}  // namespace certferry::testing
