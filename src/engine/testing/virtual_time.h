// Virtual time as the engine's tests use it.
#pragma once

#include <boost/asio/use_awaitable.hpp>

#include "virtual_time/virtual_time.h"

namespace certferry::testing {

namespace asio = boost::asio;

inline constexpr Time kStart = kVirtualStart;

/// Always another number.
class CountingRandom final : public Random {
 public:
  std::uint64_t next() override { return next_ += 0x9e3779b97f4a7c15ULL; }

 private:
  std::uint64_t next_ = 0;
};

}  // namespace certferry::testing
