// Private to this room: a tool that keeps each certificate under a name of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ports/source.h"
#include "sources/search.h"
#include "sources/source_ports.h"

namespace certferry {

/// How a tool lays out its files, and which of them are wanted.
struct NamedLayout {
  std::string what;                ///< "certbot certificate"
  std::string name;                ///< as configured
  std::vector<std::string> bases;  ///< where its files may be, best first
  std::string base_hint;           ///< what to do when none of them is there
  /// Where below a base folder the pair of a name may be.
  std::function<std::vector<PairPaths>(const std::string& base, const std::string& name)> pairs;
  /// What below a base folder looks like a name; for whoever wrote one that is not there.
  std::function<std::vector<std::string>(const std::string& base)> names;
};

/// Reads the pair of a name in the first base folder that has one.
///
/// Where that holds several (of two issuers, say) it is the one that ends last: going on with the
/// other would bring the target's end forward. Of equal ones the first in the layout's order.
/// Throws beside what read_pair does: not_found `source.missing`, with the names that there are.
class NamedPairSource : public Source {
 public:
  NamedPairSource(NamedLayout layout, const SourcePorts& ports)
      : layout_(std::move(layout)),
        files_(ports.files),
        clock_(ports.clock),
        reader_(ports.reader) {}

  /// Names the folder once it was found.
  std::string describe() const override;
  Task<BundlePtr> read() override;
  std::vector<WatchPath> watched() const override;

 private:
  std::vector<PairPaths> existing(const std::string& base, const std::string& name) const;
  bool has_pair(const std::string& base, const std::string& name) const;
  std::vector<PairPaths> find() const;
  BundlePtr read_latest(const std::vector<PairPaths>& pairs);
  Error missing() const;
  std::vector<std::string> known_names() const;

  NamedLayout layout_;
  std::string chain_;  ///< where the pair was last found
  FileSystem& files_;
  const Clock& clock_;
  BundleReader reader_;
};

/// The folders a tool uses; with a home, those in it as well.
using KnownFolders = std::function<std::vector<std::string>(const std::string& home)>;

/// Every name that a tool has at its usual places. `key` is the field that takes the name; the
/// field `base` is given where the source would not find it, or another one, without.
std::vector<Finding> find_named(const Search& search,
                                const NamedLayout& layout,
                                const std::string& key,
                                const KnownFolders& known);

/// fullchain.pem and privkey.pem of a folder.
PairPaths pem_pair_in(const std::string& folder);

/// Names in a folder; none when it is not there or may not be read.
std::vector<std::string> names_below(FileSystem& files, const std::string& folder);

}  // namespace certferry
