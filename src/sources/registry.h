// All sources, by the name they have in the configuration.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/metadata.h"
#include "ports/source.h"
#include "sources/search.h"
#include "sources/source_ports.h"

namespace certferry {

/// What each source says about itself, in the order in which documents list them.
std::span<const SourceMetadata> source_metadata();

/// Makes the sources of one certificate's settings: one, or for `folder` one for each pair.
/// What the ports refer to must outlive them.
/// Throws: invalid_input `source.settings` for an unknown kind or fields that are wrong.
std::vector<NamedSource> make_sources(const std::string& kind,
                                      const SourceInputs& inputs,
                                      const SourcePorts& ports);

/// The same where it is known that there is but one.
std::unique_ptr<Source> make_source(const std::string& kind,
                                    const SourceInputs& inputs,
                                    const SourcePorts& ports);

}  // namespace certferry
