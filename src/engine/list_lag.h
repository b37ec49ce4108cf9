// Lists that lag behind what was just done.
#pragma once

#include <optional>
#include <vector>

#include "engine/observe.h"
#include "model/records.h"

namespace certferry {

/// What was done longer ago than this is in the account's lists.
milliseconds list_lag(const Account& account);

/// When the account's lists show everything that `applied` says was done, for a view of them that
/// does not; none: it shows all, or could not be read.
///
/// A run that begins seconds after another one would otherwise take what is not listed yet for
/// lost, and send it again.
std::optional<Time> catches_up_at(const AccountView& view,
                                  const std::vector<JournalEntry>& applied);

}  // namespace certferry
