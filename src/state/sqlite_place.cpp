#include "state/sqlite_place.h"

#include <sqlite3.h>

#include <cerrno>

#include "base/error.h"
#include "state/private_file.h"

namespace certferry::state {

bool is_there(const SqlitePlace& place) {
  if (place.on_machine()) return is_there(place.path);
  sqlite3_vfs* vfs = sqlite3_vfs_find(place.vfs.c_str());
  ASSERT(vfs != nullptr);
  int found = 0;
  if (vfs->xAccess(vfs, place.path.c_str(), SQLITE_ACCESS_EXISTS, &found) != SQLITE_OK) {
    throw io_error(place.path, EIO);
  }
  return found != 0;
}

}  // namespace certferry::state
