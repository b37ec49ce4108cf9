#include "net/inotify_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
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

namespace certferry {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kEvents = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE |
                                  IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

/// A folder that holds more is watched by its first files; a panel's has a few for each site.
constexpr std::size_t kTreeMost = 200'000;
constexpr int kTreeDepth = 8;
/// How many folders above a file are watched for being moved or switched.
constexpr int kAbove = 4;

std::optional<FileIdentity> identity_at(const fs::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  const auto ns = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return FileIdentity{.device = status.st_dev,
                      .inode = status.st_ino,
                      .size = static_cast<std::uint64_t>(status.st_size),
                      .modified_ns = ns(status.st_mtim),
                      .changed_ns = ns(status.st_ctim)};
}

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

void add_tree(const fs::path& folder,
              int depth,
              std::set<std::string>& folders,
              std::map<std::string, FileIdentity>& state) {
  folders.insert(folder.string());
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (state.size() >= kTreeMost) return;
    const fs::path& path = at->path();
    if (is_folder(path)) {
      if (depth < kTreeDepth) add_tree(path, depth + 1, folders, state);
    } else if (const auto identity = identity_at(path)) {
      state.emplace(path.string(), *identity);
    }
  }
}

Task<void> pause_for(asio::io_context* io, milliseconds duration) {
  asio::steady_timer timer(*io, duration);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

Task<void> readable(asio::posix::stream_descriptor* kernel) {
  co_await kernel->async_wait(asio::posix::stream_descriptor::wait_read,
                              asio::as_tuple(asio::use_awaitable));
}

int open_kernel() {
  const int number = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (number >= 0) return number;
  throw Error(ErrorKind::kUnavailable,
              "files cannot be watched: " + std::generic_category().message(errno))
      .with_code("watch.failed")
      .with_hint("raise fs.inotify.max_user_instances (sysctl)");
}

}  // namespace

InotifyWatch::InotifyWatch(asio::io_context& io)
    : io_(io), kernel_(io, open_kernel()), looked_at_(std::chrono::steady_clock::now()) {}

InotifyWatch::Look InotifyWatch::look_at(const std::string& path, bool tree) const {
  Look look;
  const fs::path at(path);
  add_above(at, look.folders);
  add_links(at, look.folders);
  if (tree && is_folder(at)) {
    add_tree(at, 0, look.folders, look.state.below);
  } else {
    look.state.itself = identity_at(at);
  }
  return look;
}

InotifyWatch::Entered* InotifyWatch::enter(const std::string& folder, const std::string* path) {
  Entered& entered = *folders_.try_emplace(folder).first;
  Folder& entry = entered.second;
  entry.paths.insert(path);
  if (entry.number >= 0) return &entered;
  entry.number = ::inotify_add_watch(kernel_.native_handle(), folder.c_str(), kEvents | IN_ONLYDIR);
  if (entry.number >= 0) folders_of_number_[entry.number].push_back(&entered);
  if (entry.number < 0 && errno == ENOSPC) at_the_limit_ = true;
  return &entered;
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
  const auto numbered = folders_of_number_.find(folder->second.number);
  if (numbered != folders_of_number_.end()) {
    std::erase(numbered->second, folder);
    if (numbered->second.empty()) {
      ::inotify_rm_watch(kernel_.native_handle(), numbered->first);
      folders_of_number_.erase(numbered);
    }
  }
  folders_.erase(folders_.find(folder->first));
}

void InotifyWatch::add(const std::string& path, bool tree) {
  auto& [name, watched] = *watched_.try_emplace(path).first;
  Look look = look_at(path, tree);
  watched.tree = tree;
  watched.state = std::move(look.state);
  watched.folders = enter_all(look.folders, &name);
}

void InotifyWatch::forget(const std::string& path) {
  const auto found = watched_.find(path);
  if (found == watched_.end()) return;
  for (Entered* folder : found->second.folders) leave(folder, &found->first);
  watched_.erase(found);
}

void InotifyWatch::watch(std::vector<WatchPath> paths) {
  std::map<std::string, bool> wanted;
  for (const WatchPath& one : paths) wanted[one.path] = wanted[one.path] || one.tree;
  std::vector<std::string> unwanted;
  for (const auto& [path, watched] : watched_) {
    const auto found = wanted.find(path);
    if (found == wanted.end() || found->second != watched.tree) unwanted.push_back(path);
  }
  for (const std::string& path : unwanted) forget(path);
  for (const auto& [path, tree] : wanted) {
    if (!watched_.contains(path)) add(path, tree);
  }
}

std::set<std::string> InotifyWatch::everything() const {
  std::set<std::string> all;
  for (const auto& [path, watched] : watched_) all.insert(path);
  return all;
}

std::set<std::string> InotifyWatch::read_events() {
  std::set<std::string> suspects;
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t size = ::read(kernel_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) return suspects;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      at += sizeof(event) + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) return everything();
      const auto named = folders_of_number_.find(event.wd);
      if (named == folders_of_number_.end()) continue;
      for (const Entered* folder : named->second) {
        for (const std::string* path : folder->second.paths) suspects.insert(*path);
      }
      // The folder itself is gone, or another one stands there now: it is entered anew.
      if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) == 0) continue;
      if ((event.mask & IN_IGNORED) == 0) ::inotify_rm_watch(kernel_.native_handle(), event.wd);
      for (Entered* folder : named->second) folder->second.number = -1;
      folders_of_number_.erase(named);
    }
  }
}

bool InotifyWatch::looks_the_same(const std::string& path, const Watched& watched) const {
  if (watched.tree || !watched.state.itself) return false;
  const bool all_entered = std::ranges::all_of(watched.folders, [&](const Entered* folder) {
    return folder->second.number >= 0 || at_the_limit_;
  });
  return all_entered && identity_at(path) == watched.state.itself;
}

bool InotifyWatch::look_again(const std::string& path, Watched& watched) {
  const std::string* name = &watched_.find(path)->first;
  std::vector<Entered*> before = std::move(watched.folders);
  // Folders first, then the file: what changes in between is an event then.
  const std::vector<Entered*> first = enter_all(look_at(path, watched.tree).folders, name);
  before.insert(before.end(), first.begin(), first.end());
  Look now = look_at(path, watched.tree);
  watched.folders = enter_all(now.folders, name);
  const std::set<Entered*> kept(watched.folders.begin(), watched.folders.end());
  const std::set<Entered*> all(before.begin(), before.end());
  for (Entered* folder : all) {
    if (!kept.contains(folder)) leave(folder, name);
  }
  const bool changed = now.state != watched.state;
  watched.state = std::move(now.state);
  return changed;
}

std::set<std::string> InotifyWatch::changed_of(const std::set<std::string>& suspects) {
  std::set<std::string> changed;
  for (const std::string& path : suspects) {
    const auto known = watched_.find(path);
    // Of ten thousand files in a folder where one was written, all but one end here.
    if (known == watched_.end() || looks_the_same(path, known->second)) continue;
    if (look_again(path, known->second)) changed.insert(path);
  }
  return changed;
}

Task<void> InotifyWatch::wait_for_events(milliseconds patience) {
  using namespace asio::experimental::awaitable_operators;
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
    std::set<std::string> suspects = read_events();
    if (look) suspects = everything();
    std::set<std::string> changed = changed_of(suspects);
    if (!changed.empty() || now >= until) co_return changed;
    const auto next = std::min(until, looked_at_ + look_every);
    co_await wait_for_events(std::chrono::ceil<milliseconds>(next - now));
  }
}

}  // namespace certferry
