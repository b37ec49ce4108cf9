// What all work at one account shares during a run.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/clock_watch.h"
#include "engine/parallel.h"
#include "engine/readback.h"

namespace certferry {

/// One account during one run: its reading that is shared, and its queue of changing calls.
struct AccountWork {
  AccountWork(Observer& observer,
              EnginePorts ports,
              const boost::asio::any_io_executor& executor,
              const AccountView& seen,
              const ClockWatch& clock);

  Account account;
  Readback readback;
  /// Whoever is through is about to send. The decision to send is made behind it, for a queue of a
  /// thousand calls takes minutes. As wide as the account's pace lets calls be under way.
  Turnstile sending;
  const ClockWatch& clock;
  /// Deletes of a full store what may go, and says whether anything went; unset: nothing may.
  std::function<Task<bool>()> make_room;
  Turnstile making_room;
  /// Bundles whose bind at one name changed more than the certificate, by fingerprint.
  std::set<std::string> harmful;
  std::optional<SteadyTime> room_made_at;  ///< when the last of it was; none: not in this run
};

}  // namespace certferry
