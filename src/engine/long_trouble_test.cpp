// What goes wrong for hours or a day while the daemon serves: what is served stays served, somebody
// is told the cause and not every hour, and when it ends nobody has to mend anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <utility>

#include "base/time.h"
#include "engine/announcer.h"
#include "engine/daemon.h"
#include "engine/pace.h"
#include "engine/testing/fake_notifier.h"
#include "engine/testing/fake_watch.h"
#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// One certificate is served when the daemon starts; each run is followed by its notices.
class LongTroubleTest : public ::testing::Test {
 protected:
  World world;
  FakeWatch files{world.time};
  FakeProvider& doge = world.add_account("doge");
  BundlePtr first = make_bundle(1, {"*.example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});
  const std::string name = "cdn.example.com";
  FakeNotifier ops{"ops"};
  std::vector<NoticeRoute> routes = {{.notifier = &ops}};
  Announcer announcer{
      routes, AnnouncerPorts{world.time, world.random, world.time, world.store, world.sink}};

  LongTroubleTest() {
    doge.add_domain(name);
    world.apply();
    world.time.pass(days(60));
  }

  static Task<bool> serve_to_its_end(Daemon* daemon) {
    co_await daemon->run();
    co_return true;
  }
  void serve_for(milliseconds duration) {
    Daemon daemon(world.fleet, world.settings, {}, world.ports(), files, [this](DaemonRun run) {
      return announcer.after_run(run.report);
    });
    world.time.after(duration, [&daemon] { daemon.stop(); });
    ASSERT_TRUE(world.time.run(serve_to_its_end(&daemon)));
  }
  void renew() {
    source.mend();
    source.give(second);
    files.touch(source.path());
  }
  bool serves(const BundlePtr& bundle) {
    return world.edge.serves_everywhere(name, bundle->fingerprint());
  }
  /// Everything that was told, in one text.
  std::string told() {
    std::string all;
    for (const Notice& one : ops.taken) all += one.subject + "\n" + one.text + "\n";
    return all;
  }
  std::size_t told_of(NoticeTopic topic) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(ops.taken, [&](const Notice& one) { return one.topic == topic; }));
  }
};

struct SourceTrouble {
  const char* words;
  Error error;
};

TEST_F(LongTroubleTest, ASourceThatCannotBeReadForADay) {
  const SourceTrouble troubles[] = {
      {"torn",
       Error(ErrorKind::kUnavailable, "key and certificate do not match").with_code("source.torn")},
      {"gone", Error(ErrorKind::kNotFound, "the folder is not there").with_code("source.missing")},
      {"closed", Error(ErrorKind::kUnauthorized, "Permission denied").with_code("source.io")},
      {"a link", Error(ErrorKind::kInvalidInput, "is a link to nothing").with_code("source.io")},
  };
  for (const SourceTrouble& trouble : troubles) {
    SCOPED_TRACE(trouble.words);
    ops.taken.clear();
    const std::size_t calls = doge.changing_calls();
    const BundlePtr served = serves(first) ? first : second;
    source.fail_always(trouble.error);
    files.touch(source.path());
    serve_for(hours(23));
    EXPECT_TRUE(serves(served));
    EXPECT_EQ(doge.changing_calls(), calls);
    EXPECT_EQ(told_of(NoticeTopic::kFailure), 1U) << told();
    EXPECT_THAT(told(), HasSubstr(trouble.error.message));
    world.time.after(minutes(10), [this] { renew(); });
    serve_for(minutes(50));
    EXPECT_TRUE(serves(second));
    EXPECT_EQ(told_of(NoticeTopic::kRecovery), 1U) << told();
  }
}

TEST_F(LongTroubleTest, ASourceThatOffersAnOlderOneThanDeployed) {
  world.time.after(minutes(1), [this] { renew(); });
  serve_for(hours(1));
  ASSERT_TRUE(serves(second));
  const std::size_t calls = doge.changing_calls();
  ops.taken.clear();
  source.give(first);
  files.touch(source.path());
  serve_for(hours(23));
  EXPECT_TRUE(serves(second));
  EXPECT_EQ(doge.changing_calls(), calls);
  EXPECT_EQ(told_of(NoticeTopic::kFailure), 1U) << told();
  EXPECT_THAT(told(), HasSubstr("not before the bundle of the source"));
  renew();
  serve_for(hours(2));
  EXPECT_TRUE(serves(second));
  EXPECT_EQ(told_of(NoticeTopic::kRecovery), 1U) << told();
}

TEST_F(LongTroubleTest, ADiskThatIsFullForADay) {
  world.store.refuses = [](const StateChange&) { return true; };
  world.time.after(minutes(1), [this] { renew(); });
  serve_for(hours(23));
  EXPECT_TRUE(serves(first));
  EXPECT_EQ(doge.stored_copies(second->fingerprint()), 0U) << "nothing is sent without an intent";
  EXPECT_LE(told_of(NoticeTopic::kFailure), 2U) << "of the state, and of what waits for it";
  EXPECT_THAT(told(), HasSubstr("no space left on device"));
  world.store.refuses = nullptr;
  serve_for(hours(2));
  EXPECT_TRUE(serves(second));
  EXPECT_GE(told_of(NoticeTopic::kRecovery), 1U) << told();
}

TEST_F(LongTroubleTest, AClockThatIsAMonthBehindForADay) {
  const std::size_t calls = doge.changing_calls();
  world.time.jump(-days(30));
  world.time.after(minutes(1), [this] { renew(); });
  serve_for(hours(23));
  EXPECT_TRUE(serves(first));
  EXPECT_EQ(doge.changing_calls(), calls);
  EXPECT_EQ(told_of(NoticeTopic::kFailure), 1U) << told();
  EXPECT_THAT(told(), HasSubstr("clock"));
  world.time.jump(days(30));
  serve_for(hours(2));
  EXPECT_TRUE(serves(second));
}

/// What a vendor's replies say of the time: its own clock is right.
class RightClock final : public HttpClient {
 public:
  explicit RightClock(const VirtualTime& time) : time_(time) {}
  Task<HttpResponse> send(HttpRequest /*request*/) override {
    std::string date = format_http_date(time_.now() - time_.wall_jump());
    co_return HttpResponse{.status = 200, .headers = {{"date", std::move(date)}}};
  }

 private:
  const VirtualTime& time_;
};

class ClockTroubleTest : public LongTroubleTest {
 protected:
  RightClock clock{world.time};
  boost::asio::io_context loop;
  // Fast enough that nothing ever waits on that loop.
  PacedHttpClient pace{clock,
                       world.time,
                       world.time,
                       loop.get_executor(),
                       {.calls_per_second = 1000, .burst = 1000, .max_in_flight = 1000}};

  ClockTroubleTest() {
    world.fleet.accounts.front().pace = &pace;
    doge.wire = &pace;
  }
  /// A later generation than those before, issued just now.
  BundlePtr issue(int generation) {
    Bundle bundle = *make_bundle(generation, {"*.example.com"});
    bundle.leaf.not_before = world.time.now() - hours(1);
    return std::make_shared<const Bundle>(std::move(bundle));
  }
};

TEST_F(ClockTroubleTest, AClockThatIsSetFarOffAndBackWhileItServes) {
  int generation = 2;
  // A month on, what was superseded seems to be due; more than a year on, all seems to have ended.
  for (const milliseconds by : {days(30), -days(30), days(400)}) {
    SCOPED_TRACE(format_duration(by));
    BundlePtr next = issue(generation++);
    BundlePtr last = issue(generation++);
    const auto give = [this](const BundlePtr& bundle) {
      source.give(bundle);
      files.touch(source.path());
    };
    const std::size_t removed = doge.count("remove");
    world.time.after(minutes(1), [&] { give(next); });
    std::size_t calls = 0;
    world.time.after(hours(3), [&] {
      EXPECT_TRUE(serves(next));
      calls = doge.changing_calls();
      ops.taken.clear();
      world.time.jump(by);
    });
    world.time.after(hours(4), [&] { give(last); });
    world.time.after(hours(20), [&] {
      EXPECT_TRUE(serves(next)) << "what is served stays served";
      EXPECT_EQ(doge.changing_calls(), calls) << "nothing is sent, and nothing deleted";
      EXPECT_EQ(told_of(NoticeTopic::kFailure), 1U) << told();
      EXPECT_THAT(told(), HasSubstr("this machine's clock says"));
      world.time.jump(-by);
    });
    serve_for(hours(23));
    EXPECT_TRUE(serves(last));
    EXPECT_EQ(told_of(NoticeTopic::kRecovery), 1U) << told();
    EXPECT_EQ(doge.count("remove"), removed) << "the grace of the one before is not over";
    serve_for(hours(25));
    EXPECT_EQ(doge.count("remove"), removed + 2);
    EXPECT_TRUE(serves(last));
  }
}

TEST_F(ClockTroubleTest, AClockThatIsSetAMonthForwardInTheMiddleOfARun) {
  const std::pair<Stage, Status> moments[] = {{Stage::kUpload, Status::kStarted},
                                              {Stage::kUpload, Status::kDone},
                                              {Stage::kBind, Status::kStarted},
                                              {Stage::kBind, Status::kDone}};
  int generation = 2;
  for (const auto& [stage, status] : moments) {
    for (const milliseconds for_so_long : {milliseconds(seconds(20)), milliseconds(hours(2))}) {
      SCOPED_TRACE(std::to_string(generation));
      BundlePtr next = issue(generation++);
      bool was_set = false;
      world.sink.hook = [&](const Event& event) {
        if (event.stage != stage || event.status != status || std::exchange(was_set, true)) return;
        world.time.jump(days(30));
        world.time.after(for_so_long, [this] { world.time.jump(-days(30)); });
      };
      source.give(next);
      files.touch(source.path());
      serve_for(hours(4));
      world.sink.hook = nullptr;
      EXPECT_TRUE(was_set);
      EXPECT_TRUE(serves(next)) << told();
      ops.taken.clear();
    }
  }
}

TEST_F(LongTroubleTest, AChannelThatTakesNothingForADay) {
  ops.failure = Error(ErrorKind::kUnavailable, "answered with HTTP 500");
  world.time.after(minutes(1), [this] { renew(); });
  serve_for(hours(23));
  EXPECT_TRUE(serves(second)) << "who is not told stops nothing";
  EXPECT_THAT(ops.taken, IsEmpty());
  EXPECT_LE(ops.tries, 2U * 30U);
  ops.failure.reset();
  serve_for(hours(2));
  EXPECT_THAT(ops.taken, SizeIs(1)) << told();
}

}  // namespace
}  // namespace certferry::testing
