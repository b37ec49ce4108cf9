#include "cli/init/new_files.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <ranges>

#include "base/error.h"
#include "base/text.h"
#include "config/descriptor.h"

namespace certferry::cli {

namespace {

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}

Error unwritable(const std::string& path, int reason) {
  std::string hint = "look at the folder and its disk; nothing was written";
  if (reason == EACCES || reason == EPERM) {
    hint =
        "run it as root, or name a file of your own: --config "
        "~/.config/certferry/certferry.yaml";
  }
  return Error(ErrorKind::kInvalidInput,
               printable(path, 200) + " cannot be written: " + std::strerror(reason))
      .with_code("init.unwritable")
      .with_hint(std::move(hint));
}

Error exists_already(const std::string& path) {
  return Error(ErrorKind::kInvalidInput, printable(path, 200) + " is there already")
      .with_code("init.exists")
      .with_hint("move it away, or name another file; it was not touched");
}

void write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw unwritable(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Before its bytes are in it, so that nobody can open it in between.
void give(int file, FileAccess access, const std::string& path) {
  if (access.group && ::fchown(file, static_cast<uid_t>(-1), *access.group) != 0) {
    throw unwritable(path, errno);
  }
  if (::fchmod(file, access.mode) != 0) throw unwritable(path, errno);
}

/// A new name lasts only once its folder is on the disk too.
void flush_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) throw unwritable(path, errno);
}

}  // namespace

std::optional<gid_t> service_group() {
  if (::geteuid() != 0) return std::nullopt;
  const group* found = ::getgrnam("certferry");
  return found == nullptr ? std::nullopt : std::optional(found->gr_gid);
}

void NewFiles::add_folder(const std::string& path, FileAccess access) {
  if (::access(path.c_str(), F_OK) == 0) return;
  const std::string parent = folder_of(path);
  if (parent != path) add_folder(parent, {.mode = 0755});
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;
    throw unwritable(path, errno);
  }
  paths_.push_back(path);
  const Descriptor made(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!made) throw unwritable(path, errno);
  give(made.get(), access, path);
}

std::string NewFiles::write_beside(const std::string& path,
                                   std::string_view bytes,
                                   FileAccess access) {
  std::string beside = folder_of(path) + "/.certferry-init-XXXXXX";
  const Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
  if (!file) throw unwritable(path, errno);
  paths_.push_back(beside);
  give(file.get(), access, path);
  write_all(file.get(), bytes, path);
  if (::fsync(file.get()) != 0) throw unwritable(path, errno);
  return beside;
}

/// A link is refused where a name exists; a rename would replace what is there.
void NewFiles::link_to(const std::string& beside, const std::string& path) {
  if (::link(beside.c_str(), path.c_str()) != 0) {
    throw errno == EEXIST ? exists_already(path) : unwritable(path, errno);
  }
  paths_.push_back(path);
  ::unlink(beside.c_str());
  std::erase(paths_, beside);
  flush_folder(folder_of(path));
}

void NewFiles::add(const std::string& path, std::string_view bytes, FileAccess access) {
  link_to(write_beside(path, bytes, access), path);
}

std::string NewFiles::stage(const std::string& path, std::string_view bytes, FileAccess access) {
  staged_ = write_beside(path, bytes, access);
  staged_for_ = path;
  return staged_;
}

void NewFiles::publish() {
  link_to(staged_, staged_for_);
}

void NewFiles::take_away() {
  // A folder that somebody else has put something into meanwhile stays.
  for (const std::string& path : std::views::reverse(paths_)) std::remove(path.c_str());
  paths_.clear();
}

void require_writable(const std::string& path) {
  std::string folder = folder_of(path);
  while (::access(folder.c_str(), F_OK) != 0 && errno == ENOENT && folder_of(folder) != folder) {
    folder = folder_of(folder);
  }
  if (!std::filesystem::is_directory(folder)) throw unwritable(path, ENOTDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) throw unwritable(path, errno);
}

}  // namespace certferry::cli
