#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& aliyun_metadata();

}  // namespace certferry
