// A bind that goes to one place after the other: what is to be thrown once one of them was changed.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "ports/task.h"

namespace certferry {

/// What is thrown in the place of `error` when something was changed before it: maybe_applied, for
/// what the name has now is neither what it had nor what it was to have, and has to be read before
/// anything is sent again. `before`: "1 of its 2 places was changed".
Error after_a_change(Error error, const std::string& before);

/// Lets `one` bind place after place; each says whether it changed anything there, and so does the
/// answer. What it throws once a place was changed is `after_a_change`, and the places that are
/// left are not gone to. `one` is no coroutine but what begins one, as everywhere.
template <typename Place, typename One>
Task<bool> bind_each_place(std::vector<Place> places, One one) {
  std::size_t changed = 0;
  for (const Place& place : places) {
    try {
      const bool now = co_await one(place);
      if (now) ++changed;
    } catch (Error& error) {
      if (changed == 0) throw;
      throw after_a_change(std::move(error),
                           std::to_string(changed) + " of its " + std::to_string(places.size()) +
                               " places " + (changed == 1 ? "was" : "were") + " changed");
    }
  }
  co_return changed > 0;
}

}  // namespace certferry
