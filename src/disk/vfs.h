// The disk as SQLite sees it.
#pragma once

#include <sqlite3.h>

#include "disk/disk_state.h"

namespace certferry::disk {

/// Registers the disk under a name that no other has, for as long as this lives.
class VfsRegistration {
 public:
  explicit VfsRegistration(DiskState& disk);
  VfsRegistration(const VfsRegistration&) = delete;
  VfsRegistration& operator=(const VfsRegistration&) = delete;
  ~VfsRegistration();

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace certferry::disk
