#include "engine/events.h"

namespace certferry {

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::kSource:
      return "source";
    case Stage::kObserve:
      return "observe";
    case Stage::kProbe:
      return "probe";
    case Stage::kUpload:
      return "upload";
    case Stage::kBind:
      return "bind";
    case Stage::kConfirm:
      return "confirm";
    case Stage::kRetire:
      return "retire";
    case Stage::kEnd:
      return "end";
    case Stage::kService:
      return "service";
    case Stage::kNotify:
      return "notify";
  }
  return "end";
}

std::string_view to_string(Status status) {
  switch (status) {
    case Status::kStarted:
      return "started";
    case Status::kProgress:
      return "progress";
    case Status::kDone:
      return "done";
    case Status::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace certferry
