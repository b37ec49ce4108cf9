#pragma once

#include "conformance/emulated.h"

namespace certferry::conformance {

std::unique_ptr<Emulated> emulate_upyun(sandbox::WorldOptions options, const Clock& clock);

}  // namespace certferry::conformance
