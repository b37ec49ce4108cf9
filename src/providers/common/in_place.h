// What vendors share whose names take a bundle each, with no store beside them.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/metadata.h"

namespace certferry {

/// Nothing is stored or deleted apart from a name: unsupported, and nobody asks for it.
Error no_store(std::string_view vendor);

/// The cases of the suite that are about a store.
std::vector<Exemption> without_store();

}  // namespace certferry
