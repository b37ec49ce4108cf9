// What a run found and did.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/plan.h"
#include "policy/staleness.h"

namespace certferry {

enum class Outcome {
  kPlanned,      ///< there is work, and this was only a plan
  kConfirmed,    ///< every address probed serves the bundle, for as long as was asked
  kUnconfirmed,  ///< set at the vendor, but the edge did not show it in time
  kFailed,       ///< a call failed; what was served before is still set
  kHeld,         ///< nothing was sent, and waiting or renewing may mend it
  kParked,       ///< nothing was sent, and a person must act
};

std::string_view to_string(Outcome outcome);

/// How a target stands before anything is done.
Outcome outcome_of(const Plan& plan);

struct CertificateReport {
  std::string name;
  std::string source;  ///< for people
  BundlePtr bundle;    ///< none when it could not be read
  std::optional<Error> error;
  std::optional<Staleness> staleness = {};  ///< a renewal that is due and did not happen
};

struct AccountReport {
  std::string name;
  std::string provider;
  std::size_t domains = 0;
  std::size_t stored = 0;
  std::optional<Error> error;
};

/// A person's rollback: who asked for it, and what is not sent again by itself afterwards.
struct PutBack {
  std::string by;
  std::string held_back;  ///< a bundle's fingerprint; may be empty
};

struct TargetReport {
  TargetFacts facts;  ///< as observed at the start; the probes are the last ones
  Plan plan;
  Outcome outcome = Outcome::kPlanned;
  std::string message;         ///< for people
  std::optional<Error> error;  ///< of the call that failed, when one did
  std::string failed_step;     ///< that the call belongs to: upload, bind
  bool harmed = false;         ///< its bind changed more than the certificate
  /// The settings before a bind that may have written some, as long as no list was compared since.
  std::optional<std::map<std::string, std::string>> settings_before = {};
  /// Answers to that step that made no sense, in a row, those of earlier runs counted.
  unsigned senseless = 0;
  /// When a run that nobody waits for tries again what failed; none: there is nothing to wait for.
  std::optional<Time> next_attempt = {};
  bool rolled_back = false;
  std::string went_back_to;  ///< the bundle it was set back to; empty: not one of ours
  /// Set: not deployed but put back. `facts.bundle` then stands for what is put back; its chain and
  /// key are not here.
  std::optional<PutBack> put_back;
};

/// Something that belongs to no single target: a selector without a match, a store that failed.
struct Problem {
  std::string where;
  Error error;
};

struct RetireReport {
  RetirePlan plan;
  bool done = false;
  std::optional<Error> error;
};

struct Report {
  std::string run;
  Time started{};
  Time ended{};
  std::vector<AccountReport> accounts;
  std::vector<CertificateReport> certificates;
  std::vector<TargetReport> targets;  ///< in the configuration's order
  std::vector<TargetId> left_out;     ///< covered, but switched off at the vendor
  /// Those that serve what came from a pair that has left its folder since: nothing renews it.
  std::vector<TargetRecord> left_behind = {};
  std::vector<RetireReport> retirements;
  std::vector<Problem> problems;
  std::vector<Problem> warnings = {};  ///< what may not be meant as it is written; no failure
  /// Names asked for that nothing goes by; trouble of what was not asked for that may be why.
  std::set<std::string> unknown = {};
  std::vector<Problem> unasked = {};

  /// Everything that was asked for is served, seen with our own eyes, and nothing failed beside it:
  /// the only meaning of exit status 0.
  bool succeeded() const;
  /// Whether something beside the targets failed: a source, the vendor, a delete, the state.
  bool troubled() const;
  /// Whether apply would do anything; what is held or parked waits for somebody else.
  bool has_work() const;
};

}  // namespace certferry
