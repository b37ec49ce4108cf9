// One file that a program has open, as SQLite uses it: bytes, locks, shared pages.
#pragma once

#include <sqlite3.h>

#include "disk/disk_state.h"

namespace certferry::disk {

/// Each call answers with SQLite's code. When its program has died every call fails and does
/// nothing, but for the closing.
class OpenFile {
 public:
  struct Opening {
    std::string name;  ///< none: a temporary file
    bool goes_when_closed = false;
    bool flushes_folder = false;  ///< with the first sync
  };
  OpenFile(DiskState& disk, std::shared_ptr<FileNode> node, Opening opening);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  int read(void* out, int size, sqlite3_int64 offset);
  int write(const void* data, int size, sqlite3_int64 offset);
  int truncate(sqlite3_int64 size);
  int sync();
  int size(sqlite3_int64* out);

  int lock(int level);
  int unlock(int level);
  int is_reserved(int* out);

  int map_page(int index, int size, bool extend, void volatile** out);
  int lock_pages(int first, int count, int flags);
  void unmap_pages();

  bool keeps_log = false;  ///< SQLITE_FCNTL_PERSIST_WAL

 private:
  bool is_dead() const { return life_ != disk_.life; }
  int admit(DiskCall call) { return is_dead() ? SQLITE_IOERR : disk_.admit(call); }
  /// Whether anybody else's hold on the file satisfies the condition.
  template <typename Condition>
  bool another(Condition condition) const;

  DiskState& disk_;
  std::shared_ptr<FileNode> node_;
  Opening opening_;
  std::uint64_t life_;
  int lock_ = SQLITE_LOCK_NONE;
  std::shared_ptr<SharedPages> pages_;
  unsigned pages_shared_ = 0;  ///< locks held, a bit each
  unsigned pages_exclusive_ = 0;
};

}  // namespace certferry::disk
