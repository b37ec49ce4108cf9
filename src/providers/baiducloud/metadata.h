#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& baiducloud_metadata();

}  // namespace certferry
