// What certferry says about servers on this machine.
#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& local_metadata();

}  // namespace certferry
