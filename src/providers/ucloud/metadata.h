#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& ucloud_metadata();

}  // namespace certferry
