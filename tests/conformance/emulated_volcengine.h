#pragma once

#include <memory>
#include <string>

#include "conformance/emulated.h"

namespace certferry::conformance {

/// Volcengine or BytePlus; null for any other vendor.
std::unique_ptr<Emulated> emulate_volcengine(const std::string& provider,
                                             sandbox::WorldOptions options,
                                             const Clock& clock);

}  // namespace certferry::conformance
