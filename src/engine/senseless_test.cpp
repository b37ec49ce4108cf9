// A vendor whose answers make no sense is left to a person after the third, however many runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

class SenselessTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  const std::string other = "www.example.com";
  BundlePtr bundle = make_bundle(1, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", bundle, {covered_at("doge")});

  SenselessTest() { doge.add_domain(name); }
  TargetReport apply(ApplyOptions options = {}) {
    const Report report = world.apply(options);
    world.time.pass(hours(2));
    return target_of(report, name);
  }
  const TargetRecord& record() { return *world.store.target({"doge", "cdn", name}); }
};

TEST_F(SenselessTest, TheThirdAnswerParksAndTheRestGoesOn) {
  doge.add_domain(other);
  doge.always("bind " + name, Answer::senseless());
  const Report report = world.apply();
  const TargetReport& target = target_of(report, name);
  EXPECT_EQ(target.outcome, Outcome::kParked) << target.message;
  EXPECT_THAT(target.message, HasSubstr("made no sense 3 times in a row"));
  EXPECT_EQ(target_of(report, other).outcome, Outcome::kConfirmed);
  EXPECT_EQ(doge.count("bind"), 4U) << "three of this one and one of the other";
  const bool told = std::ranges::any_of(world.sink.events, [&](const Event& event) {
    return event.stage == Stage::kEnd && event.status == Status::kFailed;
  });
  EXPECT_TRUE(told);

  world.time.pass(days(1));
  EXPECT_EQ(apply().plan.summary.code, "vendor.senseless");
  EXPECT_EQ(doge.count("bind"), 4U);
  doge.always("bind " + name, Answer::yes());
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().senseless, 0U);
}

TEST_F(SenselessTest, TheyAreCountedOverRunsAndOnlyASuccessForgetsThem) {
  world.settings.retry.attempts = 1;
  doge.always("bind", Answer::senseless());
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(record().senseless, 1U);
  doge.always("bind", Answer::refused(ErrorKind::kUnavailable));
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(record().senseless, 1U);
  doge.always("bind", Answer::senseless());
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(apply().outcome, Outcome::kParked);
  doge.always("bind", Answer::yes());
  source.give(make_bundle(2, {"*.example.com"}));
  world.time.pass(days(60));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().senseless, 0U);
}

TEST_F(SenselessTest, AnUploadParksAllThatWantIt) {
  doge.add_domain(other);
  doge.always("upload", Answer::senseless());
  const Report report = world.apply();
  for (const TargetReport& target : report.targets) {
    EXPECT_EQ(target.outcome, Outcome::kParked) << target.message;
  }
  EXPECT_EQ(doge.count("upload"), 3U);
}

TEST_F(SenselessTest, AYesAfterWhichNothingChangedCountsToo) {
  doge.always("bind", Answer::empty_yes());
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  const TargetReport third = apply();
  EXPECT_EQ(third.outcome, Outcome::kParked);
  EXPECT_THAT(third.message, HasSubstr("the vendor answered yes, but its list shows another"));
  EXPECT_EQ(apply().plan.summary.code, "vendor.senseless");
}

TEST_F(SenselessTest, AYesAfterWhichNothingIsStoredCountsForTheUpload) {
  doge.add_domain(other);
  doge.always("upload", Answer::empty_yes());
  for (unsigned run = 1; run <= 2; ++run) {
    const TargetReport target = apply();
    EXPECT_EQ(target.outcome, Outcome::kFailed);
    EXPECT_EQ(target.failed_step, "upload");
    EXPECT_EQ(record().senseless, run);
  }
  const Report third = world.apply();
  for (const TargetReport& target : third.targets) {
    EXPECT_EQ(target.outcome, Outcome::kParked) << target.message;
    EXPECT_THAT(target.message, HasSubstr("named certificate of nothing"));
  }
  world.time.pass(days(1));
  EXPECT_EQ(apply().plan.summary.code, "vendor.senseless");
  EXPECT_EQ(doge.count("upload"), 3U);

  doge.always("upload", Answer::yes());
  EXPECT_EQ(apply({.insist = true}).outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().senseless, 0U);
}

TEST_F(SenselessTest, ABindThatKnowsNothingOfWhatTheListShowsIsNoSenselessUpload) {
  doge.next("bind", Answer::refused(ErrorKind::kNotFound));
  const TargetReport target = apply();
  EXPECT_EQ(target.failed_step, "bind") << "its list shows the certificate, so the upload was true";
  EXPECT_EQ(record().senseless, 0U);
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
}

TEST_F(SenselessTest, AnAnswerThatTheListMakesUpForDoesNotCount) {
  Answer done = Answer::senseless();
  done.done = true;
  doge.always("bind", done);
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_EQ(record().senseless, 0U);
}

TEST_F(SenselessTest, AnOutageIsNotCounted) {
  doge.always("bind", Answer::lost());
  for (int run = 0; run < 4; ++run) EXPECT_EQ(apply().outcome, Outcome::kFailed);
  EXPECT_EQ(record().senseless, 0U);
}

}  // namespace
}  // namespace certferry::testing
