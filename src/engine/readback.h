// Reading an account again, shared by everyone who needs it at the same time.
#pragma once

#include <memory>
#include <string>

#include "engine/observe.h"
#include "engine/parallel.h"

namespace certferry {

/// After a call whose answer was lost, the account's lists say what became of it.
///
/// A thousand binds that lost their answers share a reading or two: whoever waits takes the latest
/// one that began late enough for him. The reading that a run begins with counts.
class Readback {
 public:
  Readback(Observer& observer,
           EnginePorts ports,
           boost::asio::any_io_executor executor,
           const AccountView& seen);

  /// The account as its lists show it at `moment` or later; sleeps until then if need be.
  Task<std::shared_ptr<const AccountView>> since(SteadyTime moment);

  /// What was read last, and by a reading that is under way now.
  Task<std::shared_ptr<const AccountView>> settled();

  /// What was read last, without a call.
  const std::shared_ptr<const AccountView>& latest() const { return latest_; }

  /// When what a call changes now must show in the vendor's lists.
  SteadyTime consistent_from_now() const;

 private:
  Observer& observer_;
  EnginePorts ports_;
  Turnstile one_at_a_time_;
  Account account_;
  std::set<std::string> products_;
  std::shared_ptr<const AccountView> latest_;
  SteadyTime latest_began_{};
};

}  // namespace certferry
