// The files that sources read, and those who write them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ports/file_system.h"
#include "sim/authority.h"
#include "sim/hazards.h"
#include "virtual_time/virtual_time.h"

namespace certferry::sim {

/// Files in memory, in folders that may be links.
class Files final : public FileSystem {
 public:
  explicit Files(const Clock& clock) : clock_(clock) {}

  void write(const std::string& path, std::string text);
  void link(const std::string& path, const std::string& folder) { links_[path] = folder; }

  std::set<std::string> missing;     ///< paths that are not there for now
  std::set<std::string> unreadable;  ///< paths that may not be read for now
  std::function<bool()> refuses;     ///< asked at each reading: this one fails
  std::function<void(Hazard)> met;   ///< told of trouble that the program comes across

  FileContents read(const std::string& path, std::size_t limit) override;
  FileIdentity identity(const std::string& path) override;
  std::string real_path(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;
  bool exists(const std::string& path) override;

 private:
  struct File {
    std::string text;
    FileIdentity identity;
  };
  std::string through_link(const std::string& path) const;
  const File& at(const std::string& path);

  const Clock& clock_;
  std::map<std::string, File> files_;
  std::map<std::string, std::string> links_;
  std::uint64_t next_inode_ = 1;
  std::int64_t writes_ = 0;
};

/// How whoever renews puts a pair into place.
enum class Writing {
  kBothAtOnce,
  kChainFirst,  ///< in place, the key a while later
  kKeyFirst,
  kFolderSwitch,
};

/// One folder with fullchain.pem and privkey.pem.
class PairWriter {
 public:
  PairWriter(Files& files, VirtualTime& time, std::string folder, Writing writing)
      : files_(files), time_(time), folder_(std::move(folder)), writing_(writing) {}

  /// The second file follows `apart` later, where the two are written one after the other.
  void put(const Generation& generation, milliseconds apart);
  /// Whoever writes it stops in the middle of the chain.
  void put_half(const Generation& generation);

  const std::string& folder() const { return folder_; }
  /// What is wholly in place; null when the pair is torn, truncated or was never written.
  const Generation* whole() const { return whole_; }

 private:
  Files& files_;
  VirtualTime& time_;
  std::string folder_;
  Writing writing_;
  unsigned switches_ = 0;
  const Generation* whole_ = nullptr;
};

}  // namespace certferry::sim
