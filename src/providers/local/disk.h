// Private to this folder: what is done to a disk here, each step lasting once it has returned.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace certferry::local {

/// Throws as generations.h says: from errno, with what was being done.
[[noreturn]] void throw_failed(const std::string& doing, const std::string& path);

/// invalid_input `local.path`.
Error bad_path(const std::string& path, const std::string& what, std::string hint);

std::string folder_of(const std::string& path);
/// What stands behind the last slash.
std::string name_in(const std::string& path);

/// Empty when it is no link.
std::string link_at(const std::string& path);
/// Nothing when nothing is there. `status_of` tells of a link itself, `status_behind` of where it
/// leads.
std::optional<struct stat> status_of(const std::string& path);
std::optional<struct stat> status_behind(const std::string& path);

/// Refuses a folder that is none, and one that somebody beside root and ourselves could exchange,
/// or what is in it, while we work there by name: by owning or by writing to it or to a folder it
/// is in.
void require_trusted(const std::string& folder);

/// In one step, whatever was at `link` before: a reader meets the one or the other.
void set_link(const std::string& link, const std::string& to);

struct Owned {
  uid_t owner;
  gid_t group;
  mode_t mode;
};

/// The file is its owner's before a byte is in it, and on the disk when this returns.
void write_file(const std::string& path, const Secret& bytes, const Owned& as);

/// A regular file of at most 256 KiB, which is more than any pair has; waits for nobody.
Secret read_file(const std::string& path);

/// A folder for one pair. Nobody knows of it yet: until it is kept it goes away with this.
class NewFolder {
 public:
  NewFolder(const std::string& inside, const std::string& prefix);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  const std::string& path() const { return path_; }
  /// Its own name, once what is in it is on the disk.
  std::string keep();

 private:
  std::string path_;
  bool kept_ = false;
};

}  // namespace certferry::local
