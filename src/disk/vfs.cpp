#include "disk/vfs.h"

#include <cstring>

#include "base/error.h"
#include "disk/open_file.h"

namespace certferry::disk {

namespace {

/// What SQLite makes room for; it holds the open file by hand, since SQLite knows no destructors.
struct FileSlot {
  sqlite3_file base;
  OpenFile* file;
};

OpenFile& file_of(sqlite3_file* slot) {
  return *reinterpret_cast<FileSlot*>(slot)->file;
}

DiskState& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<DiskState*>(vfs->pAppData);
}

int control(sqlite3_file* slot, int operation, void* argument) {
  if (operation != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
  int& value = *static_cast<int*>(argument);
  if (value >= 0) file_of(slot).keeps_log = value != 0;
  value = file_of(slot).keeps_log ? 1 : 0;
  return SQLITE_OK;
}

int close(sqlite3_file* slot) {
  delete &file_of(slot);
  return SQLITE_OK;
}

// Like those of Linux: SQLite is to make the same calls on both.
constexpr int kSectorForSqlite = 4096;
constexpr int kTraits = SQLITE_IOCAP_POWERSAFE_OVERWRITE;

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = close,
    .xRead =
        [](sqlite3_file* f, void* out, int n, sqlite3_int64 at) {
          return file_of(f).read(out, n, at);
        },
    .xWrite =
        [](sqlite3_file* f, const void* data, int n, sqlite3_int64 at) {
          return file_of(f).write(data, n, at);
        },
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return file_of(f).truncate(size); },
    .xSync = [](sqlite3_file* f, int) { return file_of(f).sync(); },
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return file_of(f).size(size); },
    .xLock = [](sqlite3_file* f, int level) { return file_of(f).lock(level); },
    .xUnlock = [](sqlite3_file* f, int level) { return file_of(f).unlock(level); },
    .xCheckReservedLock = [](sqlite3_file* f, int* out) { return file_of(f).is_reserved(out); },
    .xFileControl = control,
    .xSectorSize = [](sqlite3_file*) { return kSectorForSqlite; },
    .xDeviceCharacteristics = [](sqlite3_file*) { return kTraits; },
    .xShmMap =
        [](sqlite3_file* f, int index, int size, int extend, void volatile** out) {
          return file_of(f).map_page(index, size, extend != 0, out);
        },
    .xShmLock =
        [](sqlite3_file* f, int first, int count, int flags) {
          return file_of(f).lock_pages(first, count, flags);
        },
    .xShmBarrier = [](sqlite3_file*) {},
    .xShmUnmap =
        [](sqlite3_file* f, int) {
          file_of(f).unmap_pages();
          return SQLITE_OK;
        },
};

constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;

/// SQLite draws from one generator for the whole process, which it seeds from the machine; the salt
/// of a log comes from there. Seeded anew at each opening, what it writes follows from our chance.
void seed_sqlite(Random& random) {
  auto seed = static_cast<int>(random.next() & 0x7fff'ffff);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed | 1, nullptr);
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* slot, int flags, int* flags_out) {
  slot->pMethods = nullptr;
  DiskState& disk = disk_of(vfs);
  int code = disk.admit(DiskCall::kOpen);
  if (code != SQLITE_OK) return code;
  std::string name = path == nullptr ? "" : path;
  std::shared_ptr<FileNode> node = disk.files.find(name);
  bool exclusive = (flags & SQLITE_OPEN_EXCLUSIVE) != 0;
  if (node ? exclusive : (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  if (!node) node = disk.files.make(name);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) seed_sqlite(disk.random);
  OpenFile::Opening opening{
      .name = name,
      .goes_when_closed = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0,
      // As SQLite does on Linux, whether the file is new or not.
      .flushes_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0};
  reinterpret_cast<FileSlot*>(slot)->file = new OpenFile(disk, node, opening);
  slot->pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int flush_folder) {
  DiskState& disk = disk_of(vfs);
  int code = disk.admit(DiskCall::kDelete);
  if (code != SQLITE_OK) return code;
  if (!disk.files.find(path)) return SQLITE_IOERR_DELETE_NOENT;
  disk.files.remove(path);
  if (flush_folder != 0) disk.files.flush_folder(path);
  return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* path, int what, int* out) {
  DiskState& disk = disk_of(vfs);
  int code = disk.admit(DiskCall::kAccess);
  if (code != SQLITE_OK) return code;
  std::shared_ptr<FileNode> node = disk.files.find(path);
  // As on Linux: a log or journal without a byte counts as none.
  *out = node && (what != SQLITE_ACCESS_EXISTS || !node->stored.bytes().empty());
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  std::size_t length = std::strlen(path);
  if (length >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>(disk_of(vfs).random.next());
  return size;
}

int time_now(sqlite3_vfs* vfs, sqlite3_int64* out) {
  // SQLite counts from noon of the 24th of November 4714 BC.
  constexpr sqlite3_int64 kUnixEpoch = 210'866'760'000'000;
  *out = disk_of(vfs).clock.now().time_since_epoch().count() + kUnixEpoch;
  return SQLITE_OK;
}

int day_now(sqlite3_vfs* vfs, double* out) {
  constexpr double kDay = 86'400'000;
  sqlite3_int64 now = 0;
  int code = time_now(vfs, &now);
  *out = static_cast<double>(now) / kDay;
  return code;
}

constexpr sqlite3_vfs kVfs = {
    .iVersion = 2,
    .szOsFile = sizeof(FileSlot),
    .mxPathname = 512,
    .xOpen = open,
    .xDelete = remove,
    .xAccess = access,
    .xFullPathname = full_path,
    .xRandomness = randomness,
    // Nobody else runs while SQLite waits, so waiting longer would change nothing.
    .xSleep = [](sqlite3_vfs*, int microseconds) { return microseconds; },
    .xCurrentTime = day_now,
    .xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; },
    .xCurrentTimeInt64 = time_now,
};

std::string free_name() {
  for (int number = 1;; ++number) {
    std::string name = "certferry-disk-" + std::to_string(number);
    if (sqlite3_vfs_find(name.c_str()) == nullptr) return name;
  }
}

}  // namespace

VfsRegistration::VfsRegistration(DiskState& disk) : name_(free_name()), vfs_(kVfs) {
  vfs_.zName = name_.c_str();
  vfs_.pAppData = &disk;
  int code = sqlite3_vfs_register(&vfs_, 0);
  ASSERT(code == SQLITE_OK);
}

VfsRegistration::~VfsRegistration() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, nullptr);  // the machine's chance again
}

}  // namespace certferry::disk
