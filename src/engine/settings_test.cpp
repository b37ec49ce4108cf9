// Only the certificate changes: a bind through the general settings that changes others is undone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

class SettingsTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::string name = "cdn.example.com";
  BundlePtr old = make_bundle(1, {"*.example.com"});
  BundlePtr bundle = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", old, {covered_at("doge")});

  SettingsTest() {
    doge.add_domain(name);
    doge.binding(name).settings = {{"http2", "true"}, {"source.type", "\"domain\""}};
    doge.binds_by_settings = [](Binding&) {};
  }
  void renew() {
    EXPECT_TRUE(world.apply().succeeded());
    world.time.pass(days(60));
    source.give(bundle);
  }
  TargetReport apply() { return target_of(world.apply(), name); }
};

TEST_F(SettingsTest, WhereNothingElseChangedTheBindStands) {
  renew();
  doge.lag_lists_by(seconds(4));
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
  EXPECT_TRUE(world.store.all("rollback").empty());
}

TEST_F(SettingsTest, ADifferenceIsAnErrorAndIsRolledBack) {
  renew();
  doge.lag_lists_by(seconds(4));
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_THAT(target.message, HasSubstr("http2: true became false"));
  EXPECT_THAT(target.message, HasSubstr("Set that back at the vendor"));
  EXPECT_EQ(doge.bound(name), old->fingerprint());
  EXPECT_EQ(world.store.all("rollback").back().outcome, JournalEntry::Outcome::kApplied);
  EXPECT_EQ(apply().plan.summary.code, "rollback.waiting");
}

TEST_F(SettingsTest, ALostAnswerIsLookedIntoAsWell) {
  renew();
  doge.binds_by_settings = [](Binding& binding) { binding.settings.erase("source.type"); };
  doge.next("bind", Answer::lost_but_done());
  EXPECT_THAT(apply().message, HasSubstr("source.type: \"domain\" became nothing"));
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(SettingsTest, WithNothingToGoBackToItIsToldAllTheSame) {
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_EQ(target.error->code, "bind.settings_changed");
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(SettingsTest, OneWhoSetsSomethingWhileWeOnlyBindIsNotBlamedOnUs) {
  renew();
  doge.binds_by_settings = nullptr;
  world.sink.hook = [this](const Event& event) {
    if (event.stage == Stage::kBind) doge.binding(name).settings["http2"] = "false";
  };
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
}

}  // namespace
}  // namespace certferry::testing
