// Targets, what vendors say they are set to serve, and what vendors store.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace certferry {

/// One name at one product of one account that serves a certificate.
struct TargetId {
  std::string account;
  std::string product;
  std::string name;  ///< canonical: lower-case A-labels, no trailing dot

  auto operator<=>(const TargetId&) const = default;
};

/// "doge/cdn/cdn.example.com".
std::string to_string(const TargetId& id);

/// The setting of a name that has no HTTPS yet.
inline const std::pair<std::string, std::string> kHttpsOff = {"https", "off"};

/// What a target is set to serve, by the vendor's word.
struct Binding {
  std::string name;         ///< canonical
  std::string vendor_name;  ///< as the vendor spells it: this goes back in calls
  std::string edge_name;  ///< where the vendor's edge answers for it (a CNAME target); may be empty
  bool online = false;    ///< whether the vendor serves the name at all now
  std::string status;     ///< the vendor's own word for that
  std::optional<std::string> stored_id;  ///< the stored certificate it points at; none = none
  /// What else the vendor's list says of it, to see whether a bind changes more than the
  /// certificate: settings by their path ("source.type") with their values as the vendor writes
  /// them; nothing that changes by itself. What only HTTPS has stands below "https", and of a name
  /// that has none there is `kHttpsOff` in place of it.
  std::map<std::string, std::string> settings = {};
};

/// One entry of a certificate store.
struct StoredCertificate {
  std::string id;     ///< decimal text or whatever the vendor uses; never a number here
  std::string label;  ///< the caller-controlled remark that carries our fingerprint
  std::vector<std::string> names;
  Time not_before{};
  Time not_after{};
  std::optional<std::size_t> in_use;  ///< how many names use it, when the vendor says
};

/// Which names of one product a certificate goes to, as configured.
struct TargetSelector {
  std::string account;
  std::string product;
  bool covered = false;             ///< every online name that the certificate covers
  std::vector<std::string> names;   ///< exact, canonical; used when not `covered`
  std::vector<std::string> except;  ///< canonical, may be wildcards; taken away from `covered`
  std::optional<bool> canary;  ///< one first, the others when it is served; unset: when `covered`

  bool wants_canary() const { return canary.value_or(covered); }
};

/// How confirming looks at the edge; vendor metadata gives the defaults.
struct ConfirmSettings {
  unsigned rounds = 3;            ///< rounds that must all show our leaf on every address
  milliseconds spread{};          ///< from the first good round to the last
  milliseconds deadline{};        ///< how long the edge may take; also the propagation limit
  milliseconds retry_interval{};  ///< between looks while the edge still serves something else
};

/// Unset members leave the vendor's default in force.
struct ConfirmOverrides {
  std::optional<unsigned> rounds;
  std::optional<milliseconds> spread;
  std::optional<milliseconds> deadline;
};

}  // namespace certferry
