#include "state/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace certferry::state {

namespace {

constexpr mode_t kOthersMayWrite = S_IWGRP | S_IWOTH;
constexpr mode_t kRightsOfOthers = S_IRWXG | S_IRWXO;

/// A word for a shell, in single quotes.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// A new name lasts only once its folder is on the disk too.
void flush_folder(const std::string& folder) {
  Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open() || ::fsync(descriptor.get()) != 0) throw io_error(folder, errno);
}

Error insecure(const std::string& path, const std::string& message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, path + " " + message)
      .with_code("state.insecure")
      .with_hint(std::move(hint));
}

void refuse_writable_by_others(const std::string& path, const struct stat& status) {
  if ((status.st_mode & kOthersMayWrite) == 0) return;
  // A sticky folder is a shared place such as /tmp: taking rights away there would harm others.
  if (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0) {
    throw insecure(path,
                   "is a folder that everybody may write to",
                   "give the state a folder of its own: settings.state in the configuration");
  }
  throw insecure(path, "may be written to by other users", "run: chmod go-w " + shell_word(path));
}

/// Mode and owner of something just made; the umask may have taken bits away.
void own_privately(const std::string& path, int fd, const struct stat& owner, mode_t mode) {
  if (::geteuid() == 0 && ::fchown(fd, owner.st_uid, owner.st_gid) != 0) {
    throw io_error(path, errno);
  }
  if (::fchmod(fd, mode) != 0) throw io_error(path, errno);
}

void ensure_private_folder(const std::string& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) == 0) return;
  if (errno != ENOENT) throw io_error(folder, errno);
  std::string parent = folder_of(folder);
  ensure_private_folder(parent);
  if (::stat(parent.c_str(), &status) != 0) throw io_error(parent, errno);
  if (::mkdir(folder.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;  // another certferry, starting at the same moment
    throw io_error(folder, errno);
  }
  Descriptor made(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!made.is_open()) throw io_error(folder, errno);
  own_privately(folder, made.get(), status, 0700);
  flush_folder(parent);
}

constexpr std::array<std::string_view, 6> kCompanions = {
    "", "-wal", "-shm", "-journal", ".lock", ".key"};

/// By name, not through a descriptor: closing one would drop SQLite's locks on the file. Nobody
/// else may write to the folder, so the name stands for the same file throughout.
void take_rights_of_others(const std::string& path, const struct stat& status) {
  const mode_t own = status.st_mode & 07777 & ~kRightsOfOthers;
  if (own == (status.st_mode & 07777) || ::chmod(path.c_str(), own) == 0 || errno == EPERM) return;
  throw io_error(path, errno);
}

bool holds_only(const std::string& folder, const std::string& file) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename();
    const bool ours = std::ranges::any_of(
        kCompanions, [&](std::string_view end) { return name == file + std::string(end); });
    if (!ours) return false;
  }
  return !failed;
}

bool is_mount_point(const std::string& folder, const struct stat& status) {
  struct stat parent{};
  if (::stat((folder + "/..").c_str(), &parent) != 0) throw io_error(folder, errno);
  return parent.st_dev != status.st_dev || parent.st_ino == status.st_ino;
}

struct stat require_private_folder(const std::string& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) throw io_error(folder, errno);
  refuse_writable_by_others(folder, status);
  return status;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string folder_of(const std::string& path) {
  std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_there(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  throw io_error(path, errno);
}

void ensure_private_file(const std::string& path) {
  std::string folder = folder_of(path);
  ensure_private_folder(folder);
  struct stat owner = require_private_folder(folder);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.is_open()) {
    own_privately(path, file.get(), owner, 0600);
    flush_folder(folder);
  } else if (errno != EEXIST) {
    throw io_error(path, errno);
  }
  require_private(path);
}

void require_private(const std::string& path) {
  require_private_folder(folder_of(path));
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) throw io_error(path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw insecure(path,
                   "is not a regular file",
                   "name the file itself, not a link or a folder: settings.state in the "
                   "configuration");
  }
  refuse_writable_by_others(path, status);
}

void close_to_others(const std::string& path) {
  struct stat status{};
  for (const std::string_view end : kCompanions) {
    const std::string name = path + std::string(end);
    if (::lstat(name.c_str(), &status) != 0) {
      if (errno == ENOENT) continue;
      throw io_error(name, errno);
    }
    if (S_ISREG(status.st_mode)) take_rights_of_others(name, status);
  }
  const std::string folder = folder_of(path);
  if (::stat(folder.c_str(), &status) != 0) throw io_error(folder, errno);
  const std::string file = path.substr(path.find_last_of('/') + 1);
  const bool shared = (status.st_mode & S_ISVTX) != 0 || is_mount_point(folder, status) ||
                      !holds_only(folder, file);
  if (!shared) take_rights_of_others(folder, status);
}

Error io_error(const std::string& path, int error_number) {
  Error error(ErrorKind::kUnavailable, path + ": " + std::strerror(error_number));
  error.code = "state.io";
  if (error_number == EACCES || error_number == EPERM) {
    error.hint = "run certferry as root or as the user that owns the state";
  } else if (error_number == ENOSPC || error_number == EDQUOT) {
    error.hint = "free some space; what was written before is intact";
  } else if (error_number == EROFS) {
    error.hint = "name a folder on a writable disk: settings.state in the configuration";
  } else {
    error.hint = "look at the path, settings.state in the configuration, and at its disk";
  }
  return error;
}

}  // namespace certferry::state
