// Files watched through the kernel, and looked at once a minute where it sees nothing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/container/flat_set.hpp>
#include <map>
#include <optional>

#include "base/clock.h"
#include "net/folder_tree.h"
#include "ports/file_system.h"
#include "ports/file_watch.h"

namespace certferry {

/// As the port says, by inotify(7) on folders: panels write in place, rename over, move whole
/// folders away or switch a link, and only the folders above see all of it.
///
/// An event is a hint only. What counts is whether the file that the path leads to has changed, so
/// a folder of ten thousand pairs tells which of them did. Of a tree only those folders are listed
/// again in which something happened. Folders beyond the kernel's limit
/// (fs.inotify.max_user_watches) are found by looking, and so is all where it gives no instance.
class InotifyWatch final : public FileWatch {
 public:
  explicit InotifyWatch(boost::asio::io_context& io);

  /// How often everything is looked at, whatever the kernel says.
  milliseconds look_every = minutes(1);

  void watch(std::vector<WatchPath> paths) override;
  Task<std::set<std::string>> changes(milliseconds patience) override;

  /// Folders in which a change matters.
  std::size_t folders() const { return folders_.size(); }
  /// Of them those that the kernel refuses to watch for want of room, so that their changes are
  /// seen within a minute only.
  std::size_t refused_folders() const { return refused_; }

 private:
  /// Ten thousand pairs lie in as many folders, all below the same few: names are kept once, as the
  /// keys of the two maps, and elsewhere pointed at.
  struct Folder {
    int number = -1;                                       ///< the kernel's watch descriptor
    bool refused = false;                                  ///< there was no room for it
    boost::container::flat_set<const std::string*> paths;  ///< what may change with it
  };
  using Entered = std::map<std::string, Folder>::value_type;

  struct Watched {
    WatchExtent extent = WatchExtent::kItself;
    std::optional<FileIdentity> itself;  ///< when it was last told; of what is no tree
    std::optional<FolderTree> below;
    std::vector<Entered*> folders;  ///< above it, and above where it leads
  };
  /// Paths, with the folders in which something happened; none: look everywhere.
  using Suspects = std::map<std::string, std::set<std::string>>;

  void add(const std::string& path, WatchExtent extent);
  void forget(const std::string& path);
  /// `path` is the key in `watched_`.
  Entered* enter(const std::string& folder, const std::string* path);
  std::vector<Entered*> enter_all(const std::set<std::string>& folders, const std::string* path);
  void leave(Entered* folder, const std::string* path);
  /// Lets the kernel watch what stands at the folder's path now.
  void ask_kernel(Entered& entered);
  void drop_number(Entered& entered);
  /// There may be room by now.
  void ask_for_refused();
  /// Which paths the events that have come may concern.
  Suspects read_events();
  void suspect(const Entered& folder, Suspects& suspects) const;
  Suspects everything() const;
  bool looks_the_same(const std::string& path, const Watched& watched) const;
  /// Watches anew what is above a path and where it leads now.
  void enter_above(const std::string& path, Watched& watched);
  /// Watches a path anew where it is now, and says whether it has changed.
  bool look_again(const std::string& path, Watched& watched);
  bool look_below(const std::string& path, Watched& watched, const std::set<std::string>& folders);
  /// Which of these have truly changed.
  std::set<std::string> changed_of(const Suspects& suspects);
  Task<void> wait_for_events(milliseconds patience);

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor kernel_;
  std::map<std::string, Watched> watched_;
  std::map<std::string, Folder> folders_;
  /// More than one where paths lead to one folder in different words.
  std::map<int, std::vector<Entered*>> folders_of_number_;
  std::chrono::steady_clock::time_point looked_at_;
  std::size_t refused_ = 0;
};

}  // namespace certferry
