// Files that a test touches.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/testing/virtual_time.h"
#include "engine/wake_up.h"
#include "ports/file_watch.h"

namespace certferry::testing {

class FakeWatch final : public FileWatch {
 public:
  explicit FakeWatch(VirtualTime& time) : time_(time) {}

  /// Seen at once if the path is watched, lost if it is not.
  void touch(const std::string& path);
  std::set<std::string> watched;

  void watch(std::vector<WatchPath> paths) override;
  Task<std::set<std::string>> changes(milliseconds patience) override;

 private:
  VirtualTime& time_;
  std::set<std::string> touched_;
  WakeUp* bell_ = nullptr;
};

}  // namespace certferry::testing
