// What is known when a plan is made: the facts of one target, as observed at one moment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/metadata.h"
#include "model/plan.h"
#include "model/probe.h"
#include "model/records.h"

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
  /// What it is set to was uploaded by us after what we remember to have set it to: a bind of ours
  /// of which that is all that is left.
  bool bound_to_our_later = false;
  /// Where the wanted bundle already is in the store.
  std::optional<std::string> stored_id;
  bool upload_unanswered = false;  ///< what became of an earlier upload of it was never told
  /// The store's entry of the bundle last confirmed here, when that is not the wanted one.
  std::optional<StoredCertificate> last_confirmed;
  /// The store's entry of the bundle that a person's rollback would put back, when it is there.
  std::optional<StoredCertificate> way_back;
  Reason way_back_problem;  ///< code empty: it is as the vendor's store says

  bool probed = false;
  Time looked_at{};  ///< when the last look began, if there was one
  std::vector<JudgedProbe> probes;
  Reason probe_problem;  ///< code empty: the addresses were found

  std::optional<TargetRecord> memory;
  /// Another name of the product where a bind of this bundle changed more than the certificate.
  std::string harmed_elsewhere;
  bool canary = false;       ///< waits until another of its bundle is served, or is that other
  bool insist = false;       ///< a person asks for it now, whatever was put off
  bool due_only = false;     ///< nobody is waiting: what failed is left alone until its time comes
  bool trust_looks = false;  ///< what was seen a while ago will do, see seen_lately()
  Reason clock_problem;      ///< code empty: dates can be judged
  Time now{};
};

}  // namespace certferry
