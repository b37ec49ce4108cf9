// Where a file of SQLite's is.
#pragma once

#include <string>
#include <utility>

namespace certferry::state {

/// A path on the machine, or on a file system that SQLite was given by name (a simulated disk).
///
/// Such a one has no users to keep out and no folders to make; all else is the same.
struct SqlitePlace {
  // Not explicit: everywhere but in tests a place is a path and nothing else.
  SqlitePlace(std::string path, std::string vfs = {})
      : path(std::move(path)), vfs(std::move(vfs)) {}

  bool on_machine() const { return vfs.empty(); }

  std::string path;
  std::string vfs;  ///< empty: the machine's own
};

/// Whether there is a file to read. Throws: unavailable `state.io` when that cannot be told.
bool is_there(const SqlitePlace& place);

}  // namespace certferry::state
