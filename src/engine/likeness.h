// Knowing a bundle by what it is, where a vendor's list says no more of a certificate than that.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/fleet.h"
#include "model/bundle.h"
#include "model/target.h"

namespace certferry {

/// Whether nothing but the entry's names and its end can tell which leaf it is: it has no label,
/// or one that was put there by them, and its vendor does not say from when it is valid.
///
/// That holds of products alone that take bundles in place: elsewhere the label is ours to choose.
bool is_known_by_likeness(const StoredCertificate& entry);

/// The bundles that are known here, by what a list would say of them.
///
/// Likeness is no proof: what is said by it decides what is sent and what is looked at, and the
/// edge's handshake decides whether it is served.
class Likenesses {
 public:
  void add(const Certificate& leaf);
  bool know(const std::string& fingerprint) const { return known_.contains(fingerprint); }
  /// The one bundle with the entry's names that ends in the same second. Of bundles that differ in
  /// names, the one with the very same; else the one that has all of them, for a vendor may list
  /// only those that concern it. None when there is none, or several that nothing tells apart.
  std::optional<std::string> of(const StoredCertificate& entry) const;

 private:
  struct Likeness {
    std::set<std::string> names;
    Time ends{};
  };
  std::map<std::string, Likeness> known_;  ///< by fingerprint
};

/// Labels what only its likeness tells, as its vendor would if it could.
///
/// What is set in place from here is kept before (engine/keep), so that is what can be known. What
/// somebody else has set, or was set by a state that is lost, the edge alone knows.
void recognise(const Account& account, EnginePorts ports, std::vector<StoredCertificate>& stored);

}  // namespace certferry
