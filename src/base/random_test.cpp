#include <gtest/gtest.h>

#include "base/fixed_random.h"

namespace certferry {
namespace {

using testing::FixedRandom;

TEST(RandomTest, SpellsAnIdInSixteenDigits) {
  struct Row {
    std::uint64_t value;
    std::string id;
  };
  const Row rows[] = {{0, "0000000000000000"},
                      {0x1f, "000000000000001f"},
                      {0x0123456789abcdef, "0123456789abcdef"},
                      {~std::uint64_t{0}, "ffffffffffffffff"}};
  for (const Row& row : rows) {
    FixedRandom random(row.value);
    EXPECT_EQ(random_id(random), row.id);
  }
}

}  // namespace
}  // namespace certferry
