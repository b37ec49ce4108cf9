// A channel that keeps what it is given, or fails as it is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/notifier.h"

namespace certferry::testing {

class FakeNotifier final : public Notifier {
 public:
  explicit FakeNotifier(std::string name);

  std::vector<Notice> taken;
  std::size_t tries = 0;
  std::optional<Error> failure;
  std::size_t failures = 1000;  ///< so many, then it works

  const std::string& kind() const override { return name_; }
  const std::string& name() const override { return name_; }
  Task<void> send(Notice notice) override;

  /// "failure: [certferry] failed: …" for each, and forgets them.
  std::vector<std::string> told();

 private:
  std::string name_;
};

}  // namespace certferry::testing
