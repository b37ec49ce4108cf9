// All sources, by the name they have in the configuration.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "model/metadata.h"
#include "ports/file_system.h"
#include "ports/source.h"
#include "sources/pair_reader.h"

namespace certferry {

/// What each source says about itself, in the order in which documents list them.
std::span<const SourceMetadata> source_metadata();

/// Makes a source; the file system and the clock must outlive it.
/// Throws: invalid_input `source.settings` for an unknown kind or fields that are wrong.
std::unique_ptr<Source> make_source(const std::string& kind,
                                    const std::map<std::string, std::string>& fields,
                                    FileSystem& files,
                                    const Clock& clock,
                                    const BundleReader& reader = read_bundle);

}  // namespace certferry
