#include "providers/common/together.h"

#include <gtest/gtest.h>

#include <vector>

namespace certferry {
namespace {

using Each = std::vector<std::optional<std::string>>;

TEST(TogetherTest, IsTheIdThatAllPlacesHave) {
  EXPECT_EQ(together(Each{}), std::nullopt);
  EXPECT_EQ(together(Each{std::nullopt, std::nullopt}), std::nullopt);
  EXPECT_EQ(together(Each{"c1", "c1"}), "c1");
}

TEST(TogetherTest, IsNoIdWherePlacesDiffer) {
  EXPECT_EQ(together(Each{"c2", "c1", "c2"}), "c1 and c2");
  EXPECT_EQ(together(Each{"c2", std::nullopt}), "c2 and none");
}

}  // namespace
}  // namespace certferry
