// Which cells of the fault matrix were hit: a hazard, and what was being done when it struck.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/hazards.h"

namespace certferry::sim {

/// The columns of the matrix.
enum class Step { kObserve, kUpload, kBind, kConfirm, kCleanUp, kPersist };
inline constexpr std::size_t kSteps = static_cast<std::size_t>(Step::kPersist) + 1;

std::string_view to_string(Step step);

class Coverage {
 public:
  void hit(Hazard hazard, Step step) {
    ++cells_[static_cast<std::size_t>(hazard)][static_cast<std::size_t>(step)];
  }
  std::uint64_t count(Hazard hazard, Step step) const {
    return cells_[static_cast<std::size_t>(hazard)][static_cast<std::size_t>(step)];
  }
  void add(const Coverage& other);
  /// How many cells were hit at least once.
  std::size_t cells() const;

 private:
  std::array<std::array<std::uint64_t, kSteps>, kHazards> cells_{};
};

}  // namespace certferry::sim
