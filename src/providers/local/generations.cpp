#include "providers/local/generations.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <utility>

#include "base/text.h"
#include "crypto/pem.h"
#include "providers/local/disk.h"

namespace certferry {

using namespace local;  // NOLINT(google-build-using-namespace)

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kChain = "chain.pem";
constexpr std::string_view kKey = "key.pem";
constexpr std::string_view kBundle = "bundle.pem";

/// As it stands at one of the places: the key from its own file or from the bundle.
BundlePtr pair_of(const std::string& chain, const std::string& key, const std::string& bundle) {
  try {
    PemInput input{.chain = read_file(chain.empty() ? bundle : chain), .key = {}};
    if (!chain.empty()) input.key = read_file(key);
    Result<BundlePtr> pair = read_bundle(input);
    if (!pair) return nullptr;
    if (chain.empty() || bundle.empty()) return *pair;
    const Result<BundlePtr> other = read_bundle({.chain = read_file(bundle)});
    return other && (*other)->fingerprint() == (*pair)->fingerprint() ? *pair : nullptr;
  } catch (const Error&) {
    return nullptr;
  }
}

/// A link into some place of ours, also one of another anchor: the configuration names others now.
bool is_of_our_kind(const std::string& link) {
  for (const std::string_view name : {kChain, kKey, kBundle}) {
    if (link.ends_with(".certferry/now/" + std::string(name))) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> ServedPaths::all() const {
  std::vector<std::string> out;
  for (const std::string& path : {key, chain, bundle}) {
    if (!path.empty()) out.push_back(path);
  }
  return out;
}

std::string Generations::name_of(const std::string& path) const {
  if (path == paths_.key) return std::string(kKey);
  return std::string(path == paths_.chain ? kChain : kBundle);
}

std::string Generations::link_for(const std::string& path) const {
  // Relative where it can be, so that the folder may be seen under another name in a container.
  const bool beside = folder_of(path) == folder_of(folder());
  return (beside ? name_in(folder()) : folder()) + "/now/" + name_of(path);
}

bool Generations::is_ours(const std::string& path) const {
  return link_at(path) == link_for(path);
}

bool Generations::all_ours() const {
  return std::ranges::all_of(paths_.all(), [&](const std::string& path) { return is_ours(path); });
}

bool Generations::is_there() const {
  return std::ranges::all_of(
      paths_.all(), [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; });
}

BundlePtr Generations::read() const {
  return pair_of(paths_.chain, paths_.key, paths_.bundle);
}

BundlePtr Generations::read_told() const {
  const auto there = [&](const std::string& path) {
    return path.empty() ? path : told_link() + "/" + name_of(path);
  };
  return pair_of(there(paths_.chain), there(paths_.key), there(paths_.bundle));
}

bool Generations::told() const {
  return !all_ours() || link_at(now()) == link_at(told_link());
}

bool Generations::is_as_wanted(const std::string& path) const {
  const std::optional<struct stat> is = status_behind(path);
  return is && access_.owner.value_or(is->st_uid) == is->st_uid &&
         access_.group.value_or(is->st_gid) == is->st_gid &&
         (!has_key(path) || access_.key_mode.value_or(is->st_mode & 0777) == (is->st_mode & 0777));
}

/// As it was, less what the folder it was in has kept from others.
mode_t Generations::key_mode_at(const std::string& path) const {
  if (access_.key_mode) return *access_.key_mode;
  const std::optional<struct stat> before = status_behind(path);
  if (!before) return 0600;
  mode_t mode = before->st_mode & 0777;
  if (folder_of(path) != folder_of(folder())) {
    const std::optional<struct stat> place = status_behind(folder_of(path));
    if (!place || (place->st_mode & S_IXOTH) == 0) mode &= ~mode_t{07};
    const bool group_passes = place && (place->st_mode & S_IXGRP) != 0;
    if (!group_passes || place->st_gid != before->st_gid) mode &= ~mode_t{070};
  }
  if ((mode & 07) == 0) return mode;
  throw bad_path(path,
                 "has a key in it and may be read by everybody",
                 "chmod o-rwx it, or give the account a 'mode' (and a 'group' that may read it)");
}

void Generations::require_replaceable() const {
  for (const std::string& path : paths_.all()) {
    require_trusted(folder_of(path));
    const std::optional<struct stat> status = status_of(path);
    if (!status) continue;
    if (S_ISLNK(status->st_mode) && !is_of_our_kind(link_at(path))) {
      throw bad_path(
          path,
          "is a link to " + printable(link_at(path), 200) + ", which somebody else has made",
          "name another path and let the server read that one, or take the link away");
    }
    if (!S_ISREG(status->st_mode) && !S_ISLNK(status->st_mode)) {
      throw bad_path(path, "is no file", "name the file that the server reads");
    }
    if (has_key(path)) (void)key_mode_at(path);
  }
}

void Generations::make_folder() const {
  if (::mkdir(folder().c_str(), 0755) != 0 && errno != EEXIST) {
    throw_failed("making the folder", folder());
  }
  const std::optional<struct stat> status = status_of(folder());
  if (!status || !S_ISDIR(status->st_mode) || status->st_uid != ::geteuid()) {
    throw bad_path(folder(),
                   "is no folder of the user that certferry runs as",
                   "move it away, or run certferry as one user always");
  }
  // Our own umask lets nobody pass, and whoever runs the server must.
  if (::chmod(folder().c_str(), 0755) != 0) throw_failed("setting the mode of", folder());
}

/// What is there becomes a generation like any other; what the server has loaded, if it is whole.
void Generations::adopt() {
  NewFolder found(folder(), "found");
  std::size_t count = 0;
  for (const std::string& path : paths_.all()) {
    const std::optional<struct stat> status = status_behind(path);
    if (!status) continue;
    ++count;
    const mode_t mode = has_key(path) ? key_mode_at(path) : status->st_mode & 0777;
    write_file(found.path() + "/" + name_of(path),
               read_file(path),
               {.owner = status->st_uid, .group = status->st_gid, .mode = mode});
  }
  if (count == 0) return;
  const std::string name = found.keep();
  if (count == paths_.all().size()) set_link(told_link(), name);
  set_link(now(), name);
  lead_paths_here();
}

std::string Generations::write_generation(const Bundle& bundle) const {
  NewFolder made(folder(), bundle.fingerprint().substr(0, 16));
  for (const std::string& path : paths_.all()) {
    const std::optional<struct stat> before = status_behind(path);
    const mode_t chain_mode = before ? before->st_mode & 0777 : 0644;
    const Owned as{.owner = access_.owner.value_or(before ? before->st_uid : ::geteuid()),
                   .group = access_.group.value_or(before ? before->st_gid : ::getegid()),
                   .mode = has_key(path) ? key_mode_at(path) : chain_mode};
    std::string text = path == paths_.key ? std::string() : bundle.chain_pem;
    if (has_key(path)) text += bundle.key_pem.reveal();
    write_file(made.path() + "/" + name_of(path), Secret(std::move(text)), as);
  }
  return made.keep();
}

void Generations::lead_paths_here() const {
  for (const std::string& path : paths_.all()) {
    if (!is_ours(path)) set_link(path, link_for(path));
  }
}

bool Generations::put(const Bundle& bundle) {
  require_replaceable();
  const BundlePtr before = read();
  const std::vector<std::string> paths = paths_.all();
  const bool same =
      before != nullptr && before->chain_pem == bundle.chain_pem &&
      before->key_pem.same_as(bundle.key_pem) && all_ours() &&
      std::ranges::all_of(paths, [&](const std::string& path) { return is_as_wanted(path); });
  if (same) return false;
  make_folder();
  if (!all_ours()) {
    adopt();
  } else if (before != nullptr && link_at(told_link()).empty()) {
    // Told in another way until now, or by another account: it has what is in place.
    set_link(told_link(), link_at(now()));
  }
  set_link(now(), write_generation(bundle));
  lead_paths_here();
  return true;
}

void Generations::settle() {
  const std::string is = link_at(now());
  const std::string was = link_at(told_link());
  if (is.empty() || is == was) return;
  set_link(told_link(), is);
  drop_what_nobody_needs(was);
}

bool Generations::go_back() {
  const std::string before = link_at(told_link());
  const std::vector<std::string> paths = paths_.all();
  const bool whole = std::ranges::all_of(paths, [&](const std::string& path) {
    return ::access((told_link() + "/" + name_of(path)).c_str(), F_OK) == 0;
  });
  if (before.empty() || !whole || !all_ours()) return false;
  if (before != link_at(now())) set_link(now(), before);
  drop_what_nobody_needs();
  return true;
}

/// Folders that no link leads to. What cannot be taken away now is taken away another time.
void Generations::drop_what_nobody_needs(const std::string& one_more) const {
  std::error_code ignored;
  std::set<std::string> needed = {one_more};
  const auto entries = fs::directory_iterator(folder(), ignored);
  for (const fs::directory_entry& one : entries) needed.insert(link_at(one.path()));
  for (const fs::directory_entry& one : fs::directory_iterator(folder(), ignored)) {
    const bool is_folder = one.symlink_status(ignored).type() == fs::file_type::directory;
    if (is_folder && !needed.contains(name_in(one.path()))) fs::remove_all(one, ignored);
  }
}

}  // namespace certferry
