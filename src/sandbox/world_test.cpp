#include "sandbox/world.h"

#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

struct WorldTest : testing::Test {
  std::int64_t bound(std::size_t edge, std::string_view name = "cdn.example.com") {
    const Served served = world.serve(edge, name);
    return served.kind == Served::Kind::kCertificate ? served.entry->id : 0;
  }

  ManualClock clock;
  World world{{.domains = {"cdn.example.com", "img.example.com"}}, clock};
};

TEST_F(WorldTest, GivesEachUploadItsOwnId) {
  const UploadedPair pair = pair_for({"*.example.com"});
  EXPECT_NE(world.upload("a", pair), world.upload("a", pair));
}

TEST_F(WorldTest, KeepsIdsBeyondTheIntegersOfADouble) {
  World far{{.domains = {}, .first_certificate_id = 9007199254740993}, clock};
  EXPECT_EQ(far.upload("a", pair_for({"a.example.com"})), 9007199254740993);
}

TEST_F(WorldTest, RefusesToBindWhatDoesNotFit) {
  const std::int64_t id = world.upload("a", pair_for({"cdn.example.com"}));
  EXPECT_EQ(world.bind(id + 1, "cdn.example.com"), Outcome::kUnknownCertificate);
  EXPECT_EQ(world.bind(id, "other.example.com"), Outcome::kUnknownDomain);
  EXPECT_EQ(world.bind(id, "img.example.com"), Outcome::kNotCovered);
  EXPECT_EQ(world.bind(id, "cdn.example.com"), Outcome::kDone);
}

TEST_F(WorldTest, RefusesToRemoveWhatIsBound) {
  const std::int64_t old_id = world.upload("old", pair_for({"*.example.com"}));
  const std::int64_t new_id = world.upload("new", pair_for({"*.example.com"}));
  world.bind(old_id, "cdn.example.com");
  EXPECT_EQ(world.remove(old_id), Outcome::kInUse);
  world.bind(new_id, "cdn.example.com");
  EXPECT_EQ(world.remove(old_id), Outcome::kDone);
  EXPECT_EQ(world.remove(old_id), Outcome::kUnknownCertificate);
}

TEST_F(WorldTest, EachEdgeFollowsABindingAfterItsOwnPropagation) {
  const std::size_t fast = world.add_edge({.address = "127.0.0.2", .propagation = seconds(1)});
  const std::size_t slow = world.add_edge({.address = "127.0.0.3", .propagation = seconds(60)});
  const std::int64_t first = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t second = world.upload("b", pair_for({"*.example.com"}));

  world.bind(first, "cdn.example.com");
  EXPECT_EQ(bound(fast), 0);
  clock.elapsed += seconds(60);
  EXPECT_EQ(bound(slow), first);

  world.bind(second, "cdn.example.com");
  clock.elapsed += milliseconds(999);
  EXPECT_EQ(bound(fast), first);
  clock.elapsed += milliseconds(1);
  EXPECT_EQ(bound(fast), second);
  EXPECT_EQ(bound(slow), first);
  clock.elapsed += seconds(59);
  EXPECT_EQ(bound(slow), second);
}

TEST_F(WorldTest, AJobIsServedWhenItIsDone) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2"});
  const std::int64_t first = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t second = world.upload("b", pair_for({"*.example.com"}));
  EXPECT_EQ(world.start_bind(first, "cdn.example.com"), Outcome::kDone);
  EXPECT_EQ(bound(edge), first);  // one that takes no time
  EXPECT_EQ(world.set_fate("cdn.example.com", {.takes = minutes(3)}), Outcome::kDone);
  EXPECT_EQ(world.start_bind(second, "cdn.example.com"), Outcome::kDone);
  clock.elapsed += minutes(3) - milliseconds(1);
  EXPECT_EQ(bound(edge), first);
  EXPECT_TRUE(world.find_domain("cdn.example.com")->busy());
  EXPECT_EQ(world.find_domain("cdn.example.com")->told()->id, second);
  EXPECT_EQ(world.remove(second), Outcome::kInUse);
  clock.elapsed += milliseconds(1);
  EXPECT_EQ(bound(edge), second);
  EXPECT_FALSE(world.find_domain("cdn.example.com")->job);
  EXPECT_EQ(world.start_bind(second + 1, "cdn.example.com"), Outcome::kUnknownCertificate);
}

TEST_F(WorldTest, AJobThatFailsChangesNothingThatIsServed) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2"});
  const std::int64_t first = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t second = world.upload("b", pair_for({"*.example.com"}));
  world.bind(first, "cdn.example.com");
  world.set_fate("cdn.example.com",
                 {.takes = seconds(5), .end = JobFate::End::kFailed, .reason = "no room"});
  world.start_bind(second, "cdn.example.com");
  clock.elapsed += seconds(5);
  EXPECT_EQ(bound(edge), first);
  ASSERT_TRUE(world.find_domain("cdn.example.com")->job);
  EXPECT_EQ(world.find_domain("cdn.example.com")->job->reason, "no room");
  EXPECT_FALSE(world.find_domain("cdn.example.com")->busy());
  world.set_fate("cdn.example.com", {});
  EXPECT_EQ(bound(edge), first);  // nobody takes it up again
  world.start_bind(second, "cdn.example.com");
  EXPECT_EQ(bound(edge), second);
}

TEST_F(WorldTest, AJobThatNeverEndsIsTakenUpWhenToldSo) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2"});
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  world.set_fate("cdn.example.com", {.end = JobFate::End::kNever});
  world.start_bind(id, "cdn.example.com");
  clock.elapsed += hours(1000);
  EXPECT_EQ(bound(edge), 0);
  world.set_fate("cdn.example.com", {.takes = seconds(5)});
  EXPECT_EQ(bound(edge), 0);
  clock.elapsed += seconds(5);
  EXPECT_EQ(bound(edge), id);
}

TEST_F(WorldTest, AnotherBindTakesThePlaceOfAJob) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2"});
  const std::int64_t first = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t second = world.upload("b", pair_for({"*.example.com"}));
  world.set_fate("cdn.example.com", {.takes = seconds(5)});
  world.start_bind(first, "cdn.example.com");
  clock.elapsed += seconds(3);
  world.start_bind(second, "cdn.example.com");
  clock.elapsed += seconds(3);
  EXPECT_EQ(bound(edge), 0);
  world.bind(first, "cdn.example.com");
  clock.elapsed += seconds(3);
  EXPECT_EQ(bound(edge), first);
}

TEST_F(WorldTest, AnEdgeServesADeletedCertificateUntilTheChangeReachesIt) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2", .propagation = seconds(60)});
  const std::int64_t old_id = world.upload("a", pair_for({"*.example.com"}));
  world.bind(old_id, "cdn.example.com");
  clock.elapsed += seconds(60);
  world.bind(world.upload("b", pair_for({"*.example.com"})), "cdn.example.com");
  ASSERT_EQ(world.remove(old_id), Outcome::kDone);
  EXPECT_EQ(bound(edge), old_id);
}

TEST_F(WorldTest, AnEdgeHasNoNameThatIsUnboundUnknownOrOffline) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2"});
  world.bind(world.upload("a", pair_for({"*.example.com"})), "cdn.example.com");
  EXPECT_NE(bound(edge), 0);
  EXPECT_EQ(world.serve(edge, "img.example.com").kind, Served::Kind::kUnrecognizedName);
  EXPECT_EQ(world.serve(edge, "foreign.test").kind, Served::Kind::kUnrecognizedName);
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(world.serve(edge, "cdn.example.com").kind, Served::Kind::kUnrecognizedName);
}

TEST_F(WorldTest, AStuckEdgeKeepsWhatItServedForAsManyConnectionsAsCounted) {
  const std::size_t edge = world.add_edge({.address = "127.0.0.2"});
  const std::int64_t first = world.upload("a", pair_for({"*.example.com"}));
  world.bind(first, "cdn.example.com");
  clock.elapsed += seconds(1);
  world.set_edge_fault(edge, EdgeFault{.kind = EdgeFaultKind::kStuck, .count = 2});
  clock.elapsed += seconds(1);
  const std::int64_t second = world.upload("b", pair_for({"*.example.com"}));
  world.bind(second, "cdn.example.com");
  EXPECT_EQ(bound(edge), first);
  EXPECT_EQ(bound(edge), first);
  EXPECT_EQ(bound(edge), second);
}

TEST_F(WorldTest, MakesALateChangeWhenItsTimeHasCome) {
  int made = 0;
  world.after(seconds(5), [&made] { ++made; });
  clock.elapsed += milliseconds(4999);
  world.advance();
  EXPECT_EQ(made, 0);
  clock.elapsed += milliseconds(1);
  world.advance();
  world.advance();
  EXPECT_EQ(made, 1);
}

TEST_F(WorldTest, ALateChangeCountsFromItsOwnMoment) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  world.after(seconds(5), [&] { world.bind(id, "cdn.example.com"); });
  clock.elapsed += seconds(60);
  world.advance();
  EXPECT_EQ(world.find_domain("cdn.example.com")->changes.back().at,
            clock.steady_now() - seconds(55));
}

TEST_F(WorldTest, TellsWhatTheStoreHeldBefore) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  const SteadyTime stored = clock.steady_now();
  clock.elapsed += seconds(5);
  ASSERT_EQ(world.remove(id), Outcome::kDone);
  clock.elapsed += seconds(5);
  EXPECT_TRUE(world.entries_at(clock.steady_now()).empty());
  EXPECT_TRUE(world.entries_at(stored + seconds(4)).contains(id));
  EXPECT_TRUE(world.entries_at(stored - milliseconds(1)).empty());
}

TEST_F(WorldTest, RelabelsAnEntryWhereverItIsBound) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  world.bind(id, "cdn.example.com");
  ASSERT_EQ(world.relabel(id, "b"), Outcome::kDone);
  EXPECT_EQ(world.relabel(id + 1, "b"), Outcome::kUnknownCertificate);
  EXPECT_EQ(world.entries().at(id)->note, "b");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), world.entries().at(id));
}

TEST_F(WorldTest, FindsTheOtherDomainsWhenOneIsRemoved) {
  world.ensure_domain("b.example.com");
  ASSERT_EQ(world.remove_domain("cdn.example.com"), Outcome::kDone);
  EXPECT_EQ(world.remove_domain("cdn.example.com"), Outcome::kUnknownDomain);
  EXPECT_EQ(world.find_domain("b.example.com")->name, "b.example.com");
  const std::int64_t last = world.find_domain("b.example.com")->id;
  EXPECT_GT(world.ensure_domain("cdn.example.com").id, last);
}

TEST_F(WorldTest, ResetForgetsCertificatesAndNeverReusesAnId) {
  const std::int64_t before = world.upload("a", pair_for({"*.example.com"}));
  world.bind(before, "cdn.example.com");
  world.reset();
  EXPECT_TRUE(world.entries().empty());
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_GT(world.upload("a", pair_for({"*.example.com"})), before);
}

TEST_F(WorldTest, AWildcardServesOneLabelBelowIt) {
  world.ensure_domain("*.example.net");
  const std::size_t edge = world.add_edge({.address = "192.0.2.7"});
  const std::int64_t id = world.upload("a", pair_for({"*.example.net"}));
  ASSERT_EQ(world.bind(id, "*.example.net"), Outcome::kDone);
  EXPECT_EQ(bound(edge, "a.example.net"), id);
  EXPECT_EQ(bound(edge, "a.b.example.net"), 0);
  EXPECT_EQ(bound(edge, "example.net"), 0);
}

TEST_F(WorldTest, AStoreThatGuardsNoUseDeletesWhatIsBound) {
  World careless{{.domains = {"cdn.example.com"}, .guards_use = false}, clock};
  const std::int64_t id = careless.upload("a", pair_for({"cdn.example.com"}));
  careless.bind(id, "cdn.example.com");
  EXPECT_EQ(careless.remove(id), Outcome::kDone);
  EXPECT_EQ(careless.find_domain("cdn.example.com")->bound()->id, id);
}

}  // namespace
}  // namespace certferry::sandbox
