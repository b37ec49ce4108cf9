// Only the certificate changes: what else a bind has changed of a name. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace certferry {

/// Every setting that is not as it was, as people read it: "source.type: \"domain\" became \"ip\"".
/// At most ten, the rest as a number.
std::vector<std::string> changed_settings(const std::map<std::string, std::string>& before,
                                          const std::map<std::string, std::string>& after);

}  // namespace certferry
