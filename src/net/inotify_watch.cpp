#include "net/inotify_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace certferry {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kEvents = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE |
                                  IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

/// How many folders above a file are watched for being moved or switched.
constexpr int kAbove = 4;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// The folders above a path, nearest first: the first few, and on to the first that exists.
void add_above(const fs::path& path, std::set<std::string>& folders) {
  bool found = false;
  int steps = 0;
  for (fs::path at = path.parent_path(); at != at.parent_path(); at = at.parent_path()) {
    if (is_folder(at)) {
      folders.insert(at.string());
      found = true;
    }
    if (++steps >= kAbove && found) return;
  }
}

/// A link is changed where it stands and where it leads, and may lead to the next one.
void add_links(const fs::path& path, std::set<std::string>& folders) {
  constexpr int kMost = 16;
  fs::path at = path;
  for (int i = 0; i < kMost; ++i) {
    std::error_code failed;
    const fs::path to = fs::read_symlink(at, failed);
    if (failed) break;
    at = (to.is_absolute() ? to : at.parent_path() / to).lexically_normal();
    add_above(at, folders);
  }
  std::error_code failed;
  const fs::path real = fs::canonical(path, failed);
  if (!failed && real != path) add_above(real, folders);
}

Task<void> pause_for(asio::io_context* io, milliseconds duration) {
  asio::steady_timer timer(*io, duration);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

Task<void> readable(asio::posix::stream_descriptor* kernel) {
  co_await kernel->async_wait(asio::posix::stream_descriptor::wait_read,
                              asio::as_tuple(asio::use_awaitable));
}

std::set<std::string> folders_above(const std::string& path) {
  std::set<std::string> folders;
  add_above(path, folders);
  add_links(path, folders);
  return folders;
}

}  // namespace

InotifyWatch::InotifyWatch(asio::io_context& io)
    : io_(io), kernel_(io), looked_at_(std::chrono::steady_clock::now()) {
  const int number = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (number >= 0) kernel_.assign(number);
}

InotifyWatch::Entered* InotifyWatch::enter(const std::string& folder, const std::string* path) {
  Entered& entered = *folders_.try_emplace(folder).first;
  entered.second.paths.insert(path);
  if (entered.second.number < 0) ask_kernel(entered);
  return &entered;
}

void InotifyWatch::ask_kernel(Entered& entered) {
  Folder& folder = entered.second;
  int number = -1;
  if (kernel_.is_open()) {
    number =
        ::inotify_add_watch(kernel_.native_handle(), entered.first.c_str(), kEvents | IN_ONLYDIR);
  }
  const bool refused = number < 0 && (!kernel_.is_open() || errno == ENOSPC);
  refused_ += refused ? 1 : 0;
  refused_ -= folder.refused ? 1 : 0;
  folder.refused = refused;
  if (number == folder.number) return;
  drop_number(entered);
  folder.number = number;
  if (number >= 0) folders_of_number_[number].push_back(&entered);
}

void InotifyWatch::drop_number(Entered& entered) {
  const auto numbered = folders_of_number_.find(entered.second.number);
  if (numbered == folders_of_number_.end()) return;
  std::erase(numbered->second, &entered);
  if (!numbered->second.empty()) return;
  ::inotify_rm_watch(kernel_.native_handle(), numbered->first);
  folders_of_number_.erase(numbered);
}

std::vector<InotifyWatch::Entered*> InotifyWatch::enter_all(const std::set<std::string>& folders,
                                                            const std::string* path) {
  std::vector<Entered*> entered;
  entered.reserve(folders.size());
  for (const std::string& folder : folders) entered.push_back(enter(folder, path));
  return entered;
}

void InotifyWatch::leave(Entered* folder, const std::string* path) {
  folder->second.paths.erase(path);
  if (!folder->second.paths.empty()) return;
  drop_number(*folder);
  refused_ -= folder->second.refused ? 1 : 0;
  folders_.erase(folders_.find(folder->first));
}

void InotifyWatch::add(const std::string& path, WatchExtent extent) {
  auto& [key, watched] = *watched_.try_emplace(path).first;
  const std::string* name = &key;
  watched.extent = extent;
  enter_above(path, watched);
  if (extent == WatchExtent::kItself) {
    watched.itself = identity_at(path);
    return;
  }
  watched.below.emplace(
      path,
      extent,
      FolderTree::Visitor{.enter = [this, name](const std::string& one) { enter(one, name); },
                          .leave =
                              [this, name](const std::string& one) {
                                // It may be above the path or where a link leads, too.
                                const auto found = folders_.find(one);
                                if (found == folders_.end()) return;
                                Entered* folder = &*found;
                                const auto& above = watched_.at(*name).folders;
                                if (std::ranges::find(above, folder) == above.end()) {
                                  leave(folder, name);
                                }
                              }});
  watched.below->look_at_top();
}

void InotifyWatch::forget(const std::string& path) {
  const auto found = watched_.find(path);
  if (found == watched_.end()) return;
  Watched& watched = found->second;
  if (watched.below) watched.below->clear();
  for (Entered* folder : watched.folders) leave(folder, &found->first);
  watched_.erase(found);
}

void InotifyWatch::watch(std::vector<WatchPath> paths) {
  std::map<std::string, WatchExtent> wanted;
  for (const WatchPath& one : paths) {
    WatchExtent& extent = wanted[one.path];
    extent = std::max(extent, one.extent);
  }
  std::vector<std::string> unwanted;
  for (const auto& [path, watched] : watched_) {
    const auto found = wanted.find(path);
    if (found == wanted.end() || found->second != watched.extent) unwanted.push_back(path);
  }
  for (const std::string& path : unwanted) forget(path);
  for (const auto& [path, extent] : wanted) {
    if (!watched_.contains(path)) add(path, extent);
  }
}

InotifyWatch::Suspects InotifyWatch::everything() const {
  Suspects all;
  for (const auto& [path, watched] : watched_) all[path];
  return all;
}

void InotifyWatch::suspect(const Entered& folder, Suspects& suspects) const {
  for (const std::string* path : folder.second.paths) {
    std::set<std::string>& folders = suspects[*path];
    if (watched_.at(*path).below) folders.insert(folder.first);
  }
}

InotifyWatch::Suspects InotifyWatch::read_events() {
  Suspects suspects;
  if (!kernel_.is_open()) return suspects;
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  // One folder has many events, and what they concern is asked once.
  std::set<int> seen;
  for (;;) {
    const ssize_t size = ::read(kernel_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) return suspects;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      at += sizeof(event) + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        // A folder that another one took the place of may be among what was lost.
        for (Entered& folder : folders_) ask_kernel(folder);
        return everything();
      }
      const auto named = folders_of_number_.find(event.wd);
      if (named == folders_of_number_.end()) continue;
      if (seen.insert(event.wd).second) {
        for (const Entered* folder : named->second) suspect(*folder, suspects);
      }
      // The folder itself is gone, or another one stands there now: it is entered anew.
      if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) == 0) continue;
      if ((event.mask & IN_IGNORED) == 0) ::inotify_rm_watch(kernel_.native_handle(), event.wd);
      for (Entered* folder : named->second) folder->second.number = -1;
      folders_of_number_.erase(named);
    }
  }
}

void InotifyWatch::ask_for_refused() {
  if (refused_ == 0) return;
  for (Entered& folder : folders_) {
    if (folder.second.refused) ask_kernel(folder);
  }
}

bool InotifyWatch::looks_the_same(const std::string& path, const Watched& watched) const {
  if (watched.below || !watched.itself) return false;
  const bool all_entered = std::ranges::all_of(watched.folders, [&](const Entered* folder) {
    return folder->second.number >= 0 || folder->second.refused;
  });
  return all_entered && identity_at(path) == watched.itself;
}

void InotifyWatch::enter_above(const std::string& path, Watched& watched) {
  const std::string* name = &watched_.find(path)->first;
  const std::vector<Entered*> before = std::move(watched.folders);
  watched.folders = enter_all(folders_above(path), name);
  const std::set<Entered*> kept(watched.folders.begin(), watched.folders.end());
  for (Entered* folder : before) {
    const bool below = watched.below && watched.below->contains(folder->first);
    if (!kept.contains(folder) && !below) leave(folder, name);
  }
}

bool InotifyWatch::look_again(const std::string& path, Watched& watched) {
  // Twice, and the file after the folders: what changes in between is an event then.
  enter_above(path, watched);
  enter_above(path, watched);
  const std::optional<FileIdentity> now = identity_at(path);
  return std::exchange(watched.itself, now) != now;
}

bool InotifyWatch::look_below(const std::string& path,
                              Watched& watched,
                              const std::set<std::string>& folders) {
  const bool all_below = !folders.empty() && std::ranges::all_of(folders, [&](const auto& one) {
    return watched.below->contains(one);
  });
  bool changed = false;
  if (!all_below) {
    enter_above(path, watched);
    changed = watched.below->look_at_top();
  }
  if (folders.empty()) return watched.below->look_at_all() || changed;
  for (const std::string& folder : folders) changed = watched.below->look_at(folder) || changed;
  return changed;
}

std::set<std::string> InotifyWatch::changed_of(const Suspects& suspects) {
  std::set<std::string> changed;
  for (const auto& [path, folders] : suspects) {
    const auto known = watched_.find(path);
    // Of ten thousand files in a folder where one was written, all but one end here.
    if (known == watched_.end() || looks_the_same(path, known->second)) continue;
    Watched& watched = known->second;
    const bool other =
        watched.below ? look_below(path, watched, folders) : look_again(path, watched);
    if (other) changed.insert(path);
  }
  return changed;
}

Task<void> InotifyWatch::wait_for_events(milliseconds patience) {
  using namespace asio::experimental::awaitable_operators;
  if (!kernel_.is_open()) {
    co_await pause_for(&io_, patience);
    co_return;
  }
  Task<void> events = readable(&kernel_);
  Task<void> end = pause_for(&io_, patience);
  co_await (std::move(events) || std::move(end));
}

Task<std::set<std::string>> InotifyWatch::changes(milliseconds patience) {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + patience;
  for (;;) {
    const auto now = steady_clock::now();
    const bool look = now - looked_at_ >= look_every;
    if (look) looked_at_ = now;
    Suspects suspects = read_events();
    if (look) {
      ask_for_refused();
      suspects = everything();
    }
    std::set<std::string> changed = changed_of(suspects);
    if (!changed.empty() || now >= until) co_return changed;
    const auto next = std::min(until, looked_at_ + look_every);
    co_await wait_for_events(std::chrono::ceil<milliseconds>(next - now));
  }
}

}  // namespace certferry
