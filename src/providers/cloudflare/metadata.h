#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& cloudflare_metadata();

}  // namespace certferry
