#include "providers/local/disk.h"

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace certferry::local {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = std::size_t{256} * 1024;

/// An open file, closed when it goes.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

void flush_folder(const std::string& folder) {
  const OpenFile open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open || ::fsync(open.get()) != 0) throw_failed("flushing", folder);
}

void write_all(const OpenFile& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_failed("writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Where not all users have numbers (a user namespace), whoever has none is this one.
bool is_outsider(uid_t user) {
  static const bool kAllHaveNumbers = [] {
    std::ifstream map("/proc/self/uid_map");
    std::uint64_t inside = 1;
    std::uint64_t outside = 1;
    std::uint64_t count = 0;
    return map >> inside >> outside >> count && inside == 0 && outside == 0 && count >= 0xffff'ffff;
  }();
  constexpr uid_t kOverflow = 65534;
  return !kAllHaveNumbers && user == kOverflow;
}

bool is_trusted(uid_t user) {
  return user == 0 || user == ::geteuid() || is_outsider(user);
}

std::string name_of_user(uid_t user) {
  const passwd* found = ::getpwuid(user);
  return found == nullptr ? "number " + std::to_string(user) : std::string(found->pw_name);
}

std::optional<struct stat> status(const std::string& path, bool follow) {
  struct stat status{};
  const int done = follow ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status);
  if (done == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw_failed("looking at", path);
}

}  // namespace

Error bad_path(const std::string& path, const std::string& what, std::string hint) {
  return Error(ErrorKind::kInvalidInput, "'" + printable(path, 200) + "' " + what)
      .with_code("local.path")
      .with_hint(std::move(hint));
}

void throw_failed(const std::string& doing, const std::string& path) {
  const int number = errno;
  const std::string text =
      doing + " '" + printable(path, 200) + "' failed: " + std::strerror(number);
  switch (number) {
    case EACCES:
    case EPERM:
    case EROFS:
      throw Error(ErrorKind::kRejected, text)
          .with_code("local.permission")
          .with_hint(
              "let the user that certferry runs as do that, or run it as root; the service "
              "may write to its own state alone: docs/SERVERS.md");
    case ENOSPC:
    case EDQUOT:
      throw Error(ErrorKind::kRejected, text)
          .with_code("local.full")
          .with_hint("make room on that disk; what is served stays as it is");
    case ENOENT:
    case ENOTDIR:
      throw Error(ErrorKind::kInvalidInput, text)
          .with_code("local.path")
          .with_hint("make the folder, or name another one");
    default:
      throw Error(ErrorKind::kRejected, text).with_code("local.io");
  }
}

std::string folder_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string name_in(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string link_at(const std::string& path) {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

std::optional<struct stat> status_of(const std::string& path) {
  return status(path, false);
}

std::optional<struct stat> status_behind(const std::string& path) {
  return status(path, true);
}

void require_trusted(const std::string& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  if (error || !fs::is_directory(real, error)) {
    throw bad_path(folder, "is no folder", "make it, or name another one");
  }
  for (fs::path part = real;; part = part.parent_path()) {
    const std::optional<struct stat> one = status_of(part);
    if (!one) throw bad_path(part, "is gone", "make the folder, or name another one");
    if (!is_trusted(one->st_uid)) {
      throw bad_path(
          part,
          "belongs to the user " + name_of_user(one->st_uid) + ", who could lead the key elsewhere",
          "name a folder of root's, or run certferry as that user");
    }
    // In a sticky folder nobody moves what is another's; files of our own would be made there.
    const bool is_shared_place = (one->st_mode & S_ISVTX) != 0 && part != real;
    const bool group_may = (one->st_mode & S_IWGRP) != 0 && one->st_gid != 0;
    if ((group_may || (one->st_mode & S_IWOTH) != 0) && !is_shared_place) {
      throw bad_path(part,
                     "may be written to by others, who could lead the key elsewhere",
                     "take that away (chmod go-w), or name another folder");
    }
    if (part == part.parent_path()) return;
  }
}

void set_link(const std::string& link, const std::string& to) {
  const std::string made = link + ".certferry-new";
  ::unlink(made.c_str());
  if (::symlink(to.c_str(), made.c_str()) != 0) throw_failed("making the link", link);
  if (::rename(made.c_str(), link.c_str()) != 0) {
    const int number = errno;
    ::unlink(made.c_str());
    errno = number;
    throw_failed("making the link", link);
  }
  flush_folder(folder_of(link));
}

void write_file(const std::string& path, const Secret& bytes, const Owned& as) {
  const OpenFile file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) throw_failed("writing", path);
  const bool another = as.owner != ::geteuid() || as.group != ::getegid();
  if (another && ::fchown(file.get(), as.owner, as.group) != 0) {
    throw_failed("giving its owner the file", path);
  }
  if (::fchmod(file.get(), as.mode) != 0) throw_failed("setting the mode of", path);
  write_all(file, bytes.reveal(), path);
  if (::fsync(file.get()) != 0) throw_failed("flushing", path);
}

Secret read_file(const std::string& path) {
  // A pipe without a writer would hold up everything.
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat opened{};
  if (!file || ::fstat(file.get(), &opened) != 0) throw_failed("reading", path);
  if (!S_ISREG(opened.st_mode)) {
    throw bad_path(path, "is no file", "name the file that the server reads");
  }
  std::string bytes(kFileBytesMax + 1, '\0');
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_failed("reading", path);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  Secret out(bytes.substr(0, used));
  wipe(bytes);
  if (used <= kFileBytesMax) return out;
  throw bad_path(path,
                 "holds more than 256 KiB, so it is no certificate's",
                 "name the file of this certificate, not a collection");
}

NewFolder::NewFolder(const std::string& inside, const std::string& prefix)
    : path_(inside + "/" + prefix + "-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw_failed("making a folder in", inside);
  // Whoever runs the server must be able to pass; the key has a mode of its own.
  if (::chmod(path_.c_str(), 0755) != 0) throw_failed("setting the mode of", path_);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(path_, ignored);
}

std::string NewFolder::keep() {
  flush_folder(path_);
  flush_folder(folder_of(path_));
  kept_ = true;
  return name_in(path_);
}

}  // namespace certferry::local
