// Private to this room: a source's fields, read one by one.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/metadata.h"
#include "sources/source_ports.h"

namespace certferry {

Error bad_setting(std::string message, std::string hint);

/// Refuses unknown fields and missing required ones. Throws: invalid_input `source.settings`.
void check_fields(const SourceMetadata& metadata, const SourceInputs& inputs);

/// Empty when the field is not there.
std::string text_field(const SourceInputs& inputs, const std::string& key);

/// Empty when the field is not there.
Secret secret_field(const SourceInputs& inputs, const std::string& key);

/// An absolute path, without a slash at its end; empty when the field is not there.
/// Throws: invalid_input `source.settings`.
std::string path_field(const SourceInputs& inputs, const std::string& key);

/// Where a tool keeps its files: the field `base`, or else the folders it is known to use.
std::vector<std::string> base_folders(const SourceInputs& inputs,
                                      std::vector<std::string> known_folders);

/// A name that is one component of a path. `what` says of what: "certbot certificate".
/// Throws: invalid_input `source.settings`.
std::string name_field(const SourceInputs& inputs, const std::string& key, const std::string& what);

}  // namespace certferry
