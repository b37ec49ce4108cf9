#include "policy/health.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

HealthFacts well() {
  return {.accounts = {{.name = "doge", .since_end = minutes(59), .allowed = hours(2)},
                       {.name = "other", .since_end = hours(2), .allowed = hours(2)}}};
}

TEST(HealthTest, NothingIsWrongWhileEveryRunEndsInTime) {
  EXPECT_TRUE(health_causes(well()).empty());
}

TEST(HealthTest, ARunThatDoesNotEndIsOverdue) {
  HealthFacts facts = well();
  facts.accounts[1].since_end += milliseconds(1);
  const auto causes = health_causes(facts);
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].code, "run.overdue");
  EXPECT_EQ(causes[0].account, "other");
}

TEST(HealthTest, EachCauseIsNamed) {
  HealthFacts facts = well();
  facts.state_trouble = "state.io";
  facts.accounts[0].trouble = "unavailable";
  const auto causes = health_causes(facts);
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_EQ(causes[0].code, "state.unwritable");
  EXPECT_EQ(causes[0].text, "the state cannot be written: state.io");
  EXPECT_EQ(causes[1].code, "run.blind");
  EXPECT_EQ(causes[1].account, "doge");
}

TEST(HealthTest, ARunMayMissOneLookAndWaitForItsEdges) {
  EXPECT_EQ(run_allowance(hours(1), minutes(30)), hours(2) + minutes(12) + minutes(30));
}

}  // namespace
}  // namespace certferry
