#include "sim/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace certferry::sim {
namespace {

using testing::HasSubstr;

TEST(CampaignTest, RunsOneSeedOfAHundredTwice) {
  std::size_t runs = 0;
  const CampaignOptions options{.run = [&](std::uint64_t seed) {
    ++runs;
    return SeedResult{.seed = seed, .hash = seed};
  }};
  std::size_t twice = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Repeated repeated = run_seed(options, seed);
    EXPECT_FALSE(repeated.result.violation.has_value());
    if (repeated.twice) ++twice;
  }
  EXPECT_EQ(twice, 3U);
  EXPECT_EQ(runs, 303U);
}

TEST(CampaignTest, ASeedThatGoesTwoWaysIsAFailureThatSaysSo) {
  std::uint64_t runs = 0;
  const CampaignOptions options{.run = [&](std::uint64_t seed) {
    return SeedResult{.seed = seed, .hash = ++runs, .events = 5};
  }};
  const Repeated repeated = run_seed(options, 100);
  ASSERT_TRUE(repeated.result.violation.has_value());
  EXPECT_EQ(repeated.result.violation->rule, "repeatable");
  EXPECT_THAT(repeated.result.violation->sentence,
              HasSubstr("trace 0000000000000001 of 5 events, then 0000000000000002 of 5"));
  EXPECT_FALSE(run_seed(options, 101).result.violation.has_value());
}

TEST(CampaignTest, AddsUpWhatItsChildrenReport) {
  const CampaignOptions options{
      .first_seed = 1, .seeds = 20, .jobs = 2, .one_twice_in = 5, .run = [](std::uint64_t seed) {
        SeedResult result{.seed = seed, .events = 3, .runs = 2};
        if (seed == 7) result.violation = Violation{.rule = "S1 gate", .sentence = "no"};
        return result;
      }};
  const CampaignTotals totals = run_campaign(options, [](const CampaignTotals&) {});
  EXPECT_EQ(totals.seeds, 20U);
  EXPECT_EQ(totals.twice, 4U);
  EXPECT_EQ(totals.events, 60U);
  ASSERT_EQ(totals.failures.size(), 1U);
  EXPECT_EQ(totals.failures.front().seed, 7U);
}

TEST(CampaignTest, AChildThatDoesNotComeToTheEndOfItsShareIsAFailure) {
  const CampaignOptions options{.seeds = 20, .jobs = 2, .run = [](std::uint64_t seed) {
                                  if (seed == 6) _exit(0);
                                  return SeedResult{.seed = seed};
                                }};
  const CampaignTotals totals = run_campaign(options, [](const CampaignTotals&) {});
  EXPECT_EQ(totals.seeds, 12U);  // those of the other, and two of its own
  ASSERT_EQ(totals.failures.size(), 1U);
  EXPECT_EQ(totals.failures.front().seed, 6U);
  EXPECT_EQ(totals.failures.front().violation.rule, "crash");
}

TEST(CampaignTest, APlantIsFoundByItsOwnRuleOnly) {
  const CampaignOptions options{
      .seeds = 9, .only_rule = "S2 in use", .run = [](std::uint64_t seed) {
        SeedResult result{.seed = seed};
        const std::string rule = seed == 8 ? "S2 in use" : "S1 gate";
        result.violation = Violation{.rule = rule, .sentence = "no"};
        return result;
      }};
  const CampaignTotals totals = run_campaign(options, [](const CampaignTotals&) {});
  ASSERT_EQ(totals.failures.size(), 1U);
  EXPECT_EQ(totals.failures.front().seed, 8U);
}

}  // namespace
}  // namespace certferry::sim
