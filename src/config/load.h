// The configuration file from the disk.
#pragma once

#include <string>

#include "config/parse.h"

namespace certferry {

/// Reads and checks a configuration file. Not being able to read it is a problem like any other:
/// `config.missing` (with a first file to write), `config.insecure` (anybody may change it),
/// `config.unreadable`. Links are followed, as configurations are often linked into place.
ParsedSettings load_settings(const std::string& path, const Catalogue& catalogue);

}  // namespace certferry
