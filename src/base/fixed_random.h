// For tests: chance that always falls the same way.
#pragma once

#include "base/clock.h"

namespace certferry::testing {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t value) : value_(value) {}
  std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

}  // namespace certferry::testing
