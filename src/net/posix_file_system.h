// The machine's files, for sources.
#pragma once

#include "ports/file_system.h"

namespace certferry {

/// As the port says; moreover a loop of links is invalid_input `source.loop`.
///
/// What a descriptor says counts, not what the path said before: a path can be switched between two
/// calls. Only regular files are read, and opening never blocks on a pipe.
class PosixFileSystem : public FileSystem {
 public:
  FileContents read(const std::string& path, std::size_t limit) override;
  FileIdentity identity(const std::string& path) override;
  std::string real_path(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  /// False for a dangling link too. Throws unauthorized when a folder on the way is closed to us:
  /// "not there" would send people looking in the wrong place.
  bool exists(const std::string& path) override;
};

}  // namespace certferry
