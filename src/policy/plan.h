// Planning: facts and a `now` in, an ordered plan with reasons out. No I/O, no waiting, no memory.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/metadata.h"
#include "model/plan.h"
#include "model/probe.h"
#include "model/records.h"
#include "policy/gate.h"

namespace certferry {

/// A probe and what we think of the chain it presented.
struct JudgedProbe {
  Probe probe;
  ChainVerdict chain;

  bool serves(const std::string& fingerprint) const {
    return probe.leaf() != nullptr && probe.leaf()->fingerprint == fingerprint && chain.trusted();
  }
};

/// All that is known of one target when its plan is made.
struct TargetFacts {
  TargetId id;
  std::string certificate;
  const ProductMetadata* product = nullptr;

  BundlePtr bundle;    ///< none: the source gave none, and `source_problem` says why
  ChainVerdict chain;  ///< of the bundle
  Reason source_problem;

  Reason observe_problem;                ///< code empty: the vendor answered
  std::optional<Binding> binding;        ///< none: the account does not have the name
  std::vector<std::string> known_names;  ///< of the account, for a hint when it does not
  /// The store's entry that the binding points at, and the leaf it is when that is known.
  std::optional<StoredCertificate> bound;
  std::optional<std::string> bound_fingerprint;
  /// Where the wanted bundle already is in the store.
  std::optional<std::string> stored_id;

  bool probed = false;
  std::vector<JudgedProbe> probes;
  Reason probe_problem;  ///< code empty: the addresses were found

  std::optional<TargetRecord> memory;
  Time now{};
};

/// Whether the edge must be asked before this target can be planned: whenever the vendor says that
/// it serves something, for that might be better than ours or worse than the vendor knows.
bool needs_probe(const TargetFacts& facts);

/// The plan. With no steps the target is done: bound, and served on every address probed.
Plan plan_target(const TargetFacts& facts);

/// Whether at least one address was looked at and all serve the bundle with a chain that verifies.
bool served_everywhere(const TargetFacts& facts);

/// The same, but for addresses that this machine has no route to (a host without IPv6, say).
bool served_wherever_routed(const TargetFacts& facts);

/// What the first address that does not serve the bundle as wished shows instead, for people; the
/// reason why none could be looked at when there was none. Needs a bundle.
std::string describe_edge(const TargetFacts& facts);

/// The gate for these facts; empty without a bundle.
std::vector<Check> gate_checks(const TargetFacts& facts);

/// All that is known of one superseded upload of ours when we ask whether it may be deleted.
struct RetireFacts {
  const UploadRecord& record;
  std::span<const std::string> wanted;  ///< fingerprints that the configuration wants deployed now
  /// Reads of the account made after the replacement was confirmed.
  std::span<const Binding> bindings;
  std::span<const StoredCertificate> stored;
  std::span<const JudgedProbe> probes;
  bool all_looked_at = false;  ///< every target of the certificate could be probed since
  milliseconds grace{};
  Time now{};
};

/// Whether the upload may go now, and if not, why not.
///
/// `due` is set only when the ledger owns it, nothing refers to it, nothing serves it and the
/// replacement has been confirmed for the grace period. Source: invariants "In use", "Ownership".
RetirePlan plan_retire(const RetireFacts& facts);

}  // namespace certferry
