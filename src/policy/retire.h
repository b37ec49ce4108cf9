// Retiring: whether a superseded or surplus upload of ours may be deleted. Pure.
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

/// All that is known of a surplus copy of ours. Beside what RetireFacts holds:
struct OrphanFacts {
  const OrphanRecord& orphan;
  const UploadRecord& record;  ///< of the same bundle: the copy that counts
  std::span<const Binding> bindings;
  std::span<const StoredCertificate> stored;
  std::span<const JudgedProbe> probes;
  bool all_looked_at = false;  ///< every target of the certificate was looked at in this run
  milliseconds grace{};
  Time now{};
};

/// Whether the surplus copy may go now, and if not, why not.
///
/// It never was what we bound, so nothing has to take its place; but nothing may refer to it, and
/// nothing serve it but what another copy of the same leaf explains, which an edge cannot tell
/// apart. It is left alone for the grace period since it was found, or was last seen in use; that
/// is taken as six days when it is more, so that none stays for over a week.
RetirePlan plan_orphan(const OrphanFacts& facts);

}  // namespace certferry
