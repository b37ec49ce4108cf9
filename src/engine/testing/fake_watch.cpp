#include "engine/testing/fake_watch.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

namespace certferry::testing {

void FakeWatch::touch(const std::string& path) {
  if (!watched.contains(path)) return;
  touched_.insert(path);
  if (bell_ != nullptr) bell_->wake();
}

void FakeWatch::watch(std::vector<WatchPath> paths) {
  watched.clear();
  for (const WatchPath& one : paths) watched.insert(one.path);
}

Task<std::set<std::string>> FakeWatch::changes(milliseconds patience) {
  // It ends with the loop of the process that waits.
  WakeUp bell(co_await asio::this_coro::executor);
  bell_ = &bell;
  if (touched_.empty()) co_await bell.wait(&time_, patience);
  bell_ = nullptr;
  co_return std::exchange(touched_, {});
}

}  // namespace certferry::testing
