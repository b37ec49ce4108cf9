// Accounts side by side, pauses that vendors ask for, put-off targets, and clocks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stdexcept>

#include "engine/pace.h"
#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::HasSubstr;

class AccountRunTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  FakeProvider& other = world.add_account("other");
  const std::string here = "cdn.example.com";
  const std::string there = "img.example.com";
  BundlePtr bundle = make_bundle(1, {"*.example.com"});
  FakeSource& source =
      world.add_certificate("example.com", bundle, {covered_at("doge"), covered_at("other")});

  AccountRunTest() {
    doge.add_domain(here);
    other.add_domain(there);
  }
};

TEST_F(AccountRunTest, AVendorThatDoesNotAnswerHoldsUpNobodyElse) {
  other.call_time = minutes(30);
  const Time began = world.time.now();
  world.apply();
  const std::vector<JournalEntry> binds = world.store.all("bind");
  ASSERT_FALSE(binds.empty());
  EXPECT_EQ(binds.front().account, "doge");
  EXPECT_LT(*binds.front().ended_at - began, seconds(5));
}

TEST_F(AccountRunTest, OneReportInTheConfigurationsOrder) {
  const Report report = world.apply();
  EXPECT_TRUE(report.succeeded());
  ASSERT_EQ(report.targets.size(), 2U);
  EXPECT_EQ(report.targets[0].facts.id.name, here);
  EXPECT_EQ(report.targets[1].facts.id.name, there);
  EXPECT_EQ(report.certificates.size(), 1U);
  EXPECT_EQ(source.reads, 1U);
}

TEST_F(AccountRunTest, ALongRetryAfterIsKeptOverRunsForThatAccountAlone) {
  world.apply();
  world.time.pass(days(60));
  source.give(make_bundle(2, {"*.example.com"}));
  doge.next("upload", Answer::throttled(hours(2)));
  EXPECT_FALSE(world.apply().succeeded());
  EXPECT_EQ(other.bound(there), make_bundle(2, {"*.example.com"})->fingerprint());

  world.time.pass(hours(1));
  const std::size_t lists = doge.count("list_stored");
  const Report held = world.apply();
  EXPECT_EQ(doge.count("list_stored"), lists);
  EXPECT_EQ(target_of(held, here).outcome, Outcome::kHeld);
  EXPECT_THAT(target_of(held, here).message, HasSubstr("asked for no calls before"));

  world.time.pass(hours(1));
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_FALSE(world.store.accounts().front().paused_until);
}

TEST_F(AccountRunTest, ALongRetryAfterEndsAllCallsOfTheRunThere) {
  for (int i = 0; i < 20; ++i) doge.add_domain("d" + std::to_string(i) + ".example.com");
  doge.next("bind " + here, Answer::throttled(hours(2)));
  const Report report = world.apply();
  EXPECT_EQ(doge.count("bind"), 1U);
  EXPECT_EQ(target_of(report, here).outcome, Outcome::kFailed);
  const TargetReport& held = target_of(report, "d7.example.com");
  EXPECT_EQ(held.outcome, Outcome::kHeld);
  EXPECT_EQ(held.error->code, "account.paused");
  EXPECT_EQ(target_of(report, there).outcome, Outcome::kConfirmed);
}

TEST_F(AccountRunTest, AShortRetryAfterSlowsTheWholeAccount) {
  doge.add_domain("other.example.com");
  doge.always("list_bindings", Answer::yes());
  doge.next("list_stored", Answer::throttled(seconds(20)));
  const Time began = world.time.now();
  EXPECT_TRUE(world.apply().succeeded());
  const std::vector<JournalEntry> uploads = world.store.all("upload");
  EXPECT_GE(*std::ranges::find(uploads, "doge", &JournalEntry::account)->ended_at - began,
            seconds(20));
}

TEST_F(AccountRunTest, ALongRetryAfterOutlivesAProcessThatDies) {
  doge.next("upload", Answer::throttled(hours(2)));
  // It dies while the other account is still at work.
  EXPECT_FALSE(world.apply_dying_after(40));
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_TRUE(world.store.accounts().front().paused_until);
  const std::size_t lists = doge.count("list_stored");
  world.time.pass(hours(1));
  EXPECT_EQ(target_of(world.apply(), here).outcome, Outcome::kHeld);
  EXPECT_EQ(doge.count("list_stored"), lists);
}

TEST_F(AccountRunTest, ALongRetryAfterIsKeptBeforeTheAccountHasComeToItsEnd) {
  const std::string neighbour = "cdn.example.org";
  doge.add_domain(neighbour);
  world.add_certificate("example.org", make_bundle(1, {"*.example.org"}), {covered_at("doge")});
  doge.next("bind " + here, Answer::throttled(hours(2)));
  EXPECT_FALSE(world.apply_dying_after(40));
  EXPECT_EQ(doge.count("bind"), 2U);
  EXPECT_FALSE(world.store.target({"doge", "cdn", neighbour})) << "it was still being confirmed";
  ASSERT_EQ(world.store.accounts().size(), 1U);
  EXPECT_TRUE(world.store.accounts().front().paused_until);
}

TEST_F(AccountRunTest, PlanKeepsNothingOfARetryAfter) {
  doge.next("list_stored", Answer::throttled(hours(2)));
  world.plan();
  EXPECT_TRUE(world.store.accounts().empty());
}

TEST_F(AccountRunTest, APersonWhoInsistsAsksAPausedAccount) {
  doge.next("list_stored", Answer::throttled(hours(2)));
  world.apply();
  EXPECT_TRUE(world.apply({.insist = true}).succeeded());
}

TEST_F(AccountRunTest, WhatFailedIsPutOffFromRunToRunAndLonger) {
  world.settings.confirm = {.rounds = 1, .spread = milliseconds(0), .deadline = minutes(5)};
  doge.always("bind", Answer::refused(ErrorKind::kRejected));
  world.apply({.due_only = true});
  const TargetId id{"doge", "cdn", here};
  const Time first = *world.store.target(id)->next_attempt;
  EXPECT_GE(first - world.store.target(id)->last_attempt, minutes(1));
  const std::size_t binds = doge.count("bind");
  EXPECT_EQ(target_of(world.apply({.due_only = true}), here).plan.summary.code, "retry.waiting");
  EXPECT_EQ(doge.count("bind"), binds);
  EXPECT_EQ(world.store.target(id)->failures, 1U);

  world.time.pass(minutes(2));
  world.apply({.due_only = true});
  EXPECT_GT(doge.count("bind"), binds);
  EXPECT_EQ(world.store.target(id)->failures, 2U);
  EXPECT_GE(*world.store.target(id)->next_attempt - world.store.target(id)->last_attempt,
            minutes(2));
}

TEST_F(AccountRunTest, AClockThatIsSetDuringTheRunStopsWhatHasNotBeenSent) {
  world.sink.hook = [&](const Event& event) {
    const bool first = event.stage == Stage::kUpload && event.status == Status::kStarted;
    if (first && event.account == "doge") world.time.jump(hours(3));
  };
  const Report report = world.apply();
  EXPECT_EQ(doge.changing_calls(), 0U);
  EXPECT_EQ(target_of(report, here).outcome, Outcome::kHeld);
  EXPECT_THAT(target_of(report, here).message, HasSubstr("set by 3 h forward"));
}

TEST_F(AccountRunTest, AClockBehindTheStateFileSendsNothing) {
  world.apply();
  world.time.pass(days(60));
  source.give(make_bundle(2, {"*.example.com"}));
  world.time.jump(-days(61));
  const std::size_t calls = doge.changing_calls();
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, here).plan.summary.code, "clock.set_back");
  EXPECT_EQ(doge.changing_calls(), calls);
  world.time.jump(days(61));
  EXPECT_TRUE(world.apply().succeeded());
}

TEST_F(AccountRunTest, AClockBehindTheStateFileDeletesNothing) {
  world.apply();
  world.time.pass(days(60));
  source.give(make_bundle(2, {"*.example.com"}));
  EXPECT_TRUE(world.apply().succeeded());
  // Two days on the grace period is over, and the state file knows that it is two days on.
  world.time.pass(days(2));
  other.add_domain("late.example.com");
  world.apply({.only = {"late.example.com"}});
  world.time.jump(-hours(6));
  world.apply();
  EXPECT_EQ(doge.count("remove"), 0U);
  world.time.jump(hours(6));
  world.apply();
  EXPECT_EQ(doge.count("remove"), 1U);
}

/// Sends nothing: it is here for its limit of calls under way.
class NoHttp final : public HttpClient {
 public:
  Task<HttpResponse> send(HttpRequest /*request*/) override { throw std::logic_error("no call"); }
};

TEST_F(AccountRunTest, WhatSomebodyChangedWhileACallWaitedItsTurnIsNotOverwritten) {
  for (int i = 0; i < 8; ++i) doge.add_domain("d" + std::to_string(i) + ".example.com");
  const std::string theirs = doge.put(make_bundle(3, {"*.example.com"}), "by hand");
  NoHttp nothing;
  boost::asio::io_context loop;
  PacedHttpClient one_at_a_time(nothing, world.time, world.time, loop.get_executor(), {});
  world.fleet.accounts.front().pace = &one_at_a_time;
  world.fleet.jobs.front().to.front().canary = false;
  doge.call_time = minutes(1);  // one after the other, so the last waits for minutes
  world.sink.hook = [&](const Event& event) {
    const bool done = event.stage == Stage::kBind && event.status == Status::kDone;
    if (done && event.target->name == "d3.example.com") doge.point("d7.example.com", theirs);
  };
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, "d7.example.com").outcome, Outcome::kHeld);
  EXPECT_THAT(target_of(report, "d7.example.com").message, HasSubstr("while this run was at work"));
  EXPECT_EQ(*doge.binding("d7.example.com").stored_id, theirs);
  EXPECT_EQ(doge.bound("d6.example.com"), bundle->fingerprint());
}

/// Answers at once.
class QuickHttp final : public HttpClient {
 public:
  Task<HttpResponse> send(HttpRequest /*request*/) override {
    co_return HttpResponse{.status = 200};
  }
};

Task<bool> send_thrice(HttpClient* client) {
  for (int i = 0; i < 3; ++i) co_await client->send({});
  co_return true;
}

// Whatever starts a program again that dies again and again would have it send a burst each time.
TEST_F(AccountRunTest, ABucketThatAProcessEmptiedIsNotFullForTheNextOne) {
  const std::vector<std::function<void()>> next_ones = {
      [&] { world.apply(); },
      [&] { world.roll_back({.target = here, .by = "somebody"}); },
  };
  world.apply();
  for (int generation = 2; const auto& run : next_ones) {
    world.time.pass(days(60));
    source.give(make_bundle(generation++, {"*.example.com"}));
    world.apply();
    QuickHttp vendor;
    boost::asio::io_context loop;
    const Limits slow{.calls_per_second = 0.001, .burst = 5};
    PacedHttpClient pace(vendor, world.time, world.time, loop.get_executor(), slow);
    world.fleet.accounts.front().pace = &pace;
    run();
    const Time began = world.time.now();
    world.time.run(send_thrice(&pace));
    EXPECT_GE(world.time.now() - began, minutes(30)) << "generation " << generation;
    world.fleet.accounts.front().pace = nullptr;
  }
}

}  // namespace
}  // namespace certferry::testing
