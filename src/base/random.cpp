#include "base/clock.h"

namespace certferry {

std::string random_id(Random& random) {
  std::uint64_t value = random.next();
  std::string out(16, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value >>= 4) {
    *digit = "0123456789abcdef"[value & 15];
  }
  return out;
}

}  // namespace certferry
