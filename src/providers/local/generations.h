// The files that a server reads its certificate from, switched from one pair to the next as one.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/bundle.h"

namespace certferry {

/// Where a server looks: absolute paths; empty: it reads no such file. One of chain and bundle is
/// given, and a key with a chain.
struct ServedPaths {
  std::string chain;   ///< leaf first, then its issuers
  std::string key;     ///< PKCS#8
  std::string bundle;  ///< chain and key in one file

  /// The first of them, beside which the pairs are kept.
  const std::string& anchor() const { return chain.empty() ? bundle : chain; }
  std::vector<std::string> all() const;
};

/// Whose the files are. What is not given is as the file had it that was there before; without one
/// they are the own user's, mode 0600 with a key in it and 0644 without.
struct FileAccess {
  std::optional<uid_t> owner;
  std::optional<gid_t> group;
  std::optional<mode_t> key_mode;
};

/// What stands at the paths, and what stood there.
///
/// Each path becomes a link to a file below "ANCHOR.certferry/now", and "now" is a link to the
/// folder of one pair: renaming that link is the whole switch, so a process that dies anywhere
/// leaves one pair or the other. What was at the paths before the first switch is kept in such a
/// folder as well. Another link, "told-SERVER", says which pair that server was last told to load:
/// several may read the same files. The folders of all these are kept, and of what the server had
/// before; the rest goes.
///
/// Only a regular file, or nothing, is replaced by a link, and a key never gets into a file that
/// everybody may read. Throws: invalid_input `local.path` (a folder, a device, somebody's link, a
/// folder that others may change, a key that everybody may read), rejected `local.permission`,
/// `local.full` (the disk), `local.io`; nothing has changed then, and waiting a second helps with
/// none of them. One process at a time works on a place.
class Generations {
 public:
  /// `server` stands for whoever is told, in a file's name: letters and digits.
  Generations(ServedPaths paths, FileAccess access, std::string server)
      : paths_(std::move(paths)), access_(access), server_(std::move(server)) {}

  /// Whether all of the files are there, whatever they hold.
  bool is_there() const;
  /// Whether they have been put there by us, all of them.
  bool all_ours() const;
  /// What the paths hold now; null when one of the files is missing or they are no pair.
  BundlePtr read() const;
  /// Whether the server has been told to load what the paths hold. What somebody else wrote there
  /// is that one's own business: it counts as told.
  bool told() const;
  /// What the server was told last; null when that is not kept.
  BundlePtr read_told() const;

  /// Makes the pair what the paths hold. False: it was so already, and nothing was written.
  bool put(const Bundle& bundle);
  /// The server has loaded what the paths hold.
  void settle();
  /// Makes what the server was told last what the paths hold. False: that is not there as a whole,
  /// and the files stay as they are.
  bool go_back();

 private:
  std::string folder() const { return paths_.anchor() + ".certferry"; }
  std::string now() const { return folder() + "/now"; }
  std::string told_link() const { return folder() + "/told-" + server_; }
  std::string name_of(const std::string& path) const;
  bool has_key(const std::string& path) const { return path != paths_.chain; }
  std::string link_for(const std::string& path) const;
  bool is_ours(const std::string& path) const;
  bool is_as_wanted(const std::string& path) const;
  mode_t key_mode_at(const std::string& path) const;
  void require_replaceable() const;
  void make_folder() const;
  void adopt();
  std::string write_generation(const Bundle& bundle) const;
  void lead_paths_here() const;
  void drop_what_nobody_needs(const std::string& one_more = {}) const;

  ServedPaths paths_;
  FileAccess access_;
  std::string server_;
};

}  // namespace certferry
