#include "engine/daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/recover.h"
#include "engine/testing/fake_watch.h"
#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

/// Two accounts with a certificate each, served when the daemon starts.
class DaemonTest : public ::testing::Test {
 protected:
  World world;
  FakeWatch files{world.time};
  FakeProvider& doge = world.add_account("doge");
  FakeProvider& other = world.add_account("other");
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  BundlePtr third = make_bundle(1, {"*.example.org"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});
  FakeSource& elsewhere = world.add_certificate("example.org", third, {covered_at("other")});
  const std::string name = "cdn.example.com";
  std::vector<DaemonRun> runs;
  std::vector<Time> run_ends;
  std::vector<std::pair<Time, Outcome>> outcomes;  ///< of `name`, with each run's end

  DaemonTest() {
    doge.add_domain(name);
    other.add_domain("cdn.example.org");
    world.apply();
    world.time.pass(days(60));
    began = world.time.now();
  }

  static Task<bool> serve_to_its_end(Daemon* daemon) {
    co_await daemon->run();
    co_return true;
  }

  void serve_for(milliseconds duration) {
    Daemon daemon(world.fleet, world.settings, {}, world.ports(), files, [this](DaemonRun run) {
      return note(this, std::move(run));
    });
    world.time.after(duration, [&daemon] { daemon.stop(); });
    EXPECT_TRUE(world.time.run(serve_to_its_end(&daemon)));
  }

  static Task<void> note(DaemonTest* test, DaemonRun run) {
    if (run.report != nullptr && run.account == "doge") {
      test->outcomes.emplace_back(test->world.time.now(),
                                  target_of(*run.report, test->name).outcome);
    }
    run.report = nullptr;  // it ends with the call
    test->runs.push_back(std::move(run));
    test->run_ends.push_back(test->world.time.now());
    co_return;
  }

  std::size_t runs_of(const std::string& account) const {
    return static_cast<std::size_t>(std::ranges::count(runs, account, &DaemonRun::account));
  }

  /// When its runs ended.
  std::vector<Time> ends_of(const std::string& account) const {
    std::vector<Time> ends;
    for (std::size_t at = 0; at < runs.size(); ++at) {
      if (runs[at].account == account) ends.push_back(run_ends[at]);
    }
    return ends;
  }

  void write(FakeSource* to, BundlePtr bundle) {
    to->give(std::move(bundle));
    files.touch(to->path());
  }

  std::optional<Time> first_event(Stage stage) const {
    for (const Event& event : world.sink.events) {
      if (event.stage == stage && event.at >= began) return event.at;
    }
    return std::nullopt;
  }
  Time began{};
};

TEST_F(DaemonTest, LooksAtEachAccountAtOnceAndThenAboutOnceAnHour) {
  serve_for(hours(10));
  EXPECT_GE(runs_of("doge"), 10U);
  EXPECT_LE(runs_of("doge"), 12U);
  EXPECT_GE(runs_of("other"), 10U);
  EXPECT_LE(runs_of("other"), 12U);
  EXPECT_EQ(doge.changing_calls(), 2U) << "only those before the daemon";
}

TEST_F(DaemonTest, LooksATenthSoonerOrLaterByChance) {
  serve_for(hours(30));
  const std::vector<Time> ends = ends_of("doge");
  std::set<Time::duration> rests;
  for (std::size_t at = 1; at < ends.size(); ++at) rests.insert(ends[at] - ends[at - 1]);
  EXPECT_LT(*rests.begin(), minutes(57));
  EXPECT_GE(*rests.begin(), minutes(54));
  EXPECT_GT(*rests.rbegin(), minutes(63));
  EXPECT_LT(*rests.rbegin(), minutes(67)) << "a run takes a moment itself";
}

TEST_F(DaemonTest, AccountsThatBeganTogetherAreNotLookedAtTogetherFromThenOn) {
  for (int at = 0; at < 8; ++at) {
    const std::string number = std::to_string(at);
    world.add_account("more" + number).add_domain("cdn.more" + number + ".example");
    world.add_certificate("more" + number,
                          make_bundle(1, {"*.more" + number + ".example"}),
                          {covered_at("more" + number)});
  }
  world.apply();
  began = world.time.now();
  serve_for(minutes(70));
  std::map<milliseconds, std::size_t> looks;  // by minute
  for (const Time end : run_ends) ++looks[std::chrono::floor<minutes>(end - began)];
  EXPECT_EQ(looks[minutes(0)], 10U) << "once at the start, for what was renewed meanwhile";
  for (const auto& [minute, count] : looks) {
    if (minute > minutes(0)) EXPECT_LE(count, 2U) << minute.count();
  }
  EXPECT_EQ(run_ends.size(), 20U);
}

TEST_F(DaemonTest, ANewStartTriesNothingAgainBeforeItsTime) {
  for (int at = 0; at < 5; ++at) doge.add_domain("d" + std::to_string(at) + ".example.com");
  doge.always("bind", Answer::refused(ErrorKind::kRejected));
  world.time.after(minutes(1), [this] { write(&source, second); });
  serve_for(minutes(40));
  const std::size_t tries = doge.count("bind");
  std::vector<Time> due;
  for (const TargetRecord& one : world.store.targets("doge")) due.push_back(*one.next_attempt);
  std::ranges::sort(due);
  ASSERT_EQ(due.size(), 6U);
  ASSERT_GT(due.front() - world.time.now(), seconds(30));
  world.time.after(due.front() - world.time.now() - seconds(1),
                   [&] { EXPECT_EQ(doge.count("bind"), tries) << "nothing bursts"; });
  serve_for(due.back() - world.time.now() + minutes(2));
  EXPECT_GE(doge.count("bind"), tries + 6);
}

TEST_F(DaemonTest, DeploysARenewalWithinASecondOfItsLastWrite) {
  const milliseconds last = minutes(10) + milliseconds(500);
  for (const milliseconds before : {milliseconds(500), milliseconds(250)}) {
    world.time.after(last - before, [this] { files.touch(source.path()); });
  }
  world.time.after(last, [this] { write(&source, second); });
  serve_for(minutes(50));
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  const std::optional<Time> upload = first_event(Stage::kUpload);
  ASSERT_TRUE(upload.has_value());
  EXPECT_LE(*upload - (began + last), seconds(1));
  EXPECT_EQ(runs_of("other"), 1U) << "it has nothing to do with the change";
}

TEST_F(DaemonTest, ARunInBetweenLooksOnlyAtTheEdgesThatItConcerns) {
  FakeSource& many =
      world.add_certificate("many", make_bundle(2, {"*.many.example"}), {covered_at("doge")});
  for (int at = 0; at < 20; ++at) doge.add_domain("d" + std::to_string(at) + ".many.example");
  world.apply();
  std::size_t probes = 0;
  world.time.after(minutes(10), [&] { probes = world.edge.probes; });
  world.time.after(minutes(10), [&] { files.touch(many.path()); });
  world.time.after(minutes(15), [&] { EXPECT_EQ(world.edge.probes, probes); });
  world.time.after(minutes(15), [this] { write(&source, second); });
  world.time.after(minutes(50), [&] {
    EXPECT_GT(world.edge.probes, probes);
    EXPECT_LT(world.edge.probes, probes + 40) << "twenty others have two addresses each";
    probes = world.edge.probes;
  });
  serve_for(minutes(70));
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_GE(world.edge.probes, probes + 42) << "once an hour all are looked at";
}

TEST_F(DaemonTest, AnEdgeThatGotWorseIsNoticedWithinTheHour) {
  world.time.after(minutes(20), [this] { files.touch(source.path()); });
  world.time.after(minutes(25),
                   [this] { world.edge.at(name, 0).outcome = Probe::Outcome::kAlert; });
  serve_for(minutes(70));
  EXPECT_NE(world.store.target({"doge", "cdn", name})->outcome, "confirmed");
}

TEST_F(DaemonTest, WhatARunSawButCouldNotWriteDownIsNotForgotten) {
  world.time.after(minutes(30), [this] { write(&source, second); });
  world.time.after(minutes(50), [this] {
    world.edge.at(name, 0).outcome = Probe::Outcome::kAlert;
    world.store.refuses = [](const StateChange&) { return true; };
  });
  serve_for(minutes(80));
  std::erase_if(outcomes, [this](const auto& one) { return one.first < began + minutes(50); });
  EXPECT_GE(outcomes.size(), 3U);
  for (const auto& [at, outcome] : outcomes) EXPECT_NE(outcome, Outcome::kConfirmed);
}

TEST_F(DaemonTest, WhatChangesDuringARunIsDeployedByTheNext) {
  world.time.after(minutes(10), [this] { write(&source, second); });
  // The first one is being confirmed by then.
  Bundle next = *make_bundle(3, {"*.example.com"});
  next.leaf.not_before = began;
  world.time.after(minutes(11), [&] { write(&source, std::make_shared<const Bundle>(next)); });
  serve_for(minutes(30));
  EXPECT_EQ(doge.bound(name), next.fingerprint());
  EXPECT_EQ(world.store.target({"doge", "cdn", name})->confirmed_fingerprint, next.fingerprint());
}

TEST_F(DaemonTest, WhatABindCameToIsWrittenDownForWhoDoesNotWaitForTheRun) {
  write(&source, second);
  Daemon daemon(world.fleet, world.settings, {}, world.ports(), files, [this](DaemonRun run) {
    return note(this, std::move(run));
  });
  std::size_t open_before = 0;
  std::size_t open = 0;
  world.time.after(minutes(1), [&] {
    EXPECT_EQ(doge.bound(name), second->fingerprint()) << "and it is being confirmed";
    EXPECT_TRUE(daemon.last_begin().has_value());
    open_before = open_entries(world.store).size();
    daemon.write_down();
    open = open_entries(world.store).size();
    daemon.stop();
  });
  EXPECT_TRUE(world.time.run(serve_to_its_end(&daemon)));
  EXPECT_EQ(daemon.last_begin(), std::nullopt);
  EXPECT_EQ(open_before, 1U);
  EXPECT_EQ(open, 0U);
}

TEST_F(DaemonTest, WhatBeginsWhenItIsIssuedIsSentAsSoonAsItMayBe) {
  const milliseconds written = minutes(10);
  Bundle next = *make_bundle(3, {"*.example.com"});
  next.leaf.not_before = began + written;
  world.time.after(written, [&] { write(&source, std::make_shared<const Bundle>(next)); });
  serve_for(minutes(20));
  EXPECT_EQ(doge.bound(name), next.fingerprint());
  const std::optional<Time> upload = first_event(Stage::kUpload);
  ASSERT_TRUE(upload.has_value());
  EXPECT_GE(*upload, next.leaf.not_before + minutes(5));
  EXPECT_LE(*upload, next.leaf.not_before + minutes(5) + seconds(2));
}

TEST_F(DaemonTest, AFailureIsTriedAgainLaterEachTime) {
  doge.always("bind", Answer::refused(ErrorKind::kRejected));
  world.time.after(minutes(1), [this] { write(&source, second); });
  serve_for(minutes(56));
  EXPECT_GE(doge.count("bind"), 4U);
  EXPECT_LE(doge.count("bind"), 8U);
}

TEST_F(DaemonTest, WhatIsSupersededGoesWhenItsGraceIsOver) {
  world.time.after(minutes(1), [this] { write(&source, second); });
  serve_for(hours(25));
  EXPECT_EQ(doge.stored_copies(first->fingerprint()), 0U);
}

TEST_F(DaemonTest, ADeleteThatFailedIsTriedAgainSoonerThanInAnHour) {
  doge.always("remove", Answer::refused(ErrorKind::kRejected));
  world.time.after(minutes(1), [this] { write(&source, second); });
  serve_for(hours(24) + minutes(45));
  EXPECT_GE(doge.count("remove"), 3U);
  EXPECT_LE(doge.count("remove"), 8U);
}

TEST_F(DaemonTest, AnEdgeThatNeverFollowsHoldsUpNoOtherAccount) {
  world.edge.at(name, 0).stuck_since = began;
  BundlePtr fourth = make_bundle(2, {"*.example.org"});
  world.time.after(minutes(1), [this] { write(&source, second); });
  world.time.after(minutes(5), [this, fourth] { write(&elsewhere, fourth); });
  serve_for(minutes(10));
  EXPECT_EQ(world.store.target({"other", "cdn", "cdn.example.org"})->confirmed_fingerprint,
            fourth->fingerprint());
}

TEST_F(DaemonTest, AStateThatCannotBeWrittenIsTriedAgainAndRecoversByItself) {
  world.store.refuses = [](const StateChange&) { return true; };
  world.time.after(minutes(1), [this] { write(&source, second); });
  world.time.after(minutes(20), [this] { world.store.refuses = nullptr; });
  serve_for(minutes(59));
  EXPECT_EQ(doge.bound(name), second->fingerprint());
}

TEST_F(DaemonTest, ASourceThatIsGoneForAWhileIsServedWhenItIsBack) {
  source.fail_always(Error(ErrorKind::kNotFound, "gone").with_code("source.missing"));
  world.time.after(minutes(10), [this] {
    source.mend();
    source.give(second);  // nobody tells
  });
  serve_for(minutes(50));
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_LE(runs_of("doge"), 10U);
}

TEST_F(DaemonTest, ASourceThatNobodyCanWatchIsReadAsOftenAsItSays) {
  source.unwatched = true;
  source.poll = minutes(5);
  world.time.after(minutes(10), [this] { source.give(second); });
  serve_for(minutes(20));
  EXPECT_EQ(doge.bound(name), second->fingerprint());
  EXPECT_EQ(runs_of("other"), 1U);
}

TEST_F(DaemonTest, StopsWithoutBeginningAnother) {
  world.time.after(minutes(10) - milliseconds(100), [this] { write(&source, second); });
  serve_for(minutes(10));
  EXPECT_EQ(doge.bound(name), first->fingerprint());
}

}  // namespace
}  // namespace certferry::testing
