#include "engine/patience.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/planted.h"
#include "engine/attempt.h"
#include "engine/pace.h"

namespace certferry {

Error account_paused(const std::string& account, Time until) {
  return Error(ErrorKind::kThrottled,
               "the vendor of account " + account + " asked for no calls before " +
                   format_time(until))
      .with_code(std::string(kAccountPaused))
      .with_hint("nothing was sent; 'certferry apply --now' asks all the same");
}

PatientProvider::PatientProvider(Account account,
                                 milliseconds longest_wait,
                                 Clock& clock,
                                 Sleeper& sleeper)
    : account_(std::move(account)), longest_wait_(longest_wait), clock_(clock), sleeper_(sleeper) {}

std::optional<Time> PatientProvider::paused_until() const {
  const milliseconds left = until_ - clock_.steady_now();
  return left > milliseconds(0) ? std::optional(clock_.now() + left) : std::nullopt;
}

void PatientProvider::heed(const Error& error) {
  if (!error.retry_after || planted("retry_after_ignored")) return;
  const milliseconds wait = std::min(*error.retry_after, kPauseMost);
  const SteadyTime until = clock_.steady_now() + wait;
  if (until <= until_) return;
  until_ = until;
  const bool closed = wait > longest_wait_;
  // Calls that are in the pace's queue already wait as well, but not for hours.
  if (account_.pace != nullptr && closed) account_.pace->turn_away(closed_for(wait), wait);
  if (account_.pace != nullptr && !closed) account_.pace->pause(wait);
  if (closed && on_closed) on_closed(clock_.now() + wait);
}

Error PatientProvider::closed_for(milliseconds left) const {
  return account_paused(account_.name, clock_.now() + left).with_retry_after(left);
}

Task<void> PatientProvider::wait_or_refuse() {
  for (;;) {
    const milliseconds left = until_ - clock_.steady_now();
    if (left <= milliseconds(0)) co_return;
    if (left > longest_wait_) throw closed_for(left);
    co_await sleeper_.sleep(left);
  }
}

template <typename T>
Task<T> PatientProvider::ask(Task<T> call) {
  co_await wait_or_refuse();
  Result<T> answer = co_await attempt(std::move(call));
  if (!answer) {
    heed(answer.error());
    throw std::move(answer).error();
  }
  if constexpr (!std::is_void_v<T>) co_return *std::move(answer);
}

Task<std::vector<Binding>> PatientProvider::list_bindings(std::string product) {
  return ask(account_.provider->list_bindings(std::move(product)));
}

Task<std::vector<StoredCertificate>> PatientProvider::list_stored() {
  return ask(account_.provider->list_stored());
}

Task<std::string> PatientProvider::upload(BundlePtr bundle, std::string label) {
  return ask(account_.provider->upload(std::move(bundle), std::move(label)));
}

Task<BindDone> PatientProvider::bind(BindRequest request) {
  return ask(account_.provider->bind(std::move(request)));
}

Task<void> PatientProvider::remove(std::string stored_id) {
  return ask(account_.provider->remove(std::move(stored_id)));
}

}  // namespace certferry
