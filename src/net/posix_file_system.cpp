#include "net/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "base/text.h"

namespace certferry {

namespace {

struct Descriptor {
  explicit Descriptor(int value) : value(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
  int value;
};

std::string quoted(const std::string& path) {
  return "'" + printable(path) + "'";
}

[[noreturn]] void fail(int code, const std::string& path, const std::string& activity) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      throw Error(ErrorKind::kNotFound, quoted(path) + " does not exist")
          .with_code("source.missing")
          .with_hint("check the path in the configuration");
    case EACCES:
    case EPERM:
      throw Error(ErrorKind::kUnauthorized,
                  quoted(path) + " may not be read by user " + std::to_string(::geteuid()))
          .with_code("source.permission")
          .with_hint("let certferry's user or its group read the file and enter its folders");
    case ELOOP:
      throw Error(ErrorKind::kInvalidInput, quoted(path) + " is a loop of links")
          .with_code("source.loop")
          .with_hint("point the link at the real file");
    default:
      throw Error(
          ErrorKind::kUnavailable,
          activity + " " + quoted(path) + " failed: " + std::generic_category().message(code))
          .with_code("source.io");
  }
}

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileIdentity identity_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified_ns = nanoseconds_of(status.st_mtim),
          .changed_ns = nanoseconds_of(status.st_ctim)};
}

struct stat status_of(const Descriptor& file, const std::string& path) {
  struct stat status{};
  if (::fstat(file.value, &status) != 0) fail(errno, path, "reading");
  return status;
}

[[noreturn]] void fail_too_large(const std::string& path, std::size_t limit) {
  throw Error(ErrorKind::kInvalidInput,
              quoted(path) + " is larger than " + std::to_string(limit) + " bytes")
      .with_code("source.too_large")
      .with_hint("give the certificate's own file, with its chain and key and nothing else");
}

/// Wipes what was read, whichever way the reading ends.
struct WipedBuffer {
  explicit WipedBuffer(std::size_t size) : bytes(size, '\0') {}
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;
  ~WipedBuffer() { wipe(bytes); }
  std::string bytes;
};

/// Reads to the end, at most `limit` bytes, into one buffer that never grows: growing would leave
/// copies of a key behind.
Secret read_all(const Descriptor& file,
                const std::string& path,
                std::size_t expected,
                std::size_t limit) {
  // One byte more than is expected shows a file that grows while it is read.
  WipedBuffer buffer(std::min(expected, limit) + 1);
  std::size_t size = 0;
  while (size < buffer.bytes.size()) {
    const ssize_t got = ::read(file.value, buffer.bytes.data() + size, buffer.bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno, path, "reading");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > limit) fail_too_large(path, limit);
  return Secret(buffer.bytes.substr(0, size));
}

}  // namespace

FileContents PosixFileSystem::read(const std::string& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.value < 0) fail(errno, path, "opening");
  const struct stat before = status_of(file, path);
  if (!S_ISREG(before.st_mode)) {
    throw Error(ErrorKind::kInvalidInput, quoted(path) + " is not a regular file")
        .with_code("source.not_a_file")
        .with_hint("give the path of the PEM file itself");
  }
  const auto size = static_cast<std::size_t>(before.st_size);
  if (size > limit) fail_too_large(path, limit);
  Secret bytes = read_all(file, path, size, limit);
  return {.bytes = std::move(bytes), .identity = identity_of(status_of(file, path))};
}

FileIdentity PosixFileSystem::identity(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) fail(errno, path, "looking at");
  return identity_of(status);
}

std::string PosixFileSystem::real_path(const std::string& path) {
  const std::unique_ptr<char, decltype([](char* text) { std::free(text); })> resolved(
      ::realpath(path.c_str(), nullptr));
  if (resolved == nullptr) fail(errno, path, "resolving");
  return resolved.get();
}

std::vector<std::string> PosixFileSystem::list(const std::string& directory) {
  const std::unique_ptr<DIR, decltype([](DIR* open) { ::closedir(open); })> open(
      ::opendir(directory.c_str()));
  if (open == nullptr) fail(errno, directory, "listing");
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) fail(errno, directory, "listing");
  std::ranges::sort(names);
  return names;
}

bool PosixFileSystem::exists(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  fail(errno, path, "looking at");
}

}  // namespace certferry
