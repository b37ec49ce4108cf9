#include "engine/pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

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

class PaceTest : public ::testing::Test {
 protected:
  VirtualTime time;
  SlowClient wire{time};
  StoppedSleeper sleeper{time};
  PacedHttpClient::Counts counts;

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
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < calls; ++i) {
      tasks.push_back(send_one(&paced, {.changes_state = i == 0}));
    }
    co_await run_all(std::move(tasks));
    test->counts = paced.counts();
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

TEST_F(PaceTest, TooManyStopsEveryCallForItsRetryAfter) {
  struct Row {
    const char* words;
    Limits limits;
    std::string retry_after;
    std::vector<std::int64_t> begins;
  };
  const Limits steady{.calls_per_second = 2, .burst = 1, .max_in_flight = 1};
  const Limits burst{.calls_per_second = 1, .burst = 10, .max_in_flight = 1};
  const Limits wide{.calls_per_second = 2, .burst = 1, .max_in_flight = 3};
  const std::vector<Row> rows = {
      {"a steady pace", steady, "5", {0, 5000, 5500}},
      {"a burst that is left is not spent", burst, "5", {0, 5000, 6000}},
      {"those that had their turn already wait too", wide, "5", {0, 5000, 5500}},
      {"no header", steady, "", {0, 1000, 1500}},
      {"a date", steady, "Thu, 15 Jan 2026 08:31:00 GMT", {0, 1000, 1500}},
      {"nothing", steady, "0", {0, 1000, 1500}},
      {"a day", steady, "86400", {0, 60000, 60500}},
      {"beyond all numbers", steady, "99999999999999999999", {0, 1000, 1500}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.words);
    time = VirtualTime();
    wire.began.clear();
    wire.responses = {too_many(row.retry_after)};
    EXPECT_EQ(begins(row.limits, 3), row.begins);
    EXPECT_EQ(counts.throttled, 1U);
  }
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

}  // namespace
}  // namespace certferry::testing
