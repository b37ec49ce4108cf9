// Files that a test touches.
#pragma once

#include <boost/asio/this_coro.hpp>

#include "engine/testing/virtual_time.h"
#include "engine/wake_up.h"
#include "ports/file_watch.h"

namespace certferry::testing {

class FakeWatch final : public FileWatch {
 public:
  explicit FakeWatch(VirtualTime& time) : time_(time) {}

  /// Seen at once if the path is watched, lost if it is not.
  void touch(const std::string& path) {
    if (!watched.contains(path)) return;
    touched_.insert(path);
    if (bell_ != nullptr) bell_->wake();
  }
  std::set<std::string> watched;

  void watch(std::vector<WatchPath> paths) override {
    watched.clear();
    for (const WatchPath& one : paths) watched.insert(one.path);
  }

  Task<std::set<std::string>> changes(milliseconds patience) override {
    // It ends with the loop of the process that waits.
    WakeUp bell(co_await asio::this_coro::executor);
    bell_ = &bell;
    if (touched_.empty()) co_await bell.wait(&time_, patience);
    bell_ = nullptr;
    co_return std::exchange(touched_, {});
  }

 private:
  VirtualTime& time_;
  std::set<std::string> touched_;
  WakeUp* bell_ = nullptr;
};

}  // namespace certferry::testing
