// Keeping bundles sealed, where a bind replaces what the name has and the vendor has no way back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/fleet.h"
#include "policy/facts.h"

namespace certferry {

/// Seals what is about to be set, so that it can be put back when its successor turns out worse:
/// by then the source has only the successor.
class Keeper {
 public:
  explicit Keeper(EnginePorts ports) : ports_(ports) {}

  /// The row to write with the intent of the bind; none when it is kept already, or nothing is.
  ///
  /// A target has two rows. The one that holds what was confirmed last stays; the other, which is
  /// superseded for the second time or was never confirmed, is written over. A person who insists
  /// begins with a new key where the old one is lost. Error: `state.*`, `vault.*`.
  Result<std::optional<KeptBundle>> keep(const TargetFacts& facts);

  /// The bundle as it was kept for the target. Error: also not_found `vault.not_kept`.
  Result<BundlePtr> open(const TargetId& id, const std::string& fingerprint);

 private:
  bool opens(const KeptBundle& row);
  const std::vector<KeptBundle>& all();

  EnginePorts ports_;
  std::optional<std::vector<KeptBundle>> read_;  ///< once, however many targets ask
};

}  // namespace certferry
