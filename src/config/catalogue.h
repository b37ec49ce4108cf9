// What the configuration may speak of: every provider, kind of source and channel that is built in.
#pragma once

#include <span>

#include "model/metadata.h"

namespace certferry {

/// Lifetime: the metadata are constants of the program and outlive everything made from them.
struct Catalogue {
  std::span<const ProviderMetadata> providers;
  std::span<const SourceMetadata> sources;
  std::span<const ChannelMetadata> channels = {};
};

}  // namespace certferry
