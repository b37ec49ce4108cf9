#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& tencentcloud_metadata();

}  // namespace certferry
