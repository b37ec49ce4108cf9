// Files watched through the kernel, and looked at once a minute where it sees nothing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/container/flat_set.hpp>
#include <map>
#include <optional>

#include "base/clock.h"
#include "ports/file_system.h"
#include "ports/file_watch.h"

namespace certferry {

/// As the port says, by inotify(7) on folders: panels write in place, rename over, move whole
/// folders away or switch a link, and only the folders above see all of it.
///
/// An event is a hint only. What counts is whether the file that the path leads to has changed, so
/// a folder of ten thousand pairs tells which of them did. A tree counts as changed with any file
/// below it. Folders beyond the kernel's limit (fs.inotify.max_user_watches) are found by looking.
class InotifyWatch final : public FileWatch {
 public:
  /// Throws: unavailable `watch.failed` when the kernel gives no instance.
  explicit InotifyWatch(boost::asio::io_context& io);

  /// How often everything is looked at, whatever the kernel says.
  milliseconds look_every = minutes(1);

  void watch(std::vector<WatchPath> paths) override;
  Task<std::set<std::string>> changes(milliseconds patience) override;

  /// Folders that the kernel watches for us.
  std::size_t watched_folders() const { return folders_.size(); }
  /// Whether the kernel refused one, so that its changes are seen within a minute only.
  bool at_the_limit() const { return at_the_limit_; }

 private:
  /// Ten thousand pairs lie in as many folders, all below the same few: names are kept once, as the
  /// keys of the two maps, and elsewhere pointed at.
  struct Folder {
    int number = -1;                                       ///< the kernel's watch descriptor
    boost::container::flat_set<const std::string*> paths;  ///< what may change with it
  };
  using Entered = std::map<std::string, Folder>::value_type;

  /// What was there when it was last told.
  struct State {
    std::optional<FileIdentity> itself;
    std::map<std::string, FileIdentity> below;  ///< of a tree, each file
    bool operator==(const State&) const = default;
  };
  struct Look {
    State state;
    std::set<std::string> folders;
  };
  struct Watched {
    bool tree = false;
    State state;
    std::vector<Entered*> folders;
  };

  Look look_at(const std::string& path, bool tree) const;
  void add(const std::string& path, bool tree);
  void forget(const std::string& path);
  /// `path` is the key in `watched_`.
  Entered* enter(const std::string& folder, const std::string* path);
  std::vector<Entered*> enter_all(const std::set<std::string>& folders, const std::string* path);
  void leave(Entered* folder, const std::string* path);
  /// Which paths the events that have come may concern.
  std::set<std::string> read_events();
  std::set<std::string> everything() const;
  bool looks_the_same(const std::string& path, const Watched& watched) const;
  /// Watches a path anew where it is now, and says whether it has changed.
  bool look_again(const std::string& path, Watched& watched);
  /// Which of these have truly changed.
  std::set<std::string> changed_of(const std::set<std::string>& suspects);
  Task<void> wait_for_events(milliseconds patience);

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor kernel_;
  std::map<std::string, Watched> watched_;
  std::map<std::string, Folder> folders_;
  /// More than one where paths lead to one folder in different words.
  std::map<int, std::vector<Entered*>> folders_of_number_;
  std::chrono::steady_clock::time_point looked_at_;
  bool at_the_limit_ = false;
};

}  // namespace certferry
