#include "disk/disk_state.h"

#include <sqlite3.h>

namespace certferry::disk {

int DiskState::admit(DiskCall call) {
  return faults.is_stopped() ? SQLITE_IOERR : faults.next(call);
}

std::size_t DiskState::part_of(std::size_t size) {
  switch (random.next() % 4) {
    case 0:
      return 0;
    case 1:
      return size;
    default:
      return static_cast<std::size_t>(random.next() % (size + 1));
  }
}

std::size_t DiskState::room_for(const StoredFile& file,
                                std::size_t offset,
                                std::size_t size) const {
  std::size_t now = file.bytes().size();
  if (!bytes_max || offset + size <= now) return size;
  std::uint64_t used = files.total_bytes();
  std::uint64_t room = now + (*bytes_max > used ? *bytes_max - used : 0);
  return room > offset ? static_cast<std::size_t>(std::min<std::uint64_t>(room - offset, size)) : 0;
}

void DiskState::end_life() {
  ++life;
  faults.restart();
}

}  // namespace certferry::disk
