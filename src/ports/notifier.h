#pragma once

#include <string>

#include "model/notice.h"
#include "ports/task.h"

namespace certferry {

/// One way to tell a person something.
///
/// Throws: throttled (with retry_after where the peer says it), unavailable, timed_out,
/// unauthorized, not_found, rejected, invalid_input, cancelled. An error names the channel, never
/// its address, which is often a secret. A notice whose answer was lost counts as not sent: twice
/// is better than never. Lifetime: the notifier outlives its tasks.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual const std::string& kind() const = 0;  ///< "telegram"
  virtual const std::string& name() const = 0;  ///< the configuration's: "ops"
  virtual Task<void> send(Notice notice) = 0;
};

}  // namespace certferry
