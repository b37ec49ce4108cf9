// What a pair that left its folder leaves behind.

#include "engine/left_behind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/announcer.h"
#include "engine/testing/fake_notifier.h"
#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A folder with two pairs, each for one name, both served; the first then leaves the folder.
class LeftBehindTest : public ::testing::Test {
 protected:
  LeftBehindTest() {
    for (const char* name : {kFirst, "b.example.com"}) {
      doge.add_domain(name);
      world.add_certificate(
          std::string("fleet/") + name, make_bundle(1, {name}), {covered_at("doge")});
    }
    EXPECT_TRUE(world.apply().succeeded());
  }
  void leave() { world.fleet.jobs.erase(world.fleet.jobs.begin()); }
  std::vector<std::string> left() {
    std::vector<std::string> names;
    for (const TargetRecord& one : world.apply().left_behind) names.push_back(one.id.name);
    return names;
  }
  void run_and_tell() {
    const Report report = world.apply();
    Announcer announcer({{.notifier = &ops}},
                        {world.time, world.random, world.time, world.store, world.sink});
    world.time.run(to_the_end(announcer.after_run(&report)));
  }

  static constexpr const char* kFirst = "a.example.com";
  World world;
  FakeProvider& doge = world.add_account("doge");
  FakeNotifier ops{"ops"};
};

TEST_F(LeftBehindTest, IsWhatNothingRenewsAnyMore) {
  EXPECT_THAT(left(), IsEmpty());
  leave();
  const Report report = world.apply();
  ASSERT_EQ(report.left_behind.size(), 1U);
  EXPECT_EQ(report.left_behind.front().certificate, "fleet/a.example.com");
  EXPECT_TRUE(report.succeeded());
  EXPECT_TRUE(doge.binding(kFirst).stored_id);
  EXPECT_THAT(world.plan().left_behind, ::testing::SizeIs(1));
}

TEST_F(LeftBehindTest, IsNotWhatAnotherCertificateServesNow) {
  leave();
  world.add_certificate("other", make_bundle(2, {"*.example.com"}), {exactly_at("doge", {kFirst})});
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(LeftBehindTest, IsNotWhatSomebodySetToAnother) {
  leave();
  doge.binding(kFirst).stored_id = doge.binding("b.example.com").stored_id;
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(LeftBehindTest, IsNotWhatTheConfigurationNoLongerSpeaksOf) {
  world.fleet.jobs.clear();
  world.add_certificate("other", make_bundle(3, {"c.example.com"}), {covered_at("doge")});
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(LeftBehindTest, IsNotKnownWhileTheVendorDoesNotAnswer) {
  leave();
  doge.next("list_bindings", Answer::refused(ErrorKind::kUnauthorized));
  EXPECT_THAT(left(), IsEmpty());
  EXPECT_THAT(left(), ElementsAre(kFirst));
}

TEST_F(LeftBehindTest, ItsEndIsToldInTime) {
  run_and_tell();
  leave();
  ops.taken.clear();
  run_and_tell();
  EXPECT_THAT(ops.told(), IsEmpty());
  world.time.pass(days(68));
  world.fleet.jobs.front().source = &world.add_certificate(
      "unused", make_bundle(2, {"b.example.com"}), {});  // the other one is renewed
  run_and_tell();
  const auto end = std::ranges::find_if(ops.taken, [](const Notice& one) {
    return one.subject == "[certferry] about to expire: doge/cdn/a.example.com";
  });
  ASSERT_NE(end, ops.taken.end());
  EXPECT_THAT(end->text, HasSubstr("no newer one is confirmed"));
  EXPECT_THAT(end->field("action"), HasSubstr("bring it back"));
}

}  // namespace
}  // namespace certferry::testing
