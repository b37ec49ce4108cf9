// What the calls of one disk share.
#pragma once

#include <optional>

#include "disk/fault_plan.h"
#include "disk/file_table.h"

namespace certferry::disk {

struct DiskState {
  const Clock& clock;
  Random& random;
  FileTable files;
  FaultPlan faults;
  std::optional<std::uint64_t> bytes_max;
  std::uint64_t life = 0;        ///< of the program: what was opened in an earlier one is dead
  std::size_t handles_open = 0;  ///< dead ones too: SQLite has still to close them

  /// The code that a call fails with before it does anything, or SQLITE_OK.
  int admit(DiskCall call);
  /// A failing write's bytes that land all the same.
  std::size_t part_of(std::size_t size);
  /// How many of these bytes there is room for.
  std::size_t room_for(const StoredFile& file, std::size_t offset, std::size_t size) const;
  void end_life();
};

}  // namespace certferry::disk
