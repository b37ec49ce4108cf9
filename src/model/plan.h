// A plan: ordered work for one target, each step with its reason.
#pragma once

#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/target.h"

namespace certferry {

enum class StepKind {
  kUpload,   ///< put the bundle into the vendor's certificate store
  kBind,     ///< point the target at it
  kConfirm,  ///< look at the edge until it serves the bundle
  kRetire,   ///< delete a superseded stored certificate of ours
  kHold,     ///< change nothing; what is served stays
  kPark,     ///< change nothing and tell a person: waiting will not mend it
};
std::string_view to_string(StepKind kind);

/// Why: a stable code for machines and a sentence for people.
struct Reason {
  std::string code;  ///< "edge.older", "gate.expired"
  std::string text;
};

struct Step {
  StepKind kind = StepKind::kHold;
  Reason reason;
};

struct Plan {
  TargetId target;
  std::string certificate;  ///< the configuration's name for it
  BundlePtr bundle;         ///< none when the source gave none
  std::vector<Step> steps;  ///< empty: nothing to do, the edge already serves the bundle
  Reason summary;           ///< why this plan, as a whole

  bool has(StepKind kind) const;
  /// Upload or bind: something would be sent.
  bool changes_something() const { return has(StepKind::kUpload) || has(StepKind::kBind); }
  /// Hold or park because something is wrong, not because nothing is to be done.
  bool blocked() const { return has(StepKind::kHold) || has(StepKind::kPark); }
};

/// A superseded or surplus stored certificate of ours and when it may go.
struct RetirePlan {
  std::string account;
  std::string certificate;
  std::string fingerprint;
  std::string stored_id;
  bool surplus = false;  ///< a second copy, from an upload that was given up; else superseded
  bool due = false;
  Time due_at{};  ///< meaningful when only the grace period is still missing
  Reason reason;
};

}  // namespace certferry
