#include "net/folder_tree.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <string_view>
#include <vector>

namespace certferry {

namespace {

/// As the `folder` source walks.
constexpr int kDepthMost = 8;
constexpr std::size_t kFoldersMost = 50'000;
/// A file system's clock moves by steps, the coarsest by two seconds (FAT).
constexpr std::int64_t kTickMostNs = 3'000'000'000;

std::int64_t ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return ns(now);
}

bool same_file(const FileIdentity& one, const FileIdentity& other) {
  return one.device == other.device && one.inode == other.inode;
}

/// splitmix64's last steps: sums of what it gives do not cancel out as sums of numbers do.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::uint64_t digest_of(std::string_view name) {
  return mix(std::hash<std::string_view>()(name));
}

std::uint64_t digest_of(const FileIdentity& one) {
  std::uint64_t digest = 0;
  for (const std::uint64_t part : {one.device,
                                   one.inode,
                                   one.size,
                                   static_cast<std::uint64_t>(one.modified_ns),
                                   static_cast<std::uint64_t>(one.changed_ns)}) {
    digest = mix(digest + part + 0x9e3779b97f4a7c15U);
  }
  return digest;
}

FileIdentity identity_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified_ns = ns(status.st_mtim),
          .changed_ns = ns(status.st_ctim)};
}

/// Surely no folder, and no link to one; a file system may not say.
bool is_surely_file(unsigned char type) {
  return type != DT_DIR && type != DT_LNK && type != DT_UNKNOWN;
}

/// Whether this error of stat(2), opendir(3) or readdir(3) says nothing of what is there: no
/// descriptor was free, the disk or the server did not answer.
bool is_passing(int error) {
  return error != ENOENT && error != ENOTDIR && error != EACCES && error != ELOOP;
}

}  // namespace

std::optional<FileIdentity> identity_at(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return identity_of(status);
}

struct FolderTree::Listing {
  bool there = true;
  bool whole = true;   ///< else something kept us from reading it, which will pass
  bool links = false;  ///< what they lead to changes without a trace here
  std::uint64_t digest = 0;
  std::map<std::string, FileIdentity> folders;  ///< by path
};

FolderTree::FolderTree(std::string top, WatchExtent extent, Visitor visitor)
    : top_(std::move(top)), extent_(extent), visitor_(std::move(visitor)) {}

int FolderTree::depth_of(const std::string& folder) const {
  return static_cast<int>(
      std::count(folder.begin() + static_cast<std::ptrdiff_t>(top_.size()), folder.end(), '/'));
}

bool FolderTree::is_above_itself(const std::string& folder, const FileIdentity& identity) const {
  std::string at = folder;
  while (at.size() > top_.size()) {
    at.resize(at.rfind('/'));
    const auto above = below_.find(at);
    if (above != below_.end() && same_file(above->second.identity, identity)) return true;
  }
  return false;
}

FolderTree::Listing FolderTree::list(const Entered& folder) const {
  Listing listing;
  const auto& [path, known] = folder;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(path.c_str()), &::closedir);
  if (!open) {
    // What is there but closed to us holds nothing that we could see.
    listing.whole = !is_passing(errno);
    listing.there = errno == EACCES || !listing.whole;
    return listing;
  }
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") add(path, *entry, listing);
    errno = 0;
  }
  if (errno != 0) listing.whole = false;
  return listing;
}

void FolderTree::add(const std::string& folder, const dirent& entry, Listing& listing) const {
  const bool link = entry.d_type == DT_LNK;
  std::uint64_t digest = digest_of(std::string_view(entry.d_name));
  listing.links = listing.links || link;
  if (extent_ == WatchExtent::kTree || !is_surely_file(entry.d_type)) {
    const std::string path = folder + "/" + entry.d_name;
    struct stat status{};
    const bool there = ::stat(path.c_str(), &status) == 0;
    if (!there && is_passing(errno)) listing.whole = false;
    const FileIdentity identity = identity_of(status);
    if (there && S_ISDIR(status.st_mode)) {
      digest = mix(digest + mix(identity.inode) + identity.device);
      const bool circle = link && is_above_itself(path, identity);
      if (depth_of(path) <= kDepthMost && !circle) listing.folders.emplace(path, identity);
    } else if (there && extent_ == WatchExtent::kTree) {
      digest = mix(digest + digest_of(identity));
    }
  }
  listing.digest += digest;
}

void FolderTree::enter(const std::string& folder, const FileIdentity& identity) {
  if (below_.size() >= kFoldersMost) return;
  Entered& entered = *below_.try_emplace(folder).first;
  entered.second.identity = identity;
  look(&entered);
}

void FolderTree::leave(const std::string& folder) {
  const std::string inside = folder + "/";
  auto at = below_.lower_bound(inside);
  while (at != below_.end() && at->first.starts_with(inside)) {
    visitor_.leave(at->first);
    at = below_.erase(at);
  }
  if (below_.erase(folder) > 0) visitor_.leave(folder);
}

bool FolderTree::look(Entered* folder) {
  const std::string path = folder->first;
  visitor_.enter(path);
  // Before it is listed, so that what comes meanwhile shows in the next look.
  const std::optional<FileIdentity> identity = identity_at(path);
  const bool passing = !identity && is_passing(errno);
  const Listing listing = list(*folder);
  Below& known = folder->second;
  if (passing || (identity && !listing.whole)) {
    known.certain = false;
    return false;
  }
  if (!identity || !listing.there) {
    leave(path);
    return true;
  }
  const bool changed = known.digest != listing.digest || !same_file(known.identity, *identity);
  known = {.identity = *identity,
           .digest = listing.digest,
           .certain = !listing.links && now_ns() - identity->changed_ns > kTickMostNs};
  const bool changed_below = look_at_children(path, listing);
  return changed || changed_below;
}

bool FolderTree::look_at_children(const std::string& folder, const Listing& listing) {
  std::vector<std::string> gone;
  const std::string inside = folder + "/";
  for (auto at = below_.lower_bound(inside); at != below_.end() && at->first.starts_with(inside);
       ++at) {
    const bool direct = at->first.find('/', inside.size()) == std::string::npos;
    if (!direct) continue;
    const auto now = listing.folders.find(at->first);
    // One that was exchanged is left first: what is watched below it is the old one's.
    if (now == listing.folders.end() || !same_file(now->second, at->second.identity)) {
      gone.push_back(at->first);
    }
  }
  for (const std::string& one : gone) leave(one);
  bool changed = !gone.empty();
  for (const auto& [path, identity] : listing.folders) {
    const auto known = below_.find(path);
    if (known == below_.end()) {
      enter(path, identity);
      changed = true;
    } else if (known->second.identity != identity) {
      changed = look(&*known) || changed;
    }
  }
  return changed;
}

bool FolderTree::look_at(const std::string& folder) {
  const auto known = below_.find(folder);
  return known != below_.end() && look(&*known);
}

bool FolderTree::look_at_top() {
  const std::optional<FileIdentity> now = identity_at(top_);
  if (!now && is_passing(errno)) return false;
  const auto known = below_.find(top_);
  const bool was = known != below_.end();
  if (was && now && same_file(known->second.identity, *now)) return false;
  if (!was && !now) return false;
  clear();
  if (now) enter(top_, *now);
  return was || below_.contains(top_);
}

bool FolderTree::look_at_all() {
  bool changed = look_at_top();
  std::vector<std::string> folders;
  for (const auto& [path, known] : below_) {
    const bool same =
        extent_ == WatchExtent::kNames && known.certain && identity_at(path) == known.identity;
    if (!same) folders.push_back(path);
  }
  for (const std::string& folder : folders) changed = look_at(folder) || changed;
  return changed;
}

void FolderTree::clear() {
  leave(top_);
}

}  // namespace certferry
