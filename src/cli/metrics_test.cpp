#include "cli/metrics.h"

#include <gmock/gmock.h>

namespace certferry::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class StandingClock final : public Clock {
 public:
  Time now() const override { return *parse_time("2026-01-15T08:30:00Z"); }
  SteadyTime steady_now() const override { return {}; }
};

/// An account with so many confirmed targets of one certificate, as a state remembers them.
struct Remembered {
  StandingClock clock;
  Fleet fleet;
  Vitals vitals;

  explicit Remembered(int targets) : fleet(one_job()), vitals(clock, fleet) {
    std::vector<TargetRecord> records;
    for (int i = 0; i < targets; ++i) {
      records.push_back({.id = {"doge", "cdn", "cdn-" + std::to_string(i) + ".example.com"},
                         .certificate = "example.com",
                         .confirmed_fingerprint = "f1",
                         .outcome = "confirmed"});
    }
    vitals.recall(fleet,
                  records,
                  {{.account = "doge",
                    .fingerprint = "f1",
                    .not_after = *parse_time("2026-04-01T00:00:00Z")}});
  }

  static Fleet one_job() {
    Fleet fleet;
    fleet.accounts.push_back({.name = "doge"});
    fleet.jobs.push_back({.certificate = "example.com", .to = {{.account = "doge"}}});
    return fleet;
  }
  MetricFacts facts() const { return {.started = clock.now(), .vitals = vitals}; }
};

TEST(MetricsTest, TellsOfEachTarget) {
  const Remembered one(1);
  const std::string text = metrics_text(one.facts());
  const std::string labels =
      R"({account="doge",product="cdn",target="cdn-0.example.com",certificate="example.com"})";
  EXPECT_THAT(text, HasSubstr("\ncertferry_target_confirmed" + labels + " 1\n"));
  EXPECT_THAT(
      text, HasSubstr("\ncertferry_target_not_after_timestamp_seconds" + labels + " 1775001600\n"));
  EXPECT_THAT(text, HasSubstr("\ncertferry_targets{account=\"doge\",state=\"confirmed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\ncertferry_targets{account=\"doge\",state=\"parked\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_start_time_seconds 1768465800\n"));
  EXPECT_THAT(text, Not(HasSubstr("behind_since_timestamp_seconds{")));
}

TEST(MetricsTest, WhatIsNotKnownHasNoSample) {
  const Remembered none(0);
  MetricFacts facts = none.facts();
  EXPECT_THAT(metrics_text(facts), Not(HasSubstr("\ncertferry_journal_open_calls ")));
  EXPECT_THAT(metrics_text(facts), Not(HasSubstr("\ncertferry_run_last_succeeded{")));
  facts.open_calls = 0;
  facts.state_writable = false;
  EXPECT_THAT(metrics_text(facts), HasSubstr("\ncertferry_journal_open_calls 0\n"));
  EXPECT_THAT(metrics_text(facts), HasSubstr("\ncertferry_state_writable 0\n"));
}

// A scrape stops the loop while it is written, and all of it is in memory.
TEST(MetricsTest, TenThousandTargetsTakeLittleTimeAndFewMegabytes) {
  const Remembered many(10'000);
  const auto begun = std::chrono::steady_clock::now();
  const std::string text = metrics_text(many.facts());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(5));
  EXPECT_LT(text.size(), 6'000'000U);
}

}  // namespace
}  // namespace certferry::cli
