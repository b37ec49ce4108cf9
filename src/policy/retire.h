// Retiring: whether a superseded upload of ours may be deleted. Pure.
#pragma once

#include <span>
#include <string>

#include "policy/facts.h"

namespace certferry {

/// All that is known of one superseded upload of ours when we ask whether it may be deleted.
struct RetireFacts {
  const UploadRecord& record;
  std::span<const std::string> wanted;  ///< fingerprints that the configuration wants deployed now
  /// Reads of the account made after the replacement was confirmed.
  std::span<const Binding> bindings;
  std::span<const StoredCertificate> stored;
  std::span<const JudgedProbe> probes;
  bool all_looked_at = false;  ///< every target of the certificate was seen on a later bundle
  milliseconds grace{};
  Time now{};
};

/// Whether the upload may go now, and if not, why not.
///
/// `due` is set only when the ledger owns it, nothing refers to it, nothing serves it and the
/// replacement has been confirmed for the grace period.
RetirePlan plan_retire(const RetireFacts& facts);

}  // namespace certferry
