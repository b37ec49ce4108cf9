#include <gtest/gtest.h>

#include "base/clock.h"

namespace certferry {
namespace {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t value) : value_(value) {}
  std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

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
