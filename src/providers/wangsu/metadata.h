#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& wangsu_metadata();

}  // namespace certferry
