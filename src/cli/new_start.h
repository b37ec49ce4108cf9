// The program started anew in its own process, and the signals that come meanwhile.
#pragma once

#include <array>
#include <csignal>
#include <optional>

#include "base/time.h"

namespace certferry::cli {

/// What is sent to a service.
inline constexpr std::array kServiceSignals = {SIGINT, SIGTERM, SIGHUP};

/// What went before this start in the same process.
struct Before {
  bool anew = false;  ///< there was one
  std::optional<SteadyTime> last_start_for_pairs;

  /// Out of the environment, so that it is handed on to nobody.
  static Before take();
};

/// While it lives, what is sent to the service waits, over a new start too: such a signal is
/// pending until somebody is there who knows what to do. Threads that begin meanwhile never get
/// one.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  void release();
};

/// The same command line, in this process; returns only when that cannot be done.
void start_anew(const Before& before);

/// Whether the service is to end; waits for that for a second, or until it is asked to load. For
/// signals that are held.
bool is_told_to_end();

}  // namespace certferry::cli
