// Looking for certificates at the places where tools keep them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ports/file_system.h"

namespace certferry {

/// Where to look.
struct Search {
  FileSystem& files;
  std::string root = {};                ///< stands before every usual place; empty: this machine's
  std::vector<std::string> homes = {};  ///< of users, with `root`
  std::vector<std::string> folders = {};  ///< that a person names: all pairs in them
};

/// One certificate that was found, as `from:` of a configuration would name it.
struct Finding {
  std::string kind = {};  ///< "certbot"
  std::map<std::string, std::string> fields = {};
  std::string path = {};  ///< of its chain; foreign text
  /// Why nothing can be named: a place that may not be looked at, a file that makes no sense.
  std::optional<Error> error = {};
};

/// Every certificate that the sources find at their usual places, each once, in the registry's
/// order; then the places that are closed to us. Reads no key. Never throws.
std::vector<Finding> find_certificates(Search search);

/// Root's home and those below /home. Never throws.
std::vector<std::string> usual_homes(FileSystem& files, const std::string& root);

/// Private to this room: folders with a fullchain.pem where people, and 1Panel for them, put one.
std::vector<std::string> pair_folders(const Search& search);

}  // namespace certferry
