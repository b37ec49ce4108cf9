#include "policy/edge.h"

#include <gtest/gtest.h>

#include "policy/testing.h"

namespace certferry::testing {
namespace {

TEST(EdgeTest, TellsWhatIsBoundByWhatIsServedWhereTheStoreDoesNot) {
  TargetFacts facts = renewal_but({edge_serves_ours(), edge_serves_ours()});
  const Certificate ours = facts.bundle->leaf;
  EXPECT_EQ(bound_as_served(facts), std::nullopt) << "it is valid at other times";
  facts.bound->not_before = ours.not_before;
  facts.bound->not_after = ours.not_after;
  EXPECT_EQ(bound_as_served(facts), kOurs);
  facts.bound->not_before -= seconds(1);
  EXPECT_EQ(bound_as_served(facts), std::nullopt);
}

TEST(EdgeTest, AnAddressThatShowsAnotherOrNothingLeavesItOpen) {
  for (const Change& change : {edge_serves_another(days(20)), edge_unreachable()}) {
    TargetFacts facts = renewal_but({edge_serves_ours(), change});
    facts.bound->not_before = facts.bundle->leaf.not_before;
    facts.bound->not_after = facts.bundle->leaf.not_after;
    EXPECT_EQ(bound_as_served(facts), std::nullopt) << change.words;
  }
  EXPECT_EQ(bound_as_served(renewal()), std::nullopt) << "nobody looked";
}

}  // namespace
}  // namespace certferry::testing
