// The names on the disk, and what stands behind each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "disk/stored_file.h"

namespace certferry::disk {

class OpenFile;

/// Pages of memory that the connections to one database share; gone with the last of them.
struct SharedPages {
  std::vector<std::unique_ptr<unsigned char[]>> pages;
};

/// A file, and who has it open.
struct FileNode {
  StoredFile stored;
  std::vector<OpenFile*> open;         ///< by living programs alone
  std::shared_ptr<SharedPages> pages;  ///< none while nobody maps them
};

/// A name is safe from a loss of power only once its file was flushed, or the folder that it stands
/// in; the end of one only once the folder was.
class FileTable {
 public:
  FileTable() = default;
  /// Files and names as they are; nothing is open.
  FileTable copy() const;

  std::shared_ptr<FileNode> find(const std::string& name) const;
  std::shared_ptr<FileNode> make(const std::string& name);
  void remove(const std::string& name) { now_.erase(name); }

  void flush(const std::string& name, FileNode& node);
  /// All names beside this one, and it.
  void flush_folder(const std::string& name);

  void close_all();
  void lose_power(Random& random);

  std::vector<std::string> names() const;
  std::uint64_t total_bytes() const;

 private:
  using Names = std::map<std::string, std::shared_ptr<FileNode>>;
  void flush_name(const std::string& name);
  std::set<std::string> all_names() const;
  void lose_names(Random& random);

  Names now_;
  Names flushed_;
};

}  // namespace certferry::disk
