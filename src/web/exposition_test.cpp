#include "web/exposition.h"

#include <gtest/gtest.h>

namespace certferry::web {
namespace {

constexpr Family kTargets{"certferry_targets", Family::Type::kGauge, "Targets by state."};
constexpr Family kTook{"certferry_took_seconds", Family::Type::kHistogram, "How long it took."};

TEST(ExpositionTest, WritesFamiliesAndSamples) {
  Exposition out;
  out.begin(kTargets);
  out.sample({}, 3);
  out.sample({{"account", "doge"}, {"state", "held"}}, 2);
  out.sample({{"account", "doge"}}, Time(milliseconds(1'790'000'000'250)));
  out.begin(kTook);
  out.sample({{"le", "+Inf"}}, 0.5, "_bucket");
  EXPECT_EQ(out.take(),
            "# HELP certferry_targets Targets by state.\n"
            "# TYPE certferry_targets gauge\n"
            "certferry_targets 3\n"
            "certferry_targets{account=\"doge\",state=\"held\"} 2\n"
            "certferry_targets{account=\"doge\"} 1790000000.25\n"
            "# HELP certferry_took_seconds How long it took.\n"
            "# TYPE certferry_took_seconds histogram\n"
            "certferry_took_seconds_bucket{le=\"+Inf\"} 0.5\n");
}

TEST(ExpositionTest, NoNameLeavesItsQuotes) {
  Exposition out;
  out.begin(kTargets);
  out.sample({{"account",
               "a\"b\\c\nd\xff"
               "e"}},
             1);
  EXPECT_TRUE(out.take().ends_with("{account=\"a\\\"b\\\\c?d?e\"} 1\n"));
}

}  // namespace
}  // namespace certferry::web
