// Files that are not there yet, put in place whole or not at all.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"

namespace certferry::cli {

/// Who may read a new file beside its owner.
struct FileAccess {
  mode_t mode = 0600;
  std::optional<gid_t> group = {};  ///< none: that of whoever makes it
};

/// The group that the service runs as, for what it has to read; none where it is not installed, or
/// where we are not root and may not give files away.
std::optional<gid_t> service_group();

/// Makes files, never over another one, and takes all of them away again unless they are kept.
///
/// Each is written beside its place, flushed, and linked there: nobody sees half of one, and of two
/// who write the same one, one is refused. Throws: invalid_input `init.exists`, `init.unwritable`.
class NewFiles {
 public:
  NewFiles() = default;
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles() { take_away(); }

  /// Makes what is missing of a folder, its last part with that access, the others as 0755.
  void add_folder(const std::string& path, FileAccess access);
  void add(const std::string& path, std::string_view bytes, FileAccess access);
  /// A file under another name until `publish`. Gives that name.
  std::string stage(const std::string& path, std::string_view bytes, FileAccess access);
  void publish();

  /// They stay.
  void keep() { paths_.clear(); }
  /// Never throws.
  void take_away();

 private:
  std::string write_beside(const std::string& path, std::string_view bytes, FileAccess access);
  void link_to(const std::string& beside, const std::string& path);

  std::vector<std::string> paths_;  ///< in the order they were made, folders too
  std::string staged_;
  std::string staged_for_;
};

/// Whether a new file could be made at the path, as far as that can be told without making one.
/// Throws: invalid_input `init.unwritable`.
void require_writable(const std::string& path);

}  // namespace certferry::cli
