#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& ctyun_metadata();

}  // namespace certferry
