// The JSON Schema of the configuration, for editors and for `certferry schema`.
#pragma once

#include <string>

#include "config/catalogue.h"

namespace certferry {

/// Draft 2020-12, pretty-printed, made from the tables that the parser reads by; each provider's
/// and each source's own keys are in it. What only the parser checks: references between parts,
/// host names, and waiting times that must fit each other.
std::string json_schema(const Catalogue& catalogue);

}  // namespace certferry
