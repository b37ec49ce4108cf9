#include "engine/recover.h"

#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

/// Two domains of one account, to be brought from nothing or from an older bundle to a new one.
struct Fixture {
  World world;
  FakeProvider& doge = world.add_account("doge");
  const std::vector<std::string> names = {"cdn.example.com", "www.example.com"};
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});
  BundlePtr wanted = first;

  Fixture() {
    for (const std::string& name : names) doge.add_domain(name);
  }
  void renew() {
    world.apply();
    world.time.pass(days(60));
    source.give(second);
    wanted = second;
  }
  void expect_converged() {
    for (const std::string& name : names) {
      EXPECT_EQ(doge.bound(name), wanted->fingerprint());
      EXPECT_TRUE(world.edge.serves_everywhere(name, wanted->fingerprint()));
    }
    EXPECT_EQ(doge.stored_copies(wanted->fingerprint()), 1U);
    const UploadRecord* upload = world.store.upload("doge", wanted->fingerprint());
    ASSERT_NE(upload, nullptr);
    EXPECT_EQ(upload->state, UploadRecord::State::kStored);
    EXPECT_EQ(upload->stored_id, *doge.binding(names[0]).stored_id);
    EXPECT_TRUE(open_entries(world.store).empty());
  }
};

struct Case {
  const char* words;
  void (*arrange)(Fixture&);
  bool wait = false;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"a first deploy", [](Fixture&) {}},
      {"a first deploy with late lists", [](Fixture& f) { f.doge.lag_lists_by(seconds(4)); }},
      {"a renewal with late lists",
       [](Fixture& f) {
         f.renew();
         f.doge.lag_lists_by(seconds(4));
       }},
      {"a renewal that waits to retire", [](Fixture& f) { f.renew(); }, true},
      {"a renewal that waits to retire with late lists",
       [](Fixture& f) {
         f.renew();
         f.doge.lag_lists_by(seconds(4));
       },
       true},
      {"a throttled upload with late lists",
       [](Fixture& f) {
         f.doge.lag_lists_by(seconds(4));
         f.doge.next("upload", Answer::throttled(seconds(20)));
       }},
      {"an upload that is applied late",
       [](Fixture& f) {
         f.doge.lag_lists_by(seconds(1));
         f.doge.next("upload", Answer::lost_but_done_later(seconds(3)));
       }},
      {"lost answers of every kind", [](Fixture& f) {
         f.doge.lag_lists_by(seconds(4));
         f.doge.next("upload", Answer::lost());
         f.doge.next("upload", Answer::lost_but_done());
         f.doge.next("bind", Answer::lost_but_done());
         f.doge.next("bind", Answer::lost());
       }}};
  return kCases;
}

enum class Loss { kProcess, kPower };

/// Dies after so many timers, then a fresh run must end well. Returns whether there was no death.
bool survives(const Case& one, Loss loss, std::size_t timers) {
  Fixture fixture;
  one.arrange(fixture);
  const ApplyOptions options{.only = {}, .wait_for_retire = one.wait};
  const bool ended = fixture.world.apply_dying_after(timers, options);
  if (loss == Loss::kPower) fixture.world.store.lose_power();
  const Report report = fixture.world.apply(options);
  EXPECT_TRUE(report.succeeded());
  fixture.expect_converged();
  if (one.wait) EXPECT_EQ(fixture.doge.stored_copies(fixture.first->fingerprint()), 0U);
  return ended;
}

TEST(RecoverTest, DeathBetweenAnyTwoWaitsConverges) {
  for (const Case& one : cases()) {
    for (const Loss loss : {Loss::kProcess, Loss::kPower}) {
      std::size_t timers = 0;
      for (bool ended = false; !ended; ++timers) {
        SCOPED_TRACE(std::string(one.words) + ", dead after " + std::to_string(timers) +
                     (loss == Loss::kPower ? " timers with power" : " timers"));
        ended = survives(one, loss, timers);
        if (::testing::Test::HasFailure()) return;  // one such story is enough to read
      }
      EXPECT_GT(timers, 20U);  // it was a sweep
    }
  }
}

TEST(RecoverTest, DeathTwiceConverges) {
  for (std::size_t first = 0; first < 60; first += 3) {
    for (std::size_t second = 0; second < 60; second += 3) {
      SCOPED_TRACE(std::to_string(first) + " then " + std::to_string(second));
      Fixture fixture;
      fixture.doge.lag_lists_by(seconds(4));
      fixture.world.apply_dying_after(first);
      fixture.world.store.lose_power();
      fixture.world.apply_dying_after(second);
      fixture.world.store.lose_power();
      EXPECT_TRUE(fixture.world.apply().succeeded());
      fixture.expect_converged();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

/// An entry that some run left behind.
JournalEntry left(JournalEntry::Outcome outcome, std::string account = "doge") {
  return {.run = "before",
          .number = 1,
          .at = kStart - minutes(10),
          .ended_at = kStart - seconds(2),
          .account = std::move(account),
          .action = "upload",
          .outcome = outcome};
}

TEST(RecoverTest, WaitsUntilTheListsMustShowWhatWasSentLast) {
  struct Row {
    const char* words;
    std::vector<JournalEntry> open;
    milliseconds wait;
  };
  JournalEntry future = left(JournalEntry::Outcome::kUnknown);
  future.ended_at = kStart + hours(3);
  JournalEntry old = left(JournalEntry::Outcome::kUnknown);
  old.ended_at = kStart - seconds(6);
  const std::vector<Row> rows = {
      {"nothing is open", {}, seconds(0)},
      // A pending call may have left just before the process died, however old its intent.
      {"pending", {left(JournalEntry::Outcome::kPending)}, seconds(5)},
      {"unknown since two seconds", {left(JournalEntry::Outcome::kUnknown)}, seconds(3)},
      {"unknown for long", {old}, seconds(0)},
      {"the clock was set back", {future}, seconds(5)},
      {"an account that is gone", {left(JournalEntry::Outcome::kPending, "gone")}, seconds(0)},
      {"several", {old, left(JournalEntry::Outcome::kPending)}, seconds(5)},
  };
  const Fixture fixture;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.words);
    EXPECT_EQ(wait_before_observing(row.open, fixture.world.fleet, kStart), row.wait);
  }
}

TEST(RecoverTest, EntriesOfAnAccountThatDoesNotAnswerStayOpen) {
  Fixture fixture;
  fixture.doge.next("upload", Answer::lost_but_done());
  fixture.world.apply_dying_after(8);
  ASSERT_EQ(fixture.doge.count("upload"), 1U);
  ASSERT_FALSE(open_entries(fixture.world.store).empty());
  for (int i = 0; i < 4; ++i) {
    fixture.doge.next("list_stored", Answer::refused(ErrorKind::kUnavailable));
  }
  EXPECT_FALSE(fixture.world.apply().succeeded());
  EXPECT_FALSE(open_entries(fixture.world.store).empty());
  EXPECT_TRUE(fixture.world.apply().succeeded());
  fixture.expect_converged();
}

/// What a copy under our label is in the ledger, when our own upload ended like this before it.
UploadRecord::State state_after(const Answer& ended) {
  Fixture fixture;
  fixture.doge.next("upload", ended);
  fixture.world.apply();
  EXPECT_EQ(fixture.doge.count("upload"), 1U);
  fixture.doge.put(fixture.first,
                   fixture.world.store.upload("doge", fixture.first->fingerprint())->label);
  EXPECT_TRUE(fixture.world.apply({.insist = true}).succeeded());
  EXPECT_EQ(fixture.doge.count("upload"), 1U);
  return fixture.world.store.upload("doge", fixture.first->fingerprint())->state;
}

TEST(RecoverTest, OnlyAnUploadWithoutAnAnswerMakesACopyOurs) {
  EXPECT_EQ(state_after(Answer::refused(ErrorKind::kRejected)), UploadRecord::State::kRefused);
  EXPECT_EQ(state_after(Answer::refused(ErrorKind::kUnauthorized)), UploadRecord::State::kRefused);
}

TEST(RecoverTest, ARefusalDoesNotSettleAnEarlierUploadWithoutAnAnswer) {
  Fixture fixture;
  // The reading that should tell fails too, and so the first run ends without knowing.
  fixture.doge.next("upload", Answer::lost());
  fixture.world.apply_dying_after(8);
  fixture.world.store.lose_power();
  ASSERT_EQ(fixture.doge.count("upload"), 1U);
  fixture.doge.next("upload", Answer::refused(ErrorKind::kRejected));
  fixture.world.apply({.insist = true});
  ASSERT_EQ(fixture.doge.count("upload"), 2U);
  const UploadRecord* upload = fixture.world.store.upload("doge", fixture.first->fingerprint());
  EXPECT_EQ(upload->state, UploadRecord::State::kIntended);
}

}  // namespace
}  // namespace certferry::testing
