#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& huaweicloud_metadata();

}  // namespace certferry
