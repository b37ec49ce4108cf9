#include "engine/list_lag.h"

#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

/// One domain whose edge turns at once and is confirmed with a single look, so that a run ends
/// right after its calls.
struct Fixture {
  World world;
  FakeProvider& doge = world.add_account("doge");
  BundlePtr bundle = make_bundle(1, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", bundle, {covered_at("doge")});

  Fixture() {
    doge.add_domain("cdn.example.com");
    world.settings.confirm = {.rounds = 1, .spread = seconds(0)};
    for (const std::size_t address : {0U, 1U}) {
      world.edge.at("cdn.example.com", address).delay = milliseconds(0);
    }
  }
};

TEST(ListLagTest, ARunRightAfterAnotherSendsNothingTwice) {
  Fixture f;
  f.doge.lag_lists_by(seconds(4));
  ASSERT_TRUE(f.world.apply().succeeded());
  const Time ended = f.world.time.now();
  EXPECT_TRUE(f.world.apply().succeeded());
  EXPECT_EQ(f.doge.count("upload"), 1U);
  EXPECT_EQ(f.doge.count("bind"), 1U);
  EXPECT_EQ(f.doge.stored_copies(f.bundle->fingerprint()), 1U);
  EXPECT_LT(f.world.time.now() - ended, seconds(7));
}

TEST(ListLagTest, ListsThatShowAllAreReadOnce) {
  Fixture f;
  ASSERT_TRUE(f.world.apply().succeeded());
  const std::size_t before = f.doge.count("list_stored");
  EXPECT_TRUE(f.world.apply().succeeded());
  EXPECT_EQ(f.doge.count("list_stored"), before + 1);
}

TEST(ListLagTest, TellsWhenAListMustShowWhatWasDone) {
  Fixture f;
  AccountView view{.account = f.world.fleet.accounts.front(), .read_at = kStart};
  const JournalEntry upload{
      .ended_at = kStart - seconds(2), .account = "doge", .action = "upload", .stored_id = "17"};
  EXPECT_EQ(catches_up_at(view, {upload}), kStart + seconds(3));

  JournalEntry other = upload;
  other.account = "another";
  EXPECT_EQ(catches_up_at(view, {other}), std::nullopt);
  JournalEntry old = upload;
  old.ended_at = kStart - seconds(5);
  EXPECT_EQ(catches_up_at(view, {old}), std::nullopt);
  JournalEntry future = upload;  // the clock was set back
  future.ended_at = kStart + hours(3);
  EXPECT_EQ(catches_up_at(view, {old, future, upload}), kStart + seconds(5));

  JournalEntry retire = upload;
  retire.action = "retire";
  EXPECT_EQ(catches_up_at(view, {retire}), std::nullopt);
  view.stored.push_back({.id = "17"});
  view.by_id["17"] = 0;
  EXPECT_EQ(catches_up_at(view, {upload}), std::nullopt);
  EXPECT_EQ(catches_up_at(view, {retire}), kStart + seconds(3));

  view.error = Error(ErrorKind::kUnavailable, "it does not answer");
  EXPECT_EQ(catches_up_at(view, {retire}), std::nullopt);
}

}  // namespace
}  // namespace certferry::testing
