#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& aws_metadata();

}  // namespace certferry
