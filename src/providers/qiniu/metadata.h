#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& qiniu_metadata();

}  // namespace certferry
