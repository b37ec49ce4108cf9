#include "engine/pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "engine/testing/virtual_time.h"

namespace certferry::testing {
namespace {

using ::testing::ElementsAre;

/// Notes when each call began and how many were under way at once.
class SlowClient final : public HttpClient {
 public:
  explicit SlowClient(VirtualTime& time) : time_(time) {}

  milliseconds takes{};
  std::deque<HttpResponse> responses;  ///< 200 when empty
  std::vector<milliseconds> began;
  std::size_t most_at_once = 0;
  bool fails = false;

  Task<HttpResponse> send(HttpRequest /*request*/) override {
    began.push_back(time_.now() - kStart);
    most_at_once = std::max(most_at_once, ++at_once_);
    HttpResponse response{.status = 200};
    if (!responses.empty()) {
      response = responses.front();
      responses.pop_front();
    }
    co_await time_.sleep(takes);
    --at_once_;
    if (fails) throw Error(ErrorKind::kUnavailable, "refused");
    co_return response;
  }

 private:
  VirtualTime& time_;
  std::size_t at_once_ = 0;
};

/// A process that is stopped while it waits for its turn, and goes on so much later.
class StoppedSleeper final : public Sleeper {
 public:
  explicit StoppedSleeper(VirtualTime& time) : time_(time) {}

  milliseconds stopped{};

  Task<void> sleep(milliseconds duration) override { co_await time_.sleep(duration + stopped); }

 private:
  VirtualTime& time_;
};

/// Counts calls where they arrive, each after a latency of its own, and refuses what is too much.
class StrictVendor final : public HttpClient {
 public:
  StrictVendor(VirtualTime& time, double calls_per_second, double burst)
      : time_(time), calls_per_second_(calls_per_second), burst_(burst), tokens_(burst) {}

  std::size_t refused = 0;

  Task<HttpResponse> send(HttpRequest /*request*/) override {
    co_await time_.sleep(milliseconds(10 + static_cast<int>(random_() % 190)));
    const std::chrono::duration<double> passed = time_.steady_now() - counted_at_;
    counted_at_ = time_.steady_now();
    tokens_ = std::min(burst_, tokens_ + passed.count() * calls_per_second_);
    const bool takes = tokens_ >= 1;
    if (takes) tokens_ -= 1;
    refused += takes ? 0 : 1;
    co_await time_.sleep(milliseconds(10));
    co_return HttpResponse{.status = takes ? 200 : 429};
  }

 private:
  VirtualTime& time_;
  double calls_per_second_;
  double burst_;
  double tokens_;
  SteadyTime counted_at_{};
  std::minstd_rand random_{7};
};

class PaceTest : public ::testing::Test {
 protected:
  VirtualTime time;
  SlowClient wire{time};
  StoppedSleeper sleeper{time};
  PacedHttpClient::Counts counts;
  std::function<void(PacedHttpClient&)> before = [](PacedHttpClient&) {};

  static Task<void> send_one(HttpClient* client, HttpRequest request) {
    try {
      co_await client->send(std::move(request));
    } catch (const Error&) {
      co_return;  // what a failing call does to the pace is what the test looks at
    }
  }

  static Task<bool> send_all(PaceTest* test, Limits limits, std::size_t calls) {
    const auto executor = co_await asio::this_coro::executor;
    PacedHttpClient paced(test->wire, test->time, test->sleeper, executor, limits);
    test->before(paced);
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < calls; ++i) {
      tasks.push_back(send_one(&paced, {.changes_state = i == 0}));
    }
    co_await run_all(std::move(tasks));
    test->counts = paced.counts();
    co_return true;
  }

  static Task<bool> send_to(PaceTest* test, HttpClient* client, Limits limits, std::size_t calls) {
    const auto executor = co_await asio::this_coro::executor;
    PacedHttpClient paced(*client, test->time, test->sleeper, executor, limits);
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < calls; ++i) tasks.push_back(send_one(&paced, {}));
    co_await run_all(std::move(tasks));
    co_return true;
  }

  /// The code of the error that the second of two calls ends with.
  static Task<std::string> send_second(PaceTest* test, Limits limits, bool changes) {
    const auto executor = co_await asio::this_coro::executor;
    PacedHttpClient paced(test->wire, test->time, test->sleeper, executor, limits);
    co_await paced.send({});
    HttpRequest request{.changes_state = changes};
    try {
      co_await paced.send(std::move(request));
    } catch (const Error& error) {
      co_return error.code;
    }
    co_return "";
  }

  static Task<bool> send_when_closed(PaceTest* test, bool changes) {
    const auto executor = co_await asio::this_coro::executor;
    PacedHttpClient paced(test->wire, test->time, test->sleeper, executor, {});
    paced.close();
    HttpRequest request{.changes_state = changes};
    co_await send_one(&paced, std::move(request));
    co_return true;
  }

  /// One call leaves; while the second waits for its turn the vendor asks for an hour.
  static Task<std::string> send_while_turned_away(PaceTest* test, milliseconds later) {
    const auto executor = co_await asio::this_coro::executor;
    PacedHttpClient paced(
        test->wire, test->time, test->sleeper, executor, {.calls_per_second = 0.1, .burst = 1});
    co_await paced.send({});
    const Error why = Error(ErrorKind::kThrottled, "asked for none").with_code("closed");
    test->time.after(seconds(5), [&] { paced.turn_away(why, hours(1)); });
    co_await test->time.sleep(later);
    try {
      co_await paced.send({});
    } catch (const Error& error) {
      co_return error.code;
    }
    co_return "";
  }

  static Task<bool> count_under_way(PaceTest* test, std::vector<std::size_t>* seen) {
    const auto executor = co_await asio::this_coro::executor;
    PacedHttpClient paced(test->wire, test->time, test->sleeper, executor, {});
    test->time.after(milliseconds(500), [&] { seen->push_back(paced.changing_under_way()); });
    HttpRequest request{.changes_state = true};
    co_await send_one(&paced, std::move(request));
    seen->push_back(paced.changing_under_way());
    co_return true;
  }

  /// Sends so many calls at once; returns the milliseconds at which they began.
  std::vector<std::int64_t> begins(Limits limits, std::size_t calls) {
    time.run(send_all(this, limits, calls));
    std::vector<std::int64_t> all;
    for (const milliseconds at : wire.began) all.push_back(at.count());
    return all;
  }

  static HttpResponse too_many(const std::string& retry_after) {
    HttpResponse response{.status = 429};
    if (!retry_after.empty()) response.headers = {{"retry-after", retry_after}};
    return response;
  }
};

TEST_F(PaceTest, SendsABurstThenKeepsToTheRate) {
  const Limits limits{.calls_per_second = 2, .burst = 3, .max_in_flight = 10};
  EXPECT_THAT(begins(limits, 6), ElementsAre(0, 0, 0, 500, 1000, 1500));
  EXPECT_EQ(counts.calls, 6U);
  EXPECT_EQ(counts.changing, 1U);
  EXPECT_EQ(counts.throttled, 0U);
}

TEST_F(PaceTest, NeverHasMoreInFlightThanAllowed) {
  wire.takes = milliseconds(300);
  const Limits limits{.calls_per_second = 1000, .burst = 1000, .max_in_flight = 2};
  EXPECT_THAT(begins(limits, 5), ElementsAre(0, 0, 300, 300, 600));
  EXPECT_EQ(wire.most_at_once, 2U);
}

TEST_F(PaceTest, FailedCallGivesItsPlaceBack) {
  wire.fails = true;
  const Limits limits{.calls_per_second = 1000, .burst = 1000, .max_in_flight = 1};
  EXPECT_EQ(begins(limits, 3).size(), 3U);
}

TEST_F(PaceTest, TooManyStopsEveryCallForASecond) {
  const Limits steady{.calls_per_second = 2, .burst = 1, .max_in_flight = 1};
  wire.responses = {too_many("")};
  EXPECT_THAT(begins(steady, 3), ElementsAre(0, 1000, 1500));
  EXPECT_EQ(counts.throttled, 1U);
}

TEST_F(PaceTest, APauseStopsEveryCall) {
  struct Row {
    const char* words;
    Limits limits;
    std::vector<std::int64_t> begins;
  };
  const std::vector<Row> rows = {
      {"a steady pace",
       {.calls_per_second = 2, .burst = 1, .max_in_flight = 1},
       {5000, 5500, 6000}},
      {"a burst that is left is not spent",
       {.calls_per_second = 1, .burst = 10, .max_in_flight = 1},
       {5000, 6000, 7000}},
      {"those that wait for their turn wait on",
       {.calls_per_second = 2, .burst = 1, .max_in_flight = 3},
       {5000, 5500, 6000}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.words);
    time = VirtualTime();
    wire.began.clear();
    before = [](PacedHttpClient& paced) { paced.pause(seconds(5)); };
    EXPECT_EQ(begins(row.limits, 3), row.begins);
  }
}

TEST_F(PaceTest, ABucketThatAnotherProcessEmptiedIsNotFullOnceMore) {
  const Limits limits{.calls_per_second = 1, .burst = 10, .max_in_flight = 10};
  before = [](PacedHttpClient& paced) { paced.was_used(seconds(2)); };
  EXPECT_THAT(begins(limits, 4), ElementsAre(0, 0, 1000, 2000));
  time = VirtualTime();
  wire.began.clear();
  before = [](PacedHttpClient& paced) { paced.was_used(hours(2)); };
  EXPECT_THAT(begins(limits, 4), ElementsAre(0, 0, 0, 0));
}

TEST_F(PaceTest, SendsNoChangeThatWasDecidedBeforeTheProcessStoodStill) {
  const Limits limits{.calls_per_second = 0.01, .burst = 1, .max_in_flight = 2};
  const auto second = [&](bool changes, milliseconds stopped) {
    time = VirtualTime();
    wire.began.clear();
    sleeper.stopped = stopped;
    return *time.run(send_second(this, limits, changes));
  };
  // A slow pace alone makes nothing late.
  EXPECT_EQ(second(true, seconds(59)), "");
  EXPECT_EQ(wire.began.size(), 2U);
  EXPECT_EQ(second(true, seconds(61)), "pace.late");
  EXPECT_EQ(wire.began.size(), 1U);
  EXPECT_EQ(second(false, hours(1)), "");
  EXPECT_EQ(wire.began.size(), 2U);
}

TEST_F(PaceTest, SendsNoChangeOnceItIsClosed) {
  constexpr std::size_t kDaysOfHours = 100;
  EXPECT_FALSE(time.run(send_when_closed(this, true), kDaysOfHours))
      << "it waits for its loop's end";
  EXPECT_TRUE(wire.began.empty());
  EXPECT_TRUE(time.run(send_when_closed(this, false), kDaysOfHours));
  EXPECT_EQ(wire.began.size(), 1U);
}

// Found by the simulator: what waited for its turn was sent half a minute after it.
TEST_F(PaceTest, TurnsAwayWhoeverWaitsWhenAVendorAsksForPatience) {
  EXPECT_EQ(time.run(send_while_turned_away(this, {})), "closed");
  EXPECT_EQ(time.run(send_while_turned_away(this, minutes(59))), "closed");
  EXPECT_EQ(wire.began.size(), 2U);
  EXPECT_EQ(time.run(send_while_turned_away(this, minutes(61))), "");
  EXPECT_EQ(wire.began.size(), 4U);
}

TEST_F(PaceTest, KnowsWhichChangesAreUnderWayHoweverTheyEnd) {
  wire.takes = seconds(1);
  for (const bool fails : {false, true}) {
    wire.fails = fails;
    std::vector<std::size_t> seen;
    time.run(count_under_way(this, &seen));
    EXPECT_THAT(seen, ElementsAre(1, 0)) << fails;
  }
}

// A vendor that lets R calls a second through has a bucket of at least a second, for calls that
// leave at equal distances do not arrive so.
TEST_F(PaceTest, KeepsNearTheVendorsRateWithoutEverBeingRefused) {
  for (const double rate : {0.5, 2.0, 20.0, 200.0}) {
    StrictVendor vendor(time, rate, std::max(3.0, rate));
    constexpr std::size_t kCalls = 2000;
    const SteadyTime began = time.steady_now();
    const Limits limits{.calls_per_second = rate, .burst = 2, .max_in_flight = 64};
    ASSERT_TRUE(time.run(send_to(this, &vendor, limits, kCalls)));
    const std::chrono::duration<double> took = time.steady_now() - began;
    EXPECT_EQ(vendor.refused, 0U) << rate;
    EXPECT_GE(static_cast<double>(kCalls) / took.count(), 0.95 * rate);
  }
}

// With one call at a time that holds only while a call is quicker than the vendor's limit.
TEST_F(PaceTest, KeepsNearTheVendorsRateWithOneCallAtATime) {
  const Limits limits{.calls_per_second = 2, .burst = 2, .max_in_flight = 1};
  StrictVendor vendor(time, limits.calls_per_second, 3.0);
  constexpr std::size_t kCalls = 1000;
  const SteadyTime began = time.steady_now();
  ASSERT_TRUE(time.run(send_to(this, &vendor, limits, kCalls)));
  const std::chrono::duration<double> took = time.steady_now() - began;
  EXPECT_EQ(vendor.refused, 0U);
  EXPECT_GE(static_cast<double>(kCalls) / took.count(), 0.95 * limits.calls_per_second);
}

}  // namespace
}  // namespace certferry::testing
