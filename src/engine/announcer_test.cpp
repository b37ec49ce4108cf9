#include "engine/announcer.h"

#include <gmock/gmock.h>

#include "engine/parallel.h"
#include "engine/testing/fake_notifier.h"
#include "engine/testing/world.h"

namespace certferry {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using testing::FakeNotifier;
using testing::FakeProvider;
using testing::FakeSource;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

Error unavailable() {
  return Error(ErrorKind::kUnavailable, "sending a notice by ops: no answer");
}

class AnnouncerTest : public ::testing::Test {
 protected:
  /// A run and what follows it, as a process of its own.
  Report run(ApplyOptions options = {}) {
    const Report report = world_.apply(std::move(options));
    tell(report);
    return report;
  }
  void tell(const Report& report) {
    Announcer announcer(routes_, ports());
    world_.time.run(to_the_end(announcer.after_run(&report)));
  }
  /// What an earlier run left, and a run that has nothing to add.
  void announce(Notice notice) {
    leave(std::move(notice));
    Announcer announcer(routes_, ports());
    world_.time.run(to_the_end(announcer.deliver()));
  }
  void leave(Notice notice) {
    notice.id = random_id(world_.random);
    world_.store.commit({.notices = {{.notice = std::move(notice)}}}, Durability::kFlushed);
  }
  AnnouncerPorts ports() {
    return {world_.time, world_.random, world_.time, world_.store, world_.sink};
  }
  /// One domain of one account with one certificate.
  void set_up() {
    provider_ = &world_.add_account("doge");
    provider_->add_domain("cdn.example.com");
    source_ = &world_.add_certificate(
        "example.com", testing::make_bundle(1, {"cdn.example.com"}), {testing::covered_at("doge")});
  }
  std::vector<std::string> failures_said() {
    std::vector<std::string> out;
    for (const Event& one : world_.sink.events) {
      if (one.stage == Stage::kNotify && one.status == Status::kFailed) out.push_back(one.text);
    }
    return out;
  }

  World world_;
  FakeProvider* provider_ = nullptr;
  FakeSource* source_ = nullptr;
  FakeNotifier ops_{"ops"};
  FakeNotifier mail_{"mail"};
  std::vector<NoticeRoute> routes_ = {{.notifier = &ops_}};
};

Notice some_notice(NoticeLevel level = NoticeLevel::kError) {
  return {.at = testing::kStart, .level = level, .topic = NoticeTopic::kFailure, .subject = "s"};
}

TEST_F(AnnouncerTest, ADeploymentIsToldOnceAndIdleRunsTellNothing) {
  set_up();
  ASSERT_TRUE(run().succeeded());
  EXPECT_THAT(ops_.told(),
              ElementsAre("change: [certferry] new certificate served: doge/cdn/cdn.example.com"));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run().succeeded());
  EXPECT_THAT(ops_.told(), IsEmpty());
  source_->give(testing::make_bundle(2, {"cdn.example.com"}));
  world_.time.pass(days(61));
  ASSERT_TRUE(run().succeeded());
  EXPECT_EQ(ops_.told().size(), 1u);
}

TEST_F(AnnouncerTest, ASourceThatFailsIsToldForItselfAndNotForEachTarget) {
  set_up();
  ASSERT_TRUE(run().succeeded());
  ops_.taken.clear();
  source_->fail_always(
      Error(ErrorKind::kNotFound, "the folder is gone").with_code("source.missing"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run().succeeded());
  ASSERT_EQ(ops_.taken.size(), 1u);
  EXPECT_THAT(ops_.taken[0].text, HasSubstr("the folder is gone"));
  EXPECT_EQ(ops_.taken[0].field("cause"), "source.missing");
  EXPECT_THAT(ops_.told(), ElementsAre("failure: [certferry] failed: certificate example.com"));
}

TEST_F(AnnouncerTest, AnAccountThatFailsIsToldOnceAndItsRecoveryToo) {
  set_up();
  provider_->add_domain("img.cdn.example.com");
  ASSERT_TRUE(run().succeeded());
  ops_.taken.clear();
  for (int i = 0; i < 3; ++i) {
    provider_->next("list_bindings", testing::Answer::refused(ErrorKind::kUnauthorized));
    EXPECT_FALSE(run().succeeded());
  }
  EXPECT_THAT(ops_.told(), ElementsAre("failure: [certferry] failed: account doge"));
  ASSERT_TRUE(run().succeeded());
  EXPECT_THAT(ops_.told(), ElementsAre("recovery: [certferry] works again: account doge"));
  ASSERT_TRUE(run().succeeded());
  EXPECT_THAT(ops_.told(), IsEmpty());
}

TEST_F(AnnouncerTest, WhatATargetServesEndsAlsoWhileItsVendorDoesNotAnswer) {
  set_up();
  ASSERT_TRUE(run().succeeded());
  world_.time.pass(days(70));
  source_->give(testing::make_bundle(2, {"cdn.example.com"}));
  ops_.taken.clear();
  provider_->next("list_bindings", testing::Answer::refused(ErrorKind::kUnauthorized));
  EXPECT_FALSE(run().succeeded());
  ASSERT_EQ(ops_.taken.size(), 2u);
  EXPECT_EQ(ops_.taken[0].field("cause"), "unauthorized/40001");
  EXPECT_EQ(ops_.taken[1].subject, "[certferry] about to expire: doge/cdn/cdn.example.com");
  EXPECT_THAT(ops_.taken[1].text, HasSubstr("ends 2026-04-14T08:30:00Z, in 1"));
}

TEST_F(AnnouncerTest, WhatNobodyTookIsKeptAndSentByTheNextRun) {
  set_up();
  ops_.failure = unavailable();
  ASSERT_TRUE(run().succeeded());
  EXPECT_EQ(ops_.tries, 2u);  // and no more than that in one run
  EXPECT_THAT(failures_said(), ElementsAre(HasSubstr("no answer")));
  ASSERT_EQ(world_.store.notices().size(), 1u);
  const std::string id = world_.store.notices()[0].notice.id;
  EXPECT_EQ(id.size(), 16u);
  ops_.failure.reset();
  ASSERT_TRUE(run().succeeded());
  ASSERT_EQ(ops_.taken.size(), 1u);
  EXPECT_EQ(ops_.taken[0].id, id);
  EXPECT_TRUE(world_.store.notices().empty());
  EXPECT_EQ(world_.store.all_notices()[0].outcome, "sent by ops");
}

TEST_F(AnnouncerTest, ALostAnswerIsTriedAgainInTheSameRun) {
  ops_.failure = unavailable();
  ops_.failures = 1;
  announce(some_notice());
  EXPECT_EQ(ops_.taken.size(), 1u);
  EXPECT_THAT(failures_said(), IsEmpty());
}

TEST_F(AnnouncerTest, ARetryAfterThatIsTooLongLeavesItToTheNextRun) {
  ops_.failure = Error(ErrorKind::kThrottled, "slow").with_retry_after(std::chrono::minutes(10));
  announce(some_notice());
  EXPECT_EQ(ops_.tries, 1u);
  EXPECT_EQ(world_.store.notices().size(), 1u);
}

AlertSubject trouble(const std::string& account,
                     const std::string& cause,
                     NoticeLevel level = NoticeLevel::kError) {
  return {.name = "account " + account,
          .account = account,
          .standing = AlertSubject::Standing::kTrouble,
          .level = level,
          .cause = cause,
          .reason = "it is " + cause};
}

AlertSubject well(const std::string& account) {
  return {
      .name = "account " + account, .account = account, .standing = AlertSubject::Standing::kWell};
}

Task<void> note_later(Announcer* announcer, Sleeper* sleeper) {
  co_await sleeper->sleep(milliseconds(500));
  announcer->note({trouble("b", "down")});
}

TEST_F(AnnouncerTest, WhatIsNotedDuringADeliveryIsKeptForTheNext) {
  ops_.failure = unavailable();
  ops_.failures = 1;
  Announcer announcer(routes_, ports());
  announcer.note({trouble("a", "down")});
  std::vector<Task<void>> work;
  work.push_back(announcer.deliver());
  work.push_back(note_later(&announcer, &world_.time));
  world_.time.run(to_the_end(run_all(std::move(work))));
  EXPECT_EQ(ops_.taken.size(), 1u);
  EXPECT_EQ(world_.store.notices().size(), 1u);
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_EQ(ops_.taken.size(), 2u);
  EXPECT_TRUE(world_.store.notices().empty());
}

TEST_F(AnnouncerTest, WhatTenRunsFindBetweenTwoDeliveriesIsToldAtOnce) {
  Announcer announcer(routes_, ports());
  std::vector<AlertSubject> all_well;
  for (int i = 0; i < 10; ++i) {
    const std::string account = "a" + std::to_string(i);
    announcer.note({trouble(account, "down")});
    all_well.push_back(well(account));
    EXPECT_EQ(world_.store.notices().size(), 1u) << i;  // a death here loses none
  }
  world_.time.run(to_the_end(announcer.deliver()));
  ASSERT_EQ(ops_.taken.size(), 1u);
  EXPECT_THAT(ops_.taken[0].text, HasSubstr("account a0, account a1, "));
  EXPECT_THAT(ops_.taken[0].text, HasSubstr("account a9: it is down"));
  EXPECT_THAT(ops_.told(), ElementsAre("failure: [certferry] failed: 10 at once"));
  for (AlertSubject& one : all_well) announcer.note({std::move(one)});
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_THAT(ops_.told(), ElementsAre("recovery: [certferry] works again: 10 at once"));
  EXPECT_TRUE(world_.store.alerts().empty());
}

TEST_F(AnnouncerTest, WhatIsOverBeforeItIsToldIsNoNews) {
  Announcer announcer(routes_, ports());
  announcer.note({trouble("a", "down"), trouble("b", "down")});
  announcer.note({well("a")});
  EXPECT_EQ(world_.store.alerts().size(), 1u);
  announcer.note({well("b")});
  world_.time.run(to_the_end(announcer.deliver()));
  announcer.note({well("a"), well("b")});
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_THAT(ops_.told(), IsEmpty());
  EXPECT_TRUE(world_.store.alerts().empty());
  EXPECT_TRUE(world_.store.notices().empty());
}

TEST_F(AnnouncerTest, ATroubleThatComesBackBeforeItsEndIsToldNeverEnded) {
  Announcer announcer(routes_, ports());
  announcer.note({trouble("a", "down")});
  world_.time.run(to_the_end(announcer.deliver()));
  const Time since = world_.store.alerts().at(0).since;
  ops_.taken.clear();
  world_.time.pass(hours(1));
  announcer.note({well("a")});
  announcer.note({trouble("a", "down")});
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_THAT(ops_.told(), IsEmpty());
  ASSERT_EQ(world_.store.alerts().size(), 1u);
  EXPECT_EQ(world_.store.alerts()[0].since, since);
}

TEST_F(AnnouncerTest, AChangeIsToldThoughTheNextRunHasNothingToDo) {
  Announcer announcer(routes_, ports());
  AlertSubject deployed = well("a");
  deployed.deployed = true;
  announcer.note({deployed});
  announcer.note({well("a")});
  announcer.note({AlertSubject{.name = "account a"}});  // nobody looked
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_THAT(ops_.told(), ElementsAre("change: [certferry] new certificate served: account a"));
}

TEST_F(AnnouncerTest, AStoreThatCannotBeReadHidesNoTrouble) {
  Announcer announcer(routes_, ports());
  announcer.note({trouble("a", "down")});
  world_.time.run(to_the_end(announcer.deliver()));
  ops_.taken.clear();
  world_.store.unreadable = 1;
  announcer.note({trouble("a", "down"), trouble("b", "full")});
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_THAT(ops_.told(), ElementsAre("failure: [certferry] failed: account b"));
}

TEST_F(AnnouncerTest, AFallbackIsAskedOnlyForWhatNoOtherTook) {
  routes_ = {{.notifier = &mail_, .fallback = true}, {.notifier = &ops_}};
  announce(some_notice());
  EXPECT_EQ(ops_.taken.size(), 1u);
  EXPECT_EQ(mail_.tries, 0u);
  ops_.failure = Error(ErrorKind::kRejected, "no");
  announce(some_notice());
  EXPECT_EQ(mail_.taken.size(), 1u);
  EXPECT_TRUE(world_.store.notices().empty());
  EXPECT_THAT(failures_said(), ElementsAre("no"));
}

TEST_F(AnnouncerTest, EveryChannelThatIsNoFallbackGetsIt) {
  routes_ = {{.notifier = &ops_}, {.notifier = &mail_}};
  ops_.failure = Error(ErrorKind::kRejected, "no");
  announce(some_notice());
  EXPECT_EQ(mail_.taken.size(), 1u);
  EXPECT_TRUE(world_.store.notices().empty());
}

/// Takes ten seconds.
class SlowNotifier final : public Notifier {
 public:
  SlowNotifier(std::string name, Sleeper& sleeper) : name_(std::move(name)), sleeper_(sleeper) {}
  const std::string& kind() const override { return name_; }
  const std::string& name() const override { return name_; }
  Task<void> send(Notice) override { co_await sleeper_.sleep(seconds(10)); }

 private:
  std::string name_;
  Sleeper& sleeper_;
};

TEST_F(AnnouncerTest, AChannelThatIsSlowHoldsUpNoOther) {
  SlowNotifier one("one", world_.time);
  SlowNotifier two("two", world_.time);
  routes_ = {{.notifier = &one}, {.notifier = &two}, {.notifier = &ops_, .fallback = true}};
  const Time before = world_.time.now();
  announce(some_notice());
  EXPECT_EQ(world_.time.now() - before, seconds(10));
  EXPECT_THAT(ops_.told(), IsEmpty());
}

TEST_F(AnnouncerTest, AChannelGetsOnlyWhatItsLevelsAndTopicsLetThrough) {
  routes_ = {{.notifier = &ops_, .levels = {NoticeLevel::kCritical}},
             {.notifier = &mail_, .topics = {NoticeTopic::kChange}}};
  Announcer announcer(routes_, ports());
  announcer.note({trouble("a", "down")});
  EXPECT_TRUE(world_.store.notices().empty());  // nobody will ever want it
  announcer.note({trouble("b", "down", NoticeLevel::kCritical)});
  EXPECT_EQ(world_.store.notices().size(), 1u);
  announcer.note({well("b")});
  EXPECT_TRUE(world_.store.notices().empty());
  world_.time.run(to_the_end(announcer.deliver()));
  EXPECT_EQ(ops_.tries + mail_.tries, 0u);
  announce(some_notice(NoticeLevel::kCritical));
  EXPECT_EQ(ops_.taken.size(), 1u);
  EXPECT_EQ(mail_.tries, 0u);
  Notice test = some_notice(NoticeLevel::kInfo);
  test.topic = NoticeTopic::kTest;
  EXPECT_TRUE(routes_[0].wants(test));
}

TEST_F(AnnouncerTest, AChannelThatFailedIsNotAskedAgainInTheSameRun) {
  ops_.failure = unavailable();
  for (int i = 0; i < 3; ++i) announce(some_notice());
  EXPECT_EQ(world_.store.notices().size(), 3u);
  ops_.tries = 0;
  announce(some_notice());
  EXPECT_EQ(ops_.tries, 2u);  // for the oldest one; the others wait with it
  ops_.failure.reset();
  announce(some_notice());
  EXPECT_EQ(ops_.taken.size(), 5u);
}

TEST_F(AnnouncerTest, AfterAWeekANoticeIsGivenUp) {
  ops_.failure = unavailable();
  Notice old = some_notice();
  old.at = testing::kStart - days(8);
  announce(old);
  EXPECT_TRUE(world_.store.notices().empty());
  EXPECT_EQ(world_.store.all_notices().at(0).outcome, "given up after 7 d");
}

TEST_F(AnnouncerTest, AStoreThatCannotWriteStopsNoNotice) {
  set_up();
  const Report report = world_.apply();
  world_.store.refuses = [](const StateChange&) { return true; };
  tell(report);
  EXPECT_EQ(ops_.taken.size(), 1u);
  EXPECT_THAT(failures_said(), ::testing::Contains(HasSubstr("notices cannot be kept")));
}

TEST_F(AnnouncerTest, WithoutAChannelNothingIsRemembered) {
  set_up();
  routes_.clear();
  source_->fail_always(Error(ErrorKind::kNotFound, "gone").with_code("source.missing"));
  run();
  EXPECT_TRUE(world_.store.alerts().empty());
  EXPECT_TRUE(world_.store.notices().empty());
}

TEST_F(AnnouncerTest, ADeathBeforeItIsSentLosesNothing) {
  set_up();
  const Report report = world_.apply();
  {
    ops_.failure = unavailable();
    Announcer announcer(routes_, ports());
    EXPECT_FALSE(world_.time.run(to_the_end(announcer.after_run(&report)), 0));
  }
  world_.store.lose_power();
  ops_.failure.reset();
  ops_.tries = 0;
  ASSERT_TRUE(run().succeeded());
  EXPECT_EQ(ops_.taken.size(), 1u);
}

TEST_F(AnnouncerTest, AnEdgeThatTurnsBadIsToldAtOnceAsCritical) {
  set_up();
  ASSERT_TRUE(run().succeeded());
  Report report = world_.apply();
  TargetReport& target = report.targets.at(0);
  target.outcome = Outcome::kUnconfirmed;
  target.rolled_back = true;
  target.message = "went back";
  ops_.taken.clear();
  tell(report);
  ASSERT_EQ(ops_.taken.size(), 1u);
  EXPECT_EQ(ops_.taken[0].level, NoticeLevel::kCritical);
  EXPECT_THAT(ops_.taken[0].field("cause"), HasSubstr("regressed/"));
}

}  // namespace
}  // namespace certferry
