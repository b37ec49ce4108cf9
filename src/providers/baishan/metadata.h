#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& baishan_metadata();

}  // namespace certferry
