#include "engine/list_lag.h"

#include <algorithm>

namespace certferry {

namespace {

bool shows(const AccountView& view, const JournalEntry& entry) {
  const bool stored = view.stored_by_id(entry.stored_id) != nullptr;
  if (entry.action == "upload") return stored;
  if (entry.action == "retire") return !stored;
  if (entry.action != "bind" && entry.action != "rollback") return true;
  const TargetId id{entry.account, entry.product, entry.name};
  return view.binding(entry.product, entry.name) == nullptr ||
         view.is_set_to(id, entry.stored_id, entry.fingerprint);
}

}  // namespace

milliseconds list_lag(const Account& account) {
  return account.provider->metadata().limits.list_consistency;
}

std::optional<Time> catches_up_at(const AccountView& view,
                                  const std::vector<JournalEntry>& applied) {
  if (view.error) return std::nullopt;
  const milliseconds lag = list_lag(view.account);
  std::optional<Time> latest;
  for (const JournalEntry& entry : applied) {
    if (entry.account != view.account.name || !entry.ended_at || shows(view, entry)) continue;
    // A clock that was set back must not make anybody wait for hours: the lag is the most.
    const Time at = std::min(*entry.ended_at, view.read_at) + lag;
    if (at > view.read_at) latest = std::max(latest.value_or(at), at);
  }
  return latest;
}

}  // namespace certferry
