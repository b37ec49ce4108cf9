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
  EXPECT_EQ(apply().plan.summary.code, "settings.changed");
}

// Some vendors' calls say what the name has now.
TEST_F(SettingsTest, TheWayBackStartsFromWhatIsThere) {
  renew();
  const std::string before = doge.binding(name).stored_id.value();
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  ASSERT_EQ(doge.bound(name), old->fingerprint());
  const std::size_t binds = doge.handed.size();
  EXPECT_EQ(doge.handed[binds - 2].stored_id, before);
  EXPECT_NE(doge.handed[binds - 1].stored_id, before);
}

TEST_F(SettingsTest, WhatHappensToTheFirstHappensToNoOther) {
  for (const std::string& other : {"a.example.com", "b.example.com"}) doge.add_domain(other);
  renew();
  const std::size_t before = doge.count("bind");
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  const Report report = world.apply();
  EXPECT_EQ(doge.count("bind") - before, 2U) << "there and back";
  for (const std::string& other : {"a.example.com", "b.example.com"}) {
    EXPECT_EQ(target_of(report, other).outcome, Outcome::kHeld);
    EXPECT_THAT(target_of(report, other).message, HasSubstr("changed more than its certificate"));
  }
  world.time.pass(days(1));
  const Report later = world.apply();
  EXPECT_EQ(doge.count("bind") - before, 2U) << "nor do the others go first one after the other";
  EXPECT_EQ(target_of(later, name).outcome, Outcome::kParked);
  EXPECT_EQ(target_of(later, "a.example.com").plan.summary.code, "settings.changed");
  EXPECT_THAT(target_of(later, "a.example.com").message, HasSubstr("at " + name));

  doge.binds_by_settings = [](Binding&) {};
  EXPECT_TRUE(world.apply({.insist = true}).succeeded());
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

TEST_F(SettingsTest, WhatHappensToOneHappensToNoOtherThatIsAskedForAlone) {
  doge.add_domain("a.example.com");
  renew();
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  EXPECT_FALSE(world.apply({.only = {name}}).succeeded());
  const std::size_t before = doge.count("bind");
  const Report report = world.apply({.only = {"a.example.com"}});
  EXPECT_EQ(target_of(report, "a.example.com").plan.summary.code, "settings.changed");
  EXPECT_EQ(doge.count("bind"), before);
}

TEST_F(SettingsTest, WhatAPowerCutTakesFromTheEndOfARunIsStillKnown) {
  renew();
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  EXPECT_EQ(apply().outcome, Outcome::kFailed);
  world.store.lose_power();
  EXPECT_EQ(apply().plan.summary.code, "settings.changed");
}

TEST_F(SettingsTest, WhatCannotBeReadAfterTheBindIsReadWhenTheEdgeHasBeenLookedAt) {
  renew();
  doge.binds_by_settings = [this](Binding& binding) {
    binding.settings["http2"] = "false";
    doge.always("list_bindings", Answer::refused(ErrorKind::kUnavailable));
  };
  world.sink.hook = [this](const Event& event) {
    if (event.stage == Stage::kConfirm) doge.always("list_bindings", Answer::yes());
  };
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kFailed);
  EXPECT_THAT(target.message, HasSubstr("http2: true became false"));
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(SettingsTest, WhatCannotBeReadAtAllIsTold) {
  renew();
  doge.binds_by_settings = [this](Binding&) {
    doge.always("list_bindings", Answer::refused(ErrorKind::kUnavailable));
  };
  const TargetReport target = apply();
  EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
  EXPECT_THAT(target.message, HasSubstr("changed more than the certificate could not be read"));
  EXPECT_EQ(doge.bound(name), bundle->fingerprint());

  doge.always("list_bindings", Answer::yes());
  EXPECT_EQ(apply().outcome, Outcome::kConfirmed);
}

TEST_F(SettingsTest, NobodyIsSetBackToWhatClientsRefused) {
  const BundlePtr broken = make_bundle(7, {"*.example.com"});
  world.verifier.untrusted.insert(broken->fingerprint());
  doge.point(name, doge.put(broken, "by hand"));
  doge.binds_by_settings = [](Binding& binding) { binding.settings["http2"] = "false"; };
  const TargetReport target = apply();
  EXPECT_EQ(target.error->code, "bind.settings_changed");
  EXPECT_THAT(target.message, HasSubstr("there is no certificate to go back to"));
  EXPECT_EQ(doge.bound(name), old->fingerprint());
}

TEST_F(SettingsTest, WhatTheWayBackChangesIsToldAsWell) {
  renew();
  Certificate bad = old->leaf;
  bad.fingerprint = std::string(64, 'd');
  bad.not_after = world.time.now() - days(1);
  world.edge.turn_to(name, {bad}, world.time.now() + seconds(10));
  doge.binds_by_settings = [&](Binding& binding) {
    const bool back = doge.bound(name) == bundle->fingerprint();
    if (back) binding.settings["http2"] = "false";
  };
  const TargetReport target = apply();
  EXPECT_TRUE(target.rolled_back);
  EXPECT_THAT(target.message, HasSubstr("going back changed more than the certificate"));
  EXPECT_EQ(apply().plan.summary.code, "settings.changed");
}

}  // namespace
}  // namespace certferry::testing
