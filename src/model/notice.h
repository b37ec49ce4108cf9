// A notice: something that a person is told without having asked.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace certferry {

enum class NoticeLevel {
  kInfo,
  kWarning,   ///< time is left, and waiting may mend it
  kError,     ///< a person has to look at it
  kCritical,  ///< clients are turned away, or will be soon
};

/// What it is about; channels choose by it.
enum class NoticeTopic {
  kChange,     ///< a new certificate was seen served
  kFailure,    ///< something does not work, with its cause
  kRecovery,   ///< what was told as a failure is well again
  kExpiry,     ///< what a target serves is about to end, and no newer one was confirmed there
  kStaleness,  ///< what a source gives is about to end: its renewal has not come
  kTest,       ///< a person wants to see whether notices arrive; every channel takes it
};

inline constexpr std::array kNoticeLevels = {
    NoticeLevel::kInfo, NoticeLevel::kWarning, NoticeLevel::kError, NoticeLevel::kCritical};
inline constexpr std::array kNoticeTopics = {NoticeTopic::kChange,
                                             NoticeTopic::kFailure,
                                             NoticeTopic::kRecovery,
                                             NoticeTopic::kExpiry,
                                             NoticeTopic::kStaleness,
                                             NoticeTopic::kTest};

std::string_view to_string(NoticeLevel level);
std::string_view to_string(NoticeTopic topic);

/// "account", "certificate", "target", "cause", "action": one line each, no secret in them.
struct NoticeField {
  std::string name;
  std::string value;

  bool operator==(const NoticeField&) const = default;
};

struct Notice {
  std::string id;  ///< sent again it is the same one: 16 hexadecimal digits
  Time at{};
  NoticeLevel level = NoticeLevel::kInfo;
  NoticeTopic topic = NoticeTopic::kTest;
  std::string subject;  ///< one line
  std::string text;     ///< for people; lines end in LF
  std::vector<NoticeField> fields;

  /// The field's value; empty when it has none.
  std::string_view field(std::string_view name) const;
};

}  // namespace certferry
