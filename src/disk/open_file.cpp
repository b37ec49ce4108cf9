#include "disk/open_file.h"

#include <cstring>
#include <utility>

#include "base/error.h"

namespace certferry::disk {

OpenFile::OpenFile(DiskState& disk, std::shared_ptr<FileNode> node, Opening opening)
    : disk_(disk), node_(std::move(node)), opening_(std::move(opening)), life_(disk.life) {
  ++disk_.handles_open;
  node_->open.push_back(this);
}

OpenFile::~OpenFile() {
  --disk_.handles_open;
  if (is_dead()) return;
  unmap_pages();
  std::erase(node_->open, this);
  // A program that only seems to be at work any longer cannot delete.
  if (opening_.goes_when_closed && !disk_.faults.is_stopped()) disk_.files.remove(opening_.name);
}

int OpenFile::read(void* out, int size, sqlite3_int64 offset) {
  int code = admit(DiskCall::kRead);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  const std::string& bytes = node_->stored.bytes();
  auto wanted = static_cast<std::size_t>(size), from = static_cast<std::size_t>(offset);
  std::size_t there = from < bytes.size() ? std::min(wanted, bytes.size() - from) : 0;
  if (code == SQLITE_IOERR_SHORT_READ) there = std::min(there, disk_.part_of(wanted));
  if (there > 0) std::memcpy(out, bytes.data() + from, there);
  // SQLite asks for the rest to be zeros.
  std::memset(static_cast<char*>(out) + there, 0, wanted - there);
  return there == wanted ? code : SQLITE_IOERR_SHORT_READ;
}

int OpenFile::write(const void* data, int size, sqlite3_int64 offset) {
  // Only the call that is struck lands in part; a dead program's writes are not even made.
  if (is_dead() || disk_.faults.is_stopped()) return SQLITE_IOERR;
  auto wanted = static_cast<std::size_t>(size), to = static_cast<std::size_t>(offset);
  int code = disk_.admit(DiskCall::kWrite);
  std::size_t landing = code == SQLITE_OK ? wanted : disk_.part_of(wanted);
  landing = std::min(landing, disk_.room_for(node_->stored, to, wanted));
  node_->stored.write(to, {static_cast<const char*>(data), landing});
  return code == SQLITE_OK && landing < wanted ? SQLITE_FULL : code;
}

int OpenFile::truncate(sqlite3_int64 size) {
  int code = admit(DiskCall::kTruncate);
  if (code == SQLITE_OK) node_->stored.resize(static_cast<std::size_t>(size));
  return code;
}

int OpenFile::sync() {
  if (is_dead() || disk_.faults.is_stopped()) return SQLITE_IOERR;
  int code = disk_.admit(DiskCall::kSync);
  if (code != SQLITE_OK) {
    // Linux takes what it could not write for written: the next sync succeeds without it.
    // https://lwn.net/Articles/752063/
    if (!disk_.faults.is_stopped() && disk_.random.next() % 2 == 0) node_->stored.fail_to_flush();
    return code;
  }
  disk_.files.flush(opening_.name, *node_);
  if (std::exchange(opening_.flushes_folder, false)) disk_.files.flush_folder(opening_.name);
  return SQLITE_OK;
}

int OpenFile::size(sqlite3_int64* out) {
  int code = admit(DiskCall::kSize);
  if (code == SQLITE_OK) *out = static_cast<sqlite3_int64>(node_->stored.bytes().size());
  return code;
}

template <typename Condition>
bool OpenFile::another(Condition condition) const {
  return std::ranges::any_of(
      node_->open, [&](const OpenFile* other) { return other != this && condition(*other); });
}

int OpenFile::lock(int level) {
  if (lock_ >= level && !is_dead()) return SQLITE_OK;
  int code = admit(DiskCall::kLock);
  if (code != SQLITE_OK) return code;
  auto others_hold = [&](int least) {
    return another([&](const OpenFile& other) { return other.lock_ >= least; });
  };
  if (level == SQLITE_LOCK_SHARED && others_hold(SQLITE_LOCK_PENDING)) return SQLITE_BUSY;
  if (level > SQLITE_LOCK_SHARED && others_hold(SQLITE_LOCK_RESERVED)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && others_hold(SQLITE_LOCK_SHARED)) {
    lock_ = SQLITE_LOCK_PENDING;  // no new readers; the next try may find the old ones gone
    return SQLITE_BUSY;
  }
  lock_ = level;
  return SQLITE_OK;
}

int OpenFile::unlock(int level) {
  if (is_dead()) return SQLITE_IOERR;
  lock_ = std::min(lock_, level);
  return SQLITE_OK;
}

int OpenFile::is_reserved(int* out) {
  int code = admit(DiskCall::kLock);
  if (code != SQLITE_OK) return code;
  *out = lock_ >= SQLITE_LOCK_RESERVED ||
         another([](const OpenFile& other) { return other.lock_ >= SQLITE_LOCK_RESERVED; });
  return SQLITE_OK;
}

int OpenFile::map_page(int index, int size, bool extend, void volatile** out) {
  *out = nullptr;
  int code = admit(DiskCall::kShm);
  if (code != SQLITE_OK) return code;
  if (!node_->pages) node_->pages = std::make_shared<SharedPages>();
  pages_ = node_->pages;
  auto wanted = static_cast<std::size_t>(index);
  if (wanted >= pages_->pages.size() && !extend) return SQLITE_OK;
  while (pages_->pages.size() <= wanted) {
    pages_->pages.push_back(std::make_unique<unsigned char[]>(static_cast<std::size_t>(size)));
  }
  *out = pages_->pages[wanted].get();
  return SQLITE_OK;
}

int OpenFile::lock_pages(int first, int count, int flags) {
  unsigned mask = ((1u << count) - 1) << first;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    pages_shared_ &= ~mask;
    pages_exclusive_ &= ~mask;
    return SQLITE_OK;
  }
  int code = admit(DiskCall::kShm);
  if (code != SQLITE_OK) return code;
  bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  bool refused = another([&](const OpenFile& other) {
    return ((other.pages_exclusive_ | (exclusive ? other.pages_shared_ : 0)) & mask) != 0;
  });
  if (refused) return SQLITE_BUSY;
  (exclusive ? pages_exclusive_ : pages_shared_) |= mask;
  return SQLITE_OK;
}

void OpenFile::unmap_pages() {
  if (is_dead()) return;  // the dead program's memory goes with this object
  pages_shared_ = pages_exclusive_ = 0;
  pages_.reset();
  // The next to come finds none and reads the log anew, as after the last program has ended.
  if (!another([](const OpenFile& other) { return other.pages_ != nullptr; })) node_->pages.reset();
}

}  // namespace certferry::disk
