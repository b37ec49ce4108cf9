#include "engine/account_work.h"

#include <algorithm>

#include "engine/pace.h"

namespace certferry {

namespace {

/// Without a pace (a provider that is no HTTP client's) all may go at once.
std::size_t width_of(const Account& account) {
  constexpr std::size_t kUnpaced = 1024;
  return account.pace == nullptr ? kUnpaced : account.pace->max_in_flight();
}

}  // namespace

AccountWork::AccountWork(Observer& observer,
                         EnginePorts ports,
                         const boost::asio::any_io_executor& executor,
                         const AccountView& seen,
                         const ClockWatch& clock_watch)
    : account(seen.account),
      readback(observer, ports, executor, seen),
      sending(executor, width_of(seen.account)),
      clock(clock_watch),
      making_room(executor, 1) {}

}  // namespace certferry
