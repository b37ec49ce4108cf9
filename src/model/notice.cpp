#include "model/notice.h"

namespace certferry {

std::string_view to_string(NoticeLevel level) {
  switch (level) {
    case NoticeLevel::kInfo:
      return "info";
    case NoticeLevel::kWarning:
      return "warning";
    case NoticeLevel::kError:
      return "error";
    case NoticeLevel::kCritical:
      return "critical";
  }
  return "critical";
}

std::string_view to_string(NoticeTopic topic) {
  switch (topic) {
    case NoticeTopic::kChange:
      return "change";
    case NoticeTopic::kFailure:
      return "failure";
    case NoticeTopic::kRecovery:
      return "recovery";
    case NoticeTopic::kExpiry:
      return "expiry";
    case NoticeTopic::kStaleness:
      return "staleness";
    case NoticeTopic::kTest:
      return "test";
  }
  return "test";
}

std::string_view Notice::field(std::string_view name) const {
  for (const NoticeField& one : fields) {
    if (one.name == name) return one.value;
  }
  return {};
}

}  // namespace certferry
