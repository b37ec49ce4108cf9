#include "base/planted.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(PlantedTest, NoOrdinaryProgramCanBeGivenABug) {
  EXPECT_FALSE(plants_linked());
  plant_bug("gate_ended");
  EXPECT_FALSE(planted("gate_ended"));
}

}  // namespace
}  // namespace certferry
