// The gate: what must hold of a bundle at the moment it is sent to a target.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/plan.h"
#include "model/target.h"

namespace certferry {

/// One check, passed or not, with its reason either way; shown to people as it is.
struct Check {
  bool passed = false;
  Reason reason;  ///< code "gate.dates" and the like; the text says what was found
  std::string hint;
};

/// Dates must hold with this much to spare at both ends, so that clocks a little apart agree.
constexpr milliseconds kDateMargin = seconds(300);

struct GateFacts {
  const Bundle& bundle;
  const ChainVerdict& chain;               ///< of the bundle's chain, at `now`
  const std::string& name;                 ///< of the target, canonical
  std::span<const KeyType> accepted_keys;  ///< what the product takes; empty: anything sound
  Time now;
};

/// Every check, in the order people read them. The bundle may be bound only if all passed.
///
/// Key and leaf belong together and the chain is in order already: no Bundle exists otherwise.
std::vector<Check> gate(const GateFacts& facts);

/// The first check that failed; null when the gate is open.
const Check* first_failed(std::span<const Check> checks);

/// Whether a certificate that is already served or bound would do for the name: dates and names.
bool would_do(Time not_before,
              Time not_after,
              std::span<const std::string> names,
              std::span<const std::string> ip_addresses,
              const std::string& name,
              Time now);

/// The same of a store's entry. A vendor that lists no names may hold a good one: what we cannot
/// see is taken to cover.
bool would_do(const StoredCertificate& entry, const std::string& name, Time now);

}  // namespace certferry
