#include "engine/testing/fake_notifier.h"

#include <utility>

namespace certferry::testing {

FakeNotifier::FakeNotifier(std::string name) : name_(std::move(name)) {}

Task<void> FakeNotifier::send(Notice notice) {
  ++tries;
  if (failure && tries <= failures) throw *failure;
  taken.push_back(std::move(notice));
  co_return;
}

std::vector<std::string> FakeNotifier::told() {
  std::vector<std::string> out;
  for (const Notice& one : std::exchange(taken, {})) {
    out.push_back(std::string(to_string(one.topic)) + ": " + one.subject);
  }
  return out;
}

}  // namespace certferry::testing
