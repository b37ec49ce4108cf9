#include "engine/readback.h"

#include "base/planted.h"

namespace certferry {

Readback::Readback(Observer& observer,
                   EnginePorts ports,
                   boost::asio::any_io_executor executor,
                   const AccountView& seen)
    : observer_(observer),
      ports_(ports),
      one_at_a_time_(std::move(executor), 1),
      account_(seen.account),
      products_(seen.products()),
      latest_(std::make_shared<const AccountView>(seen)),
      latest_began_(seen.steady_read_at) {}

SteadyTime Readback::consistent_from_now() const {
  // On whole seconds those who wait for much the same moment wait for one reading.
  const milliseconds lag = planted("list_at_once")
                               ? milliseconds(0)
                               : account_.provider->metadata().limits.list_consistency;
  return std::chrono::ceil<seconds>(ports_.clock.steady_now() + lag);
}

Task<std::shared_ptr<const AccountView>> Readback::settled() {
  const Turnstile::Place place = co_await one_at_a_time_.enter();
  co_return latest_;
}

Task<std::shared_ptr<const AccountView>> Readback::since(SteadyTime moment) {
  const milliseconds left = moment - ports_.clock.steady_now();
  if (left > milliseconds(0)) co_await ports_.sleeper.sleep(left);
  const Turnstile::Place place = co_await one_at_a_time_.enter();
  if (latest_began_ >= moment) co_return latest_;
  latest_began_ = ports_.clock.steady_now();
  AccountView view = co_await observer_.read_account(account_, products_);
  latest_ = std::make_shared<const AccountView>(std::move(view));
  co_return latest_;
}

}  // namespace certferry
