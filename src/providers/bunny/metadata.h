#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& bunny_metadata();

}  // namespace certferry
