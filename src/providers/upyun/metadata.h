#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& upyun_metadata();

}  // namespace certferry
