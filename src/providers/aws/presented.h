// Which of a listener's certificates its clients are presented, and what has to change there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "providers/aws/store.h"

namespace certferry {

/// A certificate that a listener has.
struct AwsAttached {
  std::string arn;
  bool is_default = false;
  bool in_list = false;  ///< for clients that say which name they want; the default may be both
};

/// What is known of certificates, by ARN, and the time that it is.
struct AwsKnown {
  std::map<std::string, AwsCertificate> certificates;
  Time now{};

  /// Null for one that is not known.
  const AwsCertificate* find(const std::string& arn) const;
};

/// The certificate by which a listener has the name; nothing: it has none for it.
///
/// Where AWS's own order does not say which of several is presented, the one that ends first: so a
/// bind that got no further than to add its certificate does not look done. An earlier one of ours
/// counts among them as long as it is there beside one that has all of its names.
std::optional<std::string> aws_certificate_for(const std::vector<AwsAttached>& attached,
                                               const AwsKnown& known,
                                               const std::string& name);

/// What gives a listener a certificate for a name. The order is that of the members, so that there
/// is no moment without one.
struct AwsListenerChange {
  bool add = false;                      ///< to its list
  bool set_default = false;              ///< in the place of the default
  std::vector<std::string> remove = {};  ///< from its list

  bool is_none() const { return !add && !set_default && remove.empty(); }
};

/// Whether a listener is given a certificate that was renewed, or one that it had before.
enum class AwsWay { kOnward, kBack };

/// What is replaced are certificates that `wanted` has all names of, if their keys are of the same
/// kind or they are ours. Error rejected: another one stays that is, or may be, presented instead.
///
/// On the way back such a one of ours is no reason to refuse: it stays until each of its names has
/// another certificate, and is then taken off, for it is the one to get away from. `wanted` is
/// known.
Result<AwsListenerChange> aws_change_for(const std::vector<AwsAttached>& attached,
                                         const AwsKnown& known,
                                         const std::string& wanted,
                                         const std::string& name,
                                         AwsWay way);

/// "A and B", of a name that does not have the same certificate everywhere.
std::optional<std::string> aws_together(const std::vector<std::optional<std::string>>& each);

}  // namespace certferry
