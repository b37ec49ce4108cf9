#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace certferry {

/// What tells one state of a file from another.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileIdentity&) const = default;
};

struct FileContents {
  Secret bytes;           ///< a key file's contents pass through here
  FileIdentity identity;  ///< of the descriptor that was read, taken after reading
};

/// Files as sources see them; links are followed. Paths are absolute.
/// Throws: not_found (`source.missing`), unauthorized (`source.permission`), invalid_input
/// (`source.not_a_file`; `source.too_large` above the limit), unavailable (`source.io`).
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual FileContents read(const std::string& path, std::size_t limit) = 0;
  virtual FileIdentity identity(const std::string& path) = 0;
  /// The path with every link resolved, so that a directory switched meanwhile cannot mix two
  /// generations.
  virtual std::string real_path(const std::string& path) = 0;
  /// Names in a directory, sorted, without "." and "..".
  virtual std::vector<std::string> list(const std::string& directory) = 0;
  virtual bool exists(const std::string& path) = 0;
};

}  // namespace certferry
