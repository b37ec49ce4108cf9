#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& jdcloud_metadata();

}  // namespace certferry
