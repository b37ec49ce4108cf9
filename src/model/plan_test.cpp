#include "model/plan.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(PlanTest, SaysWhetherItChangesSomethingAndWhetherItIsBlocked) {
  struct Row {
    std::vector<StepKind> steps;
    bool changes, blocked;
  };
  const Row rows[] = {
      {{}, false, false},
      {{StepKind::kConfirm}, false, false},
      {{StepKind::kUpload, StepKind::kBind, StepKind::kConfirm}, true, false},
      {{StepKind::kUpload}, true, false},
      {{StepKind::kBind, StepKind::kConfirm}, true, false},
      {{StepKind::kHold}, false, true},
      {{StepKind::kPark}, false, true},
  };
  for (const Row& row : rows) {
    Plan plan;
    for (const StepKind kind : row.steps) plan.steps.push_back({.kind = kind});
    EXPECT_EQ(plan.changes_something(), row.changes);
    EXPECT_EQ(plan.blocked(), row.blocked);
    for (const StepKind kind : row.steps) EXPECT_TRUE(plan.has(kind));
    EXPECT_FALSE(plan.has(StepKind::kRetire));
  }
}

TEST(PlanTest, NamesItsSteps) {
  EXPECT_EQ(to_string(StepKind::kUpload), "upload");
  EXPECT_EQ(to_string(StepKind::kBind), "bind");
  EXPECT_EQ(to_string(StepKind::kConfirm), "confirm");
  EXPECT_EQ(to_string(StepKind::kRetire), "retire");
  EXPECT_EQ(to_string(StepKind::kHold), "hold");
  EXPECT_EQ(to_string(StepKind::kPark), "park");
}

}  // namespace
}  // namespace certferry
