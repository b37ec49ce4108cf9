#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& ksyun_metadata();

}  // namespace certferry
