#include "sim/coverage.h"

namespace certferry::sim {

std::string_view to_string(Step step) {
  constexpr std::array<std::string_view, kSteps> kNames = {
      "observe", "upload", "bind", "confirm", "clean up", "persist"};
  return kNames[static_cast<std::size_t>(step)];
}

void Coverage::add(const Coverage& other) {
  for (std::size_t hazard = 0; hazard < kHazards; ++hazard) {
    for (std::size_t step = 0; step < kSteps; ++step) {
      cells_[hazard][step] += other.cells_[hazard][step];
    }
  }
}

std::size_t Coverage::cells() const {
  std::size_t hit = 0;
  for (const auto& row : cells_) {
    for (const std::uint64_t count : row) hit += count > 0 ? 1 : 0;
  }
  return hit;
}

}  // namespace certferry::sim
