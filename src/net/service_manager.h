// Telling systemd how the service does, by sd_notify(3)'s protocol.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace certferry {

/// Silent where nobody asked: without $NOTIFY_SOCKET nothing is sent.
class ServiceManager {
 public:
  /// From $NOTIFY_SOCKET and $WATCHDOG_USEC.
  static ServiceManager from_environment();

  ServiceManager() = default;
  explicit ServiceManager(std::string socket, std::optional<milliseconds> watchdog = {})
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  /// Lines of sd_notify(3): "READY=1\nSTATUS=...". What cannot be told is no error: the service
  /// works all the same. Returns whether it was.
  bool tell(const std::string& state) const;
  /// How often it wants to hear WATCHDOG=1: half of what it was told; none: never.
  std::optional<milliseconds> watchdog() const { return watchdog_; }

 private:
  std::string socket_;  ///< a path, or an abstract name beginning with '@'
  std::optional<milliseconds> watchdog_;
};

}  // namespace certferry
