#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& gcore_metadata();

}  // namespace certferry
