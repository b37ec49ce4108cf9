// Only the certificate changes: what else a bind has changed of a name. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/facts.h"

namespace certferry {

/// Every setting that is not as it was, as people read it: "source.type: \"domain\" became \"ip\"".
/// At most ten, the rest as a number. Those below "https" are not compared when HTTPS was off
/// before (`kHttpsOff`): what is switched on brings its vendor's defaults along.
std::vector<std::string> changed_settings(const std::map<std::string, std::string>& before,
                                          const std::map<std::string, std::string>& after);

/// Why the bundle is not sent: a bind of it changed more than the certificate, here or at another
/// name of the product, where it would do so again. None for another bundle or when a person
/// insists.
std::optional<Step> after_changed_settings(const TargetFacts& facts);

}  // namespace certferry
