#pragma once

#include "model/metadata.h"

namespace certferry {

/// What there is to know about DogeCloud before any call: keys, limits, oddities.
const ProviderMetadata& dogecloud_metadata();

}  // namespace certferry
