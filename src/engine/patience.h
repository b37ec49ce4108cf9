// A vendor that asks for patience gets it, from the whole account.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/fleet.h"

namespace certferry {

/// The code of a call that was not made because the vendor had asked for none.
constexpr std::string_view kAccountPaused = "account.paused";

/// Nobody is put off for longer, whatever a vendor says.
constexpr milliseconds kPauseMost = hours(6);

Error account_paused(const std::string& account, Time until);

/// An account's provider, which heeds each Retry-After that any of its answers carried.
///
/// For a short one every later call waits. One that is longer than `longest_wait` closes the
/// account: calls throw throttled (`account.paused`) and nothing is sent, until it is over.
class PatientProvider final : public Provider {
 public:
  /// The account, its provider, the clock and the sleeper outlive this.
  PatientProvider(Account account, milliseconds longest_wait, Clock& clock, Sleeper& sleeper);

  /// Called at once when the account is closed, so that it stays so if the process dies.
  std::function<void(Time until)> on_closed;

  /// By the wall clock; none: the account may be asked.
  std::optional<Time> paused_until() const;

  const ProviderMetadata& metadata() const override { return account_.provider->metadata(); }
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  /// Starts the call once it may be.
  template <typename T>
  Task<T> ask(Task<T> call);
  Task<void> wait_or_refuse();
  void heed(const Error& error);
  Error closed_for(milliseconds left) const;

  Account account_;
  milliseconds longest_wait_;
  Clock& clock_;
  Sleeper& sleeper_;
  SteadyTime until_{};
};

}  // namespace certferry
