// What the engine says while it works, for whoever shows it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/target.h"

namespace certferry {

enum class Stage {
  kSource,
  kObserve,
  kProbe,
  kUpload,
  kBind,
  kConfirm,
  kRetire,
  kEnd,
  kNotify,
  kService
};
enum class Status { kStarted, kProgress, kDone, kFailed };

std::string_view to_string(Stage stage);
std::string_view to_string(Status status);

struct Event {
  Time at{};
  Stage stage = Stage::kObserve;
  Status status = Status::kProgress;
  std::string account;              ///< empty when it is about a source
  std::string certificate;          ///< empty when it is about an account
  std::optional<TargetId> target;   ///< none when it is about a source, account or upload
  std::string text;                 ///< for people, one line
  std::string fingerprint = {};     ///< of the bundle that it is about; may be empty
  std::optional<Error> error = {};  ///< that `text` tells of
};

/// Must not block and must not throw.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace certferry
