// Folders whose pairs are certificates: they get new ones and lose some while they are served.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "net/inotify_watch.h"

namespace certferry::cli {

/// The sources' files, and with them the names below such folders; one watch for both, because the
/// kernel counts each folder that is watched.
class FleetWatch final : public FileWatch {
 public:
  /// `on_names` is called when something below one of the folders came, went or got another name.
  FleetWatch(boost::asio::io_context& io,
             const std::vector<std::string>& folders,
             std::function<void()> on_names);

  void watch(std::vector<WatchPath> paths) override;
  /// The folders themselves are told too: who waits until all is quiet waits for them as well.
  Task<std::set<std::string>> changes(milliseconds patience) override;

  const InotifyWatch& files() const { return files_; }

 private:
  InotifyWatch files_;
  std::vector<WatchPath> folders_;
  std::function<void()> on_names_;
};

/// What has become of the certificates since they were taken up.
struct FleetNews {
  std::set<std::string> added;
  std::set<std::string> gone;
  std::size_t incomplete = 0;  ///< new ones that cannot be read, maybe yet

  /// "2 new certificates (fleet/a.example.com, …), 1 gone (…)"
  std::string text() const;
};

}  // namespace certferry::cli
