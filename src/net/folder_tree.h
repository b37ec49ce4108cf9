// What lies below a folder, so that of ten thousand only those that changed are listed again.
#pragma once

#include <dirent.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "ports/file_system.h"
#include "ports/source.h"

namespace certferry {

/// What stat(2) says of where the path leads; none: nothing is there.
std::optional<FileIdentity> identity_at(const std::string& path);

/// The folders of a tree, each with a digest of what it holds: names, and with kTree the state of
/// each file. Links to folders are followed, but not round in circles; below eight folders, or
/// beyond fifty thousand, nothing is seen.
class FolderTree {
 public:
  /// Called with each folder before it is listed for the first time, so that what comes while it
  /// is listed can be an event; and with each that is no more.
  struct Visitor {
    std::function<void(const std::string&)> enter;
    std::function<void(const std::string&)> leave;
  };

  FolderTree(std::string top, WatchExtent extent, Visitor visitor);

  bool contains(const std::string& folder) const { return below_.contains(folder); }
  /// Lists this folder again, then whatever is new or exchanged below it; whether it has changed.
  /// A folder that is not of the tree says nothing.
  bool look_at(const std::string& folder);
  /// Looks at the topmost folder: it may have come, gone, or be another one.
  bool look_at_top();
  /// All of it, but by one stat(2) a folder where only names count. Some changes within the same
  /// tick of the file system's clock as the last look cannot be seen so.
  bool look_at_all();
  /// Leaves every folder.
  void clear();

 private:
  struct Below {
    FileIdentity identity;     ///< as it was before it was listed
    std::uint64_t digest = 0;  ///< of what it holds, in whatever order
    bool certain = false;      ///< nothing can change in it without changing its identity
  };
  using Entered = std::map<std::string, Below>::value_type;
  struct Listing;

  Listing list(const Entered& folder) const;
  void add(const std::string& folder, const dirent& entry, Listing& listing) const;
  void enter(const std::string& folder, const FileIdentity& identity);
  bool look(Entered* folder);
  bool look_at_children(const std::string& folder, const Listing& listing);
  /// With all that is below it.
  void leave(const std::string& folder);
  bool is_above_itself(const std::string& folder, const FileIdentity& identity) const;
  int depth_of(const std::string& folder) const;

  std::string top_;
  WatchExtent extent_;
  Visitor visitor_;
  std::map<std::string, Below> below_;
};

}  // namespace certferry
