#include "policy/retry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/fixed_random.h"

namespace certferry {
namespace {

using namespace std::chrono_literals;
using testing::FixedRandom;

std::optional<milliseconds> wait_after(unsigned failures,
                                       const Error& error,
                                       const RetryLimits& limits = {},
                                       std::uint64_t chance = 0) {
  FixedRandom random(chance);
  return wait_before_retry(error, failures, limits, random);
}

Error throttled(std::optional<milliseconds> retry_after = std::nullopt) {
  return Error(ErrorKind::kThrottled, "slow down").with_retry_after(retry_after);
}

TEST(RetryTest, HasARemedyForEveryKind) {
  struct Row {
    ErrorKind kind;
    Remedy remedy;
  };
  const Row rows[] = {
      {ErrorKind::kInvalidInput, Remedy::kGiveUp},
      {ErrorKind::kUnauthorized, Remedy::kGiveUp},
      {ErrorKind::kNotFound, Remedy::kGiveUp},
      {ErrorKind::kConflict, Remedy::kGiveUp},
      {ErrorKind::kInUse, Remedy::kGiveUp},
      {ErrorKind::kQuota, Remedy::kGiveUp},
      {ErrorKind::kThrottled, Remedy::kRepeat},
      {ErrorKind::kUnavailable, Remedy::kRepeat},
      {ErrorKind::kTimedOut, Remedy::kRepeat},
      {ErrorKind::kMaybeApplied, Remedy::kReadFirst},  // never repeated blindly
      {ErrorKind::kRejected, Remedy::kGiveUp},
      {ErrorKind::kUnsupported, Remedy::kGiveUp},
      {ErrorKind::kCancelled, Remedy::kGiveUp},
      {ErrorKind::kInternal, Remedy::kGiveUp},
  };
  static_assert(std::size(rows) == static_cast<std::size_t>(ErrorKind::kInternal) + 1);
  for (const Row& row : rows) {
    EXPECT_EQ(remedy(row.kind), row.remedy) << to_string(row.kind);
    EXPECT_EQ(wait_after(1, Error(row.kind, "")).has_value(), row.remedy != Remedy::kGiveUp)
        << to_string(row.kind);
  }
}

TEST(RetryTest, DoublesTheWaitUpToTheLongest) {
  struct Row {
    unsigned failures;
    milliseconds wait;
  };
  const RetryLimits limits{.attempts = 1000, .first_wait = 1s, .longest_wait = 30s};
  for (const Row& row :
       {Row{1, 1s}, Row{2, 2s}, Row{3, 4s}, Row{5, 16s}, Row{6, 30s}, Row{7, 30s}, Row{999, 30s}}) {
    EXPECT_EQ(wait_after(row.failures, throttled(), limits), row.wait) << row.failures;
  }
}

TEST(RetryTest, NeverWaitsLongerThanTheLongestForTheFirst) {
  EXPECT_EQ(wait_after(1, throttled(), {.first_wait = 60s, .longest_wait = 30s}), 30s);
}

TEST(RetryTest, AddsUpToHalfOfTheWaitByChance) {
  struct Row {
    std::uint64_t chance;
    milliseconds wait;
  };
  for (const Row& row :
       {Row{0, 1000ms}, Row{1, 1001ms}, Row{500, 1500ms}, Row{501, 1000ms}, Row{1002, 1000ms}}) {
    EXPECT_EQ(wait_after(1, throttled(), {}, row.chance), row.wait) << row.chance;
  }
}

TEST(RetryTest, EndsAfterTheLastAttempt) {
  const RetryLimits limits{.attempts = 4};
  EXPECT_TRUE(wait_after(1, throttled(), limits).has_value());
  EXPECT_TRUE(wait_after(3, throttled(), limits).has_value());
  EXPECT_FALSE(wait_after(4, throttled(), limits).has_value());
  EXPECT_FALSE(wait_after(5, throttled(), limits).has_value());
  EXPECT_FALSE(wait_after(1, throttled(), {.attempts = 1}).has_value());
}

TEST(RetryTest, HonoursRetryAfterWhenItIsLonger) {
  struct Row {
    milliseconds retry_after;
    std::optional<milliseconds> wait;
  };
  const Row rows[] = {
      {0s, 1s},
      {-5s, 1s},
      {500ms, 1s},
      {7s, 7s},
      {30s, 30s},
      {30s + 1ms, std::nullopt},  // longer than this run sits out
      {std::chrono::hours(24 * 36500), std::nullopt},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(wait_after(1, throttled(row.retry_after)), row.wait)
        << format_duration(row.retry_after);
  }
}

TEST(RetryTest, RetryAfterDoesNotMendWhatAPersonMust) {
  const Error refused =
      Error(ErrorKind::kUnauthorized, "who are you").with_retry_after(milliseconds(5));
  EXPECT_EQ(wait_after(1, refused), std::nullopt);
}

RC_GTEST_PROP(RetryProperties,
              StaysBetweenTheWaitAndHalfOfItMore,
              (std::uint64_t chance, unsigned failures)) {
  const RetryLimits limits{
      .attempts = ~0U,
      .first_wait = milliseconds(*rc::gen::inRange(0, 5'000)),
      .longest_wait = milliseconds(*rc::gen::inRange(0, 100'000)),
  };
  const auto bare = wait_after(failures, throttled(), limits);
  const auto wait = wait_after(failures, throttled(), limits, chance);
  RC_PRE(failures < limits.attempts);
  RC_ASSERT(*wait >= *bare);
  RC_ASSERT(*wait <= *bare + *bare / 2);
  RC_ASSERT(*bare <= limits.longest_wait);
}

}  // namespace
}  // namespace certferry
