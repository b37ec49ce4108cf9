// Private to this room: a source's fields, as the configuration gives them.
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "model/metadata.h"

namespace certferry {

using SourceFields = std::map<std::string, std::string>;

Error bad_setting(std::string message, std::string hint);

/// Refuses unknown fields and missing required ones. Throws: invalid_input `source.settings`.
void check_fields(const SourceMetadata& metadata, const SourceFields& fields);

/// Empty when the field is not there.
std::string text_field(const SourceFields& fields, const std::string& key);

/// An absolute path, without a slash at its end; empty when the field is not there.
/// Throws: invalid_input `source.settings`.
std::string path_field(const SourceFields& fields, const std::string& key);

}  // namespace certferry
