#include "model/plan.h"

#include <algorithm>

namespace certferry {

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::kUpload:
      return "upload";
    case StepKind::kBind:
      return "bind";
    case StepKind::kConfirm:
      return "confirm";
    case StepKind::kRetire:
      return "retire";
    case StepKind::kHold:
      return "hold";
    case StepKind::kPark:
      return "park";
  }
  return "hold";
}

bool Plan::has(StepKind kind) const {
  return std::ranges::any_of(steps, [kind](const Step& step) { return step.kind == kind; });
}

}  // namespace certferry
