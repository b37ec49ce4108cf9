// What a caller asks of a run.
#pragma once

#include <set>
#include <string>

namespace certferry {

enum class ProbeScope {
  kAll,             ///< every target: for showing
  kWhereItDecides,  ///< only where the vendor's word is not enough: for applying
  kNone,            ///< no edge at all: for checking credentials and files
};

struct PlanOptions {
  /// Names of certificates, targets or domains; empty means everything.
  std::set<std::string> only;
  ProbeScope scope = ProbeScope::kAll;
};

struct ApplyOptions {
  std::set<std::string> only;  ///< as in PlanOptions
  /// Stay until what this run superseded is past its grace period and deleted.
  bool wait_for_retire = false;
  /// Nobody is waiting: what failed is left alone until its time comes.
  bool due_only = false;
  /// An edge that was seen serving as wished less than an hour ago is not looked at again,
  /// unless something may be deleted for it.
  bool trust_looks = false;
  /// A person insists: what was put off, parked or paused is tried now.
  bool insist = false;
};

struct RollbackOptions {
  std::string target;  ///< its id, or its domain
  std::string by;      ///< the person who asks, for the journal
  bool send = true;    ///< false: only say what would be done
};

}  // namespace certferry
